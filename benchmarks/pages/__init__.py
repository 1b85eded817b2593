"""How large pages are, what they cost, and whether fifty readers keep /healthz waiting."""
