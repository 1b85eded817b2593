"""Pulls from connectors into the store: what changed each cycle, and once a day everything."""
