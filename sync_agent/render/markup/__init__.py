"""Writes a document in the markup of each target."""
