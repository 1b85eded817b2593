"""GitHub's records → items and changes."""
