"""Notices in words and pictures, and sending what is due."""
