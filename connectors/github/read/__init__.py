"""Reading from GitHub."""
