"""Measurements that take longer than a test may. Each is a command of its own and prints a table."""
