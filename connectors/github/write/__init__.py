"""Writing to GitHub."""
