"""What a configuration that can be read may still get wrong."""
