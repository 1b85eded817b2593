"""Fields as text and as forms, and back: one value, one line, a whole answer."""
