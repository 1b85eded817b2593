"""Doors → store: what people say, by comment, mail, form or terminal, becomes an answer or is answered with what would
be right.
"""

from sync_agent.hear.understanding import Hearing, Result, confirm, hear, take_back

__all__ = ["Hearing", "Result", "confirm", "hear", "take_back"]
