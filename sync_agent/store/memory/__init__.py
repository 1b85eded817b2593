"""What was decided, said and asked."""
