"""Jira Data Center's wiki text."""

import re

from sync_agent.render.document import Block, Bullets, Document, Facts, Heading, Inline, Link, Mention, Strong, clean

# Bare addresses become links, and `h1.` at the start of a line a heading: an invisible space keeps them words.
_ACTIVE = re.compile(r"(://|\bwww\.|^(?:h[1-6]|bq)\.)", re.IGNORECASE)
_INVISIBLE = "\u200b"
_ENDS_A_LINK = re.compile(r"[|\[\]{}!\\]")
_SPECIAL = re.compile(r"([{}\[\]*_?\-+^~|!#@])")


def wiki(document: Document) -> str:
    """The document as wiki text."""
    return "\n\n".join(_block(block) for block in document) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"h4. {_escape(block.text)}"
    if isinstance(block, Facts):
        return _block(block.bullets)
    if isinstance(block, Bullets):
        return "\n".join(f"* {_line(entry)}" for entry in block.entries)
    return _line(block.inlines)


def _line(inlines: tuple[Inline, ...]) -> str:
    return "".join(_inline(inline) for inline in inlines)


def _inline(inline: Inline) -> str:
    if isinstance(inline, Mention):
        return f"[~{inline.account}]"
    if isinstance(inline, Link):
        return f"[{_escape(inline.text)}|{_ENDS_A_LINK.sub(_percent, inline.url)}]"
    return f"*{_escape(inline.text)}*" if isinstance(inline, Strong) else _escape(inline.text)


def _escape(text: str) -> str:
    lead, trail = (" " if text[:1] == " " else ""), (" " if text[-1:] == " " else "")
    # A backslash escapes and two of them break the line, so one that is meant is written as an entity.
    harmless = clean(text, 2000).replace("&", "&amp;").replace("\\", "&#92;")
    escaped = _SPECIAL.sub(r"\\\1", _ACTIVE.sub(_broken, harmless))
    return f"{lead}{escaped}{trail}" if escaped else lead


def _percent(character: re.Match[str]) -> str:
    return f"%{ord(character.group()):02X}"


def _broken(active: re.Match[str]) -> str:
    words = active.group()
    return f"{words[:-1]}{_INVISIBLE}{words[-1]}"
