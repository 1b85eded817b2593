"""The files in rounds/: each is one round of goal setting."""
