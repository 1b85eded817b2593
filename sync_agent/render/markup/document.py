"""What a message says, before it is known how its target writes bold or a link.

The text of inlines is untrusted unless we wrote it: it is cleaned here, and escaped by each target's own renderer.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync_agent.model.printable import one_line

LONGEST = 140
MOST_BULLETS = 12
# Printable ASCII without what ends an attribute or a link in some markup, and without a user's name before the host.
_WEB = re.compile(r"https?://[!#$%&(-;=?-Z\[\]_a-z|~]+")
_DOTTED = re.compile(r"(?<![a-z0-9-])[a-z0-9-]++(?:\.[a-z0-9-]++)++", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """Plain words."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that carry the news."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead somewhere; plain words where the address is not one of the web."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who is notified; `account` is their id or login at the target."""

    name: str
    account: str


@dataclass(frozen=True, slots=True)
class Command:
    """Words of ours to be typed as they are."""

    text: str


Inline = Text | Strong | Link | Mention | Command


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some inlines."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, one line an entry."""

    entries: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one looks for at a glance, each with its label: `Due: 18 Dec`."""

    rows: tuple[tuple[str, str], ...]

    @property
    def bullets(self) -> Bullets:
        """The same as a list, where a table would be too much."""
        return Bullets(tuple((Strong(label), Text(f": {value}")) for label, value in self.rows))


Block = Heading | Paragraph | Bullets | Facts
Document = tuple[Block, ...]


def paragraph(*parts: str | Inline) -> Paragraph:
    """A paragraph of words and inlines."""
    return Paragraph(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def bullets(entries: Iterable[Sequence[str | Inline]], most: int = MOST_BULLETS) -> tuple[Bullets, ...]:
    """A list, or nothing where there are no entries; a long one is cut and says so."""
    lines = [paragraph(*entry).inlines for entry in entries]
    if not lines:
        return ()
    if len(lines) > most:
        lines = [*lines[:most], (Text(f"and {len(lines) - most} more"),)]
    return (Bullets(tuple(lines)),)


def link(text: str, url: str | None) -> Inline:
    """A link where the address is safe to follow and the words name no other host, else the words alone."""
    return Link(text, url) if url and _safe(url) and _names_only(text, urlsplit(url).hostname) else Text(text)


def clean(text: str, longest: int = LONGEST) -> str:
    """One line without control and direction characters, of bounded length."""
    return one_line(text, longest)


def between(text: str, made: str) -> str:
    """What was `made` of a text, with the space that the text has at either end: its neighbours follow at once."""
    lead, trail = (" " if text[:1] == " " else ""), (" " if text[-1:] == " " else "")
    return f"{lead}{made}{trail}" if made else lead


def percent(character: re.Match[str]) -> str:
    """A character of an address, as an address may hold any: `%5D`."""
    return f"%{ord(character.group()):02X}"


def _safe(url: str) -> bool:
    try:
        return bool(_WEB.fullmatch(url)) and "@" not in urlsplit(url).netloc
    except ValueError:
        return False


def _names_only(text: str, host: str | None) -> bool:
    return "://" not in text and all(found.casefold() == host for found in _DOTTED.findall(text) if _is_host(found))


def _is_host(dotted: str) -> bool:
    """Whether it looks like `example.org`, and not like `2.5` or `e.g`."""
    return any(len(label) > 1 and label[:2].isalpha() for label in dotted.split(".")[1:])
