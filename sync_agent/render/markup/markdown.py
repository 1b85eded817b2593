"""GitHub's Markdown: https://github.github.com/gfm/."""

import re

from sync_agent.render.markup.dialect import Dialect, write
from sync_agent.render.markup.document import Document, between, clean, percent

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&$])")
# GitHub finds mentions and issue numbers in the finished text, where backslashes are already gone: an invisible space
# inside keeps `@team`, `#12` and `GH-12` plain words. It finds addresses before it handles backslashes, and takes one
# before the next `<` as part of the address: so `https://` gets the space inside, where it ends the match.
_ACTIVE = re.compile(r"@|#|\bGH-|:(?=//)|\bwww(?=\.)", re.IGNORECASE)
_INVISIBLE = "\u200b"
_ENDS_A_LINK = re.compile(r"[()]")


def markdown(document: Document) -> str:
    """Returns the document as Markdown."""
    return "\n\n".join(write(document, _MARKDOWN)) + "\n"


def _words(text: str) -> str:
    harmless = _ACTIVE.sub(rf"\g<0>{_INVISIBLE}", clean(text, 2000))
    return between(text, _SPECIAL.sub(r"\\\1", harmless))


def _link(words: str, address: str) -> str:
    return f"[{words}]({_ENDS_A_LINK.sub(percent, address)})"


_MARKDOWN = Dialect(
    words=_words,
    heading=lambda words: f"### {words}",
    bullet="-",
    strong=lambda words: f"**{words}**",
    link=_link,
    mention=lambda who: f"@{who.account}",
    typed=lambda command: f"`{command}`",
)
