"""Reads long lists without losing anything."""
