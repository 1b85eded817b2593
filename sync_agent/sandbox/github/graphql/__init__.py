"""GitHub's GraphQL endpoint, executed by a real engine."""
