"""What the trackers say."""
