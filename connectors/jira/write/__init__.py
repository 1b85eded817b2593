"""Writing to Jira."""
