"""What one cycle decides and words, and how it is written down."""
