"""Doors → store: what people say by comment, mail, form or at a terminal becomes an answer. If it cannot, they hear
what would be right.
"""

from sync_agent.hear.understanding import Hearing, Result, confirm, hear, take_back

__all__ = ["Hearing", "Result", "confirm", "hear", "take_back"]
