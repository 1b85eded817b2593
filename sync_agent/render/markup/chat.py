"""Plain text for chats. Each chat interprets something else in it: Slack `<!channel>`, Discord and Mattermost
`[words](address)`, most of them `@name` and bare addresses; and Apprise rewrites some of that. So text from others is
changed until none of them finds anything to interpret.
"""

import re

from sync_agent.render.markup.dialect import Dialect, write
from sync_agent.render.markup.document import Document, between, clean, percent

_INVISIBLE = "\u200b"
_LIKE = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "|": "/", "\\": "/"})
# Mentions, `!here`, entities, channels and addresses: an invisible space makes them plain words.
_ACTIVE = re.compile(r"(@|!|&|#|://|\bwww\.)", re.IGNORECASE)
# Some chats find `@everyone` and `!here` even within an address.
_MENTIONS = re.compile(r"[@!]")


def chat(document: Document, footer: str, title: str) -> str:
    """The document as text, with addresses after their words. What the title already says in full is left out."""
    first, *rest = write(document, _CHAT)
    return "\n\n".join([*([] if first in title else [first]), *rest, harmless(footer)]) + "\n"


def harmless(text: str, longest: int = 2000) -> str:
    """Text from others, changed so that no chat finds anything to interpret in it."""
    return between(text, _ACTIVE.sub(_kept, clean(text, longest).translate(_LIKE)))


def _kept(active: re.Match[str]) -> str:
    words = active.group()
    return f"{words}{_INVISIBLE}" if len(words) == 1 else f"{words[:-1]}{_INVISIBLE}{words[-1]}"


def _link(words: str, address: str) -> str:
    return f"{words} <{_MENTIONS.sub(percent, address)}>"


_CHAT = Dialect(
    words=harmless,
    heading=lambda words: f"{words}:",
    bullet="-",
    strong=lambda words: words,
    link=_link,
    mention=lambda who: harmless(who.name),
    typed=lambda command: f"“{command}”",
)
