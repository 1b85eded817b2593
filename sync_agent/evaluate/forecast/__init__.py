"""When it will be done, from how the team has worked."""
