"""Single faults, one at a time: none affects more than what it is about."""
