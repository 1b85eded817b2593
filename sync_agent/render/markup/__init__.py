"""A document in the markup of each place."""
