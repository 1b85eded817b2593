"""Names that are the same in every run, on every machine and after a lost store."""

import hashlib
from datetime import datetime

from sync_agent.model import Need
from sync_agent.model.asking import About, Door

_LENGTH = 12
"""Characters: 60 bits. Among a million questions two collide once in two million organisations."""


def ask_id(kind: str, about: About, person: str, occasion: str) -> str:
    """The id of a question."""
    return _digest("ask", kind, about.topic.value, about.id, person, occasion)


def unasked_id(kind: str, about: About, person: str, origin: str) -> str:
    """The id under which something is kept that nobody had asked for."""
    return _digest("unasked", kind, about.topic.value, about.id, person, origin)


def need_id(need: Need) -> str:
    """The id of a need: it stays when the day is moved."""
    return _digest("need", need.goal, need.giver, " ".join(need.what.casefold().split()))


def about_id(about: About) -> str:
    """What a reply address names where a mail asks nothing: what the mail is about."""
    return _digest("about", about.topic.value, about.id)


def input_id(origin: str) -> str:
    """The id of an input, short enough to be typed."""
    return _digest("input", origin)[:8]


def report_id(kind: str, subject: str, person: str, at: datetime) -> str:
    """What somebody is told that another has said of a subject at a time."""
    return _digest("report", kind, subject, person, at.isoformat())


def origin(door: Door, *parts: str) -> str:
    """What names the way in which something was heard: a comment's source, id and last edit; a mail's Message-ID and
    digest; the nonce of a form. The same thing heard again has the same origin.
    """
    return f"{door.value}-{_digest('origin', door.value, *parts)}"


def _digest(*parts: str) -> str:
    # With their lengths the parts stay apart: ("ab", "c") is not ("a", "bc").
    whole = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hashlib.sha256(whole.encode(errors="surrogatepass")).digest()
    return digest[:_LENGTH].translate(_LETTERS).decode()


# Crockford's: without i, l, o and u, so that nobody mistakes one for another, nor reads a word.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = (_ALPHABET * 8).encode()
"""The letter of each byte, by its last five bits."""
