"""Measurements from elsewhere."""
