"""Plain words for chats, each of which finds other things in them.

Slack reads `<!channel>`, Discord and Mattermost `[words](address)`, most of them `@name` and bare addresses; Apprise
rewrites some of that itself. So nothing that could mean anything to any of them is left in what others wrote.
"""

import re

from sync_agent.render.document import Block, Bullets, Document, Facts, Heading, Inline, Link, Mention, clean

_INVISIBLE = "\u200b"
_LIKE = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "`": "'", "|": "/", "\\": "/"})
# Mentions, `!here`, entities, channels and addresses: an invisible space keeps them words.
_ACTIVE = re.compile(r"(@|!|&|#|://|\bwww\.)", re.IGNORECASE)
# In an address, too, some chats find `@everyone` and `!here`.
_MENTIONS = re.compile(r"[@!]")


def chat(document: Document, footer: str, title: str) -> str:
    """The document as text; addresses stand behind their words. What the title says whole is not said again."""
    first, *rest = map(_block, document)
    return "\n\n".join([*([] if first in title else [first]), *rest, harmless(footer)]) + "\n"


def harmless(text: str, longest: int = 2000) -> str:
    """What somebody wrote, as words and nothing else."""
    lead, trail = (" " if text[:1] == " " else ""), (" " if text[-1:] == " " else "")
    words = _ACTIVE.sub(_kept, clean(text, longest).translate(_LIKE))
    return f"{lead}{words}{trail}" if words else lead


def _kept(active: re.Match[str]) -> str:
    words = active.group()
    return f"{words}{_INVISIBLE}" if len(words) == 1 else f"{words[:-1]}{_INVISIBLE}{words[-1]}"


def _percent(character: re.Match[str]) -> str:
    return f"%{ord(character.group()):02X}"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{harmless(block.text)}:"
    if isinstance(block, Facts):
        return _block(block.bullets)
    if isinstance(block, Bullets):
        return "\n".join(f"- {_line(entry)}" for entry in block.entries)
    return _line(block.inlines)


def _line(inlines: tuple[Inline, ...]) -> str:
    return "".join(_inline(inline) for inline in inlines)


def _inline(inline: Inline) -> str:
    if isinstance(inline, Mention):
        return harmless(inline.name)
    if isinstance(inline, Link):
        return f"{harmless(inline.text)} <{_MENTIONS.sub(_percent, inline.url)}>"
    return harmless(inline.text)
