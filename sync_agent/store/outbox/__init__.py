"""What is to be delivered, and how far it got."""
