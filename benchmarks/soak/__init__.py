"""Half a year of an organisation in minutes: every message that should come comes in time, and no other."""
