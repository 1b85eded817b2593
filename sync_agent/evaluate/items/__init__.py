"""Work items, their histories, and what they add up to."""
