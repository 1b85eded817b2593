"""Writes a document as text, for systems that each have their own way to write headings, lists, links and bold."""

from collections.abc import Callable
from dataclasses import dataclass

from sync_agent.render.markup.document import (
    Block,
    Bullets,
    Command,
    Document,
    Heading,
    Inline,
    KeyFacts,
    Link,
    Mention,
    Strong,
)

_InMarkup = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one system writes things.

    `words` escapes what others wrote, so that nothing in it means anything to that system; the other functions get
    its result. Only commands are ours, and are `typed` as they are. Addresses are already safe, except for characters
    that end a link in this dialect.
    """

    words: _InMarkup
    heading: _InMarkup
    bullet: str
    strong: _InMarkup
    link: Callable[[str, str], str]
    mention: Callable[[Mention], str]
    typed: _InMarkup


def write(document: Document, dialect: Dialect) -> list[str]:
    """Returns the text of each block."""
    return [_block(block, dialect) for block in document]


def _block(block: Block, dialect: Dialect) -> str:
    if isinstance(block, Heading):
        return dialect.heading(dialect.words(block.text))
    if isinstance(block, KeyFacts):
        return _block(block.bullets, dialect)
    if isinstance(block, Bullets):
        return "\n".join(f"{dialect.bullet} {_line(entry, dialect)}" for entry in block.entries)
    return _line(block.inlines, dialect)


def _line(inlines: tuple[Inline, ...], dialect: Dialect) -> str:
    return "".join(_inline(inline, dialect) for inline in inlines)


def _inline(inline: Inline, dialect: Dialect) -> str:
    if isinstance(inline, Mention):
        return dialect.mention(inline)
    if isinstance(inline, Command):
        return dialect.typed(inline.text)
    words = dialect.words(inline.text)
    if isinstance(inline, Link):
        return dialect.link(words, inline.url)
    return dialect.strong(words) if isinstance(inline, Strong) else words
