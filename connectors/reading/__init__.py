"""How long lists are read without losing anything."""
