"""GitHub's REST endpoints."""
