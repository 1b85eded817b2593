"""What a message says, independent of how its target writes bold or links.

The text of inlines is untrusted unless we wrote it. It is cleaned here, and escaped by the renderer of each target.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sync_agent.model.printable import one_line

LONGEST = 140
MOST_BULLETS = 12
# Printable ASCII without what ends an attribute or link in some markup, and without a user name before the host.
_WEB = re.compile(r"https?://[!#$%&(-;=?-Z\[\]_a-z|~]+")
# What mail programs, and Jira's editor, make links of by themselves; an invisible space keeps it plain words.
_FOUND = re.compile(r":(?=//)|\bwww(?=\.)|\bmailto(?=:)", re.IGNORECASE)
INVISIBLE = "\u200b"
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
    """Words that link to a web address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody to notify; `account` is their id or login at the target."""

    name: str
    account: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command of ours, to be typed as it is."""

    text: str


Inline = Text | Strong | Link | Mention | Command


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, made of inlines."""

    inlines: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list with one line per entry."""

    entries: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True, repr=False)
class KeyFacts:
    """What people look for at a glance, each with its label: `Due: 18 Dec`."""

    rows: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        """Uses the former name of the class: digests of statuses are made of it, and are stored."""
        return f"Facts(rows={self.rows!r})"

    @property
    def bullets(self) -> Bullets:
        """The same as a list, for places where a table would be too much."""
        return Bullets(tuple((Strong(label), Text(f": {value}")) for label, value in self.rows))


Block = Heading | Paragraph | Bullets | KeyFacts
Document = tuple[Block, ...]


def paragraph(*parts: str | Inline) -> Paragraph:
    """Builds a paragraph from words and inlines."""
    return Paragraph(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def bullets(entries: Iterable[Sequence[str | Inline]], most: int = MOST_BULLETS) -> tuple[Bullets, ...]:
    """Builds a list, or nothing if there are no entries. A list with more than `most` entries is cut and says so."""
    lines = [paragraph(*entry).inlines for entry in entries]
    if not lines:
        return ()
    if len(lines) > most:
        lines = [*lines[:most], (Text(f"and {len(lines) - most} more"),)]
    return (Bullets(tuple(lines)),)


def link(text: str, url: str | None) -> Inline:
    """Returns a link if the address is safe and the words name no other host; otherwise just the words."""
    return Link(text, url) if url and _safe(url) and _names_only(text, urlsplit(url).hostname) else Text(text)


def clean(text: str, longest: int = LONGEST) -> str:
    """Returns one line without control and direction characters, of at most `longest` characters."""
    return one_line(text, longest)


def unlinked(text: str) -> str:
    """The same text for a reader, but no program finds a web address in it."""
    return _FOUND.sub(rf"\g<0>{INVISIBLE}", text)


def between(text: str, made: str) -> str:
    """Puts the spaces at both ends of `text` around what was `made` of it, because its neighbours follow directly."""
    lead, trail = (" " if text[:1] == " " else ""), (" " if text[-1:] == " " else "")
    return f"{lead}{made}{trail}" if made else lead


def percent(character: re.Match[str]) -> str:
    """Percent-encodes a character of an address: `%5D`."""
    return f"%{ord(character.group()):02X}"


def _safe(url: str) -> bool:
    try:
        return bool(_WEB.fullmatch(url)) and "@" not in urlsplit(url).netloc
    except ValueError:
        return False


def _names_only(text: str, host: str | None) -> bool:
    return "://" not in text and all(found.casefold() == host for found in _DOTTED.findall(text) if _is_host(found))


def _is_host(dotted: str) -> bool:
    """Tells whether a text looks like `example.org`, unlike `2.5` or `e.g`."""
    return any(len(label) > 1 and label[:2].isalpha() for label in dotted.split(".")[1:])
