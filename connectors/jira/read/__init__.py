"""Reading from Jira."""
