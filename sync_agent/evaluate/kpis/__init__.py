"""Measurements against their targets."""
