"""What is asked of people in words, and what they are told of their answers."""
