"""The process that runs cycles: schedule, reload and shutdown, its log, and how Python is set."""
