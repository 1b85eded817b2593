"""Checks for what a readable configuration may still get wrong."""
