"""Puts notices into words and pictures, and sends what is due."""
