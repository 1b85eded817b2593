"""Connectors → store: what changed, and once a day everything."""
