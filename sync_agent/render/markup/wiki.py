"""Jira Data Center's wiki markup."""

import re

from sync_agent.render.markup.dialect import Dialect, write
from sync_agent.render.markup.document import Document, between, clean, percent

# Bare addresses become links, and `h1.` at the start of a line a heading: an invisible space makes them plain words.
_ACTIVE = re.compile(r"(://|\bwww\.|^(?:h[1-6]|bq)\.)", re.IGNORECASE)
_INVISIBLE = "\u200b"
_ENDS_A_LINK = re.compile(r"[|\[\]{}!\\]")
_SPECIAL = re.compile(r"[{}\[\]*_?\-+^~|!#@&\\]")
# A backslash escapes and two of them break the line, so a literal one is written as an entity.
_ENTITIES = {"&": "&amp;", "\\": "&#92;"}


def wiki(document: Document) -> str:
    """Returns the document as wiki markup."""
    return "\n\n".join(write(document, _WIKI)) + "\n"


def _words(text: str) -> str:
    return between(text, _SPECIAL.sub(_escaped, _ACTIVE.sub(_broken, clean(text, 2000))))


def _escaped(special: re.Match[str]) -> str:
    return _ENTITIES.get(special.group(), f"\\{special.group()}")


def _broken(active: re.Match[str]) -> str:
    words = active.group()
    return f"{words[:-1]}{_INVISIBLE}{words[-1]}"


def _link(words: str, address: str) -> str:
    return f"[{words}|{_ENDS_A_LINK.sub(percent, address)}]"


_WIKI = Dialect(
    words=_words,
    heading=lambda words: f"h4. {words}",
    bullet="*",
    strong=lambda words: f"*{words}*",
    link=_link,
    mention=lambda who: f"[~{who.account}]",
    typed=lambda command: "{{" + _words(command) + "}}",
)
