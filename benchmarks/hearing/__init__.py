"""What hearing costs."""
