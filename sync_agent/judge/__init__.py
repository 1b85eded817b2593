"""Decides which goals to judge again, loads the facts they need, and judges them: store → evaluate."""
