"""What everybody should see."""
