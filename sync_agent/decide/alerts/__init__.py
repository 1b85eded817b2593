"""The life of an alert, and what may be told of it."""
