"""Who works on what, and who is away."""
