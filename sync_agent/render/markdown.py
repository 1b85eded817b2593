"""GitHub's Markdown: https://github.github.com/gfm/."""

import re

from sync_agent.render.document import Block, Bullets, Document, Facts, Heading, Inline, Link, Mention, Strong, clean

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&$])")
# GitHub finds mentions, issue numbers and addresses in the finished text, where a backslash is gone already:
# an invisible space keeps `@team`, `#12`, `GH-12` and `https://` what they are, words.
_ACTIVE = re.compile(r"(@|#|\bGH-|://|\bwww\.)", re.IGNORECASE)
_INVISIBLE = "\u200b"


def markdown(document: Document) -> str:
    """The document as Markdown."""
    return "\n\n".join(_block(block) for block in document) + "\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"### {_escape(block.text)}"
    if isinstance(block, Facts):
        return _block(block.bullets)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_line(entry)}" for entry in block.entries)
    return _line(block.inlines)


def _line(inlines: tuple[Inline, ...]) -> str:
    return "".join(_inline(inline) for inline in inlines)


def _inline(inline: Inline) -> str:
    if isinstance(inline, Mention):
        return f"@{inline.account}"
    if isinstance(inline, Link):
        address = inline.url.replace("(", "%28").replace(")", "%29")
        return f"[{_escape(inline.text)}]({address})"
    return f"**{_escape(inline.text)}**" if isinstance(inline, Strong) else _escape(inline.text)


def _escape(text: str) -> str:
    lead, trail = (" " if text[:1] == " " else ""), (" " if text[-1:] == " " else "")
    harmless = _ACTIVE.sub(rf"\1{_INVISIBLE}", clean(text, 2000))
    escaped = _SPECIAL.sub(r"\\\1", harmless)
    return f"{lead}{escaped}{trail}" if escaped else lead
