"""A document as text, for systems that each write headings, lists, links and bold in a way of their own."""

from collections.abc import Callable
from dataclasses import dataclass

from sync_agent.render.markup.document import (
    Block,
    Bullets,
    Command,
    Document,
    Facts,
    Heading,
    Inline,
    Link,
    Mention,
    Strong,
)

Words = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one system writes things. `words` leaves nothing in what others wrote that means anything there; what it made
    of them is what the rest is given, but for commands, which are ours and `typed` as they are. An address is safe
    already, but for what would end a link in this dialect.
    """

    words: Words
    heading: Words
    bullet: str
    strong: Words
    link: Callable[[str, str], str]
    mention: Callable[[Mention], str]
    typed: Words


def write(document: Document, dialect: Dialect) -> list[str]:
    """The text of each block."""
    return [_block(block, dialect) for block in document]


def _block(block: Block, dialect: Dialect) -> str:
    if isinstance(block, Heading):
        return dialect.heading(dialect.words(block.text))
    if isinstance(block, Facts):
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
