"""Ids that are the same in every run, on every machine, and after a store was lost."""

import hashlib
from datetime import datetime

from sync_agent.model import Need
from sync_agent.model.asking import About, Door

_LENGTH = 12
"""Characters, 60 bits together. Among a million questions, two collide in one of two million organisations."""


def ask_id(kind: str, about: About, person: str, occasion: str) -> str:
    """The id of a question."""
    return _digest("ask", kind, about.topic.value, about.id, person, occasion)


def unasked_id(kind: str, about: About, person: str, origin: str) -> str:
    """The id of what somebody said without having been asked."""
    return _digest("unasked", kind, about.topic.value, about.id, person, origin)


def need_id(need: Need) -> str:
    """The id of a need. It stays the same if the day is moved."""
    return _digest("need", need.goal, need.giver, " ".join(need.what.casefold().split()))


def about_id(about: About) -> str:
    """What a reply address stands for if the mail asks nothing: what the mail is about."""
    return _digest("about", about.topic.value, about.id)


def input_id(origin: str) -> str:
    """The id of an input, short enough to type."""
    return _digest("input", origin)[:8]


def report_id(kind: str, subject: str, person: str, at: datetime) -> str:
    """The id of the report, to somebody, that another person has said something about a subject at that time."""
    return _digest("report", kind, subject, person, at.isoformat())


def origin(door: Door, *parts: str) -> str:
    """The id of one thing that was heard: from the source, id and last edit of a comment, from the Message-ID and
    digest of a mail, or from the nonce of a form. The same thing heard again has the same origin.
    """
    return f"{door.value}-{_digest('origin', door.value, *parts)}"


def _digest(*parts: str) -> str:
    # The lengths keep the parts apart: ("ab", "c") must differ from ("a", "bc").
    whole = "".join(f"{len(part)}:{part}" for part in parts)
    digest = hashlib.sha256(whole.encode(errors="surrogatepass")).digest()
    return digest[:_LENGTH].translate(_LETTERS).decode()


# Crockford's alphabet, without i, l, o and u: no two letters look alike, and no words come out.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = (_ALPHABET * 8).encode()
"""The letter of each byte, by its last five bits."""
