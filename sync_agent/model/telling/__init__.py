"""What people are told, where, and why."""
