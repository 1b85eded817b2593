"""Migrations, applied when a store is opened."""
