"""The shapes of the files."""
