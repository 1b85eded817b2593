"""Reads relations that people write in plain text, where trackers have no field for them or cannot link to each
other.
"""

import re
from collections.abc import Iterable, Iterator

from sync_agent.model import ItemLink, LinkKind

# A line of its own, as in "Blocked by: SHOP-77, https://github.com/acme/checkout/issues/7, #12". The patterns match one
# line at a time and never backtrack (`++`), so the time is linear in the length of the text.
# Headings count, because GitHub's issue forms make them, and boxes of checklists that are not ticked.
_PHRASE = re.compile(
    r"[\s>*_#-]*+(?:\[ \]|\d{1,3}[.)]|h[1-6]\.)?+[\s*_]*+(?:is )?+(?:blocked by|depends on)\b(.*)", re.IGNORECASE
)
_TICKED = re.compile(r"[\s>]*+[-*+]\s++\[[xX]\]")
_ITEM = re.compile(r"(\s*+)(?:[-*+\u2022]|\d{1,3}[.)])\s")
_WORDS = re.compile(r"[\s:*_]*+(.+)")
_TARGET = re.compile(
    r"(?P<url>https?://[^\s<>()\[\]|,]++)|(?P<full>(?<![\w.-])[\w.-]++/[\w.-]++#\d++)"
    r"|(?P<jira>\b[A-Z][A-Z0-9_]++-\d++\b)|(?P<short>#\d++\b)"
)
# What is not shown, as the hints of a template, or shown as an example: how its first line begins, and what ends it.
# Markdown of GitHub, wiki text of Jira.
_ASIDE = {"<!--": "-->", "```": "```", "~~~": "~~~", "{code": "{code}", "{noformat": "{noformat}"}
_LONGEST_TEXT = 100_000
_MOST = 50


def written_links(text: str | None, container: str) -> tuple[ItemLink, ...]:
    """Returns the links in "Blocked by …" and "Depends on …" lines; `#12` means an issue of `container`.

    The text is untrusted: all it can do is name targets, and only a limited number of them.
    """
    found: dict[str, None] = {}
    for words in _named((text or "")[:_LONGEST_TEXT]):
        found.update(dict.fromkeys(_targets(words, container)))
    return tuple(ItemLink(LinkKind.BLOCKED_BY, target) for target in list(found)[:_MOST])


def link_steps(before: Iterable[ItemLink], after: Iterable[ItemLink]) -> Iterator[tuple[str | None, str | None]]:
    """What an edit took away and added, as changes of links are written."""
    old, new = (dict.fromkeys(f"{link.kind.value} {link.target}" for link in each) for each in (before, after))
    yield from ((value, None) for value in old if value not in new)
    yield from ((None, value) for value in new if value not in old)


def _named(text: str) -> Iterator[str]:
    """Yields the words behind each phrase: the rest of its line or, if that is empty, the next line that is not, with
    the other items of the list that this begins.
    """
    awaited = False
    indent: str | None = None
    above: str | None = None
    for line in _meant(text.split("\n")):
        phrase = None if awaited else _PHRASE.match(line)
        item = _ITEM.match(line)
        goes_on = item is not None and item[1] == indent
        words = _WORDS.match(phrase[1] if phrase else line) if phrase or awaited or goes_on else None
        if words:
            yield words[1]
        if line.strip():
            # Behind an item, others of the same depth are no list of its own.
            indent = item[1] if item and item[1] != above and (awaited or (goes_on and not phrase)) else None
            above = item[1] if item and phrase else above if awaited else None
        awaited = (awaited or phrase is not None) and words is None


def _meant(lines: Iterable[str]) -> Iterator[str]:
    """Leaves out comments, code and what is ticked."""
    end: str | None = None
    for line in lines:
        if end is not None:
            end = None if end in line else end
            continue
        start = next((start for start in _ASIDE if line.lstrip().startswith(start)), None)
        if start is None:
            if not _TICKED.match(line):
                yield line
        elif _ASIDE[start] not in line.lstrip()[len(start) :]:
            end = _ASIDE[start]


def _targets(text: str, container: str) -> Iterable[str]:
    for match in _TARGET.finditer(text):
        if match["short"]:
            yield f"{container}{match['short']}"
        elif match["url"]:
            yield match["url"].rstrip(".;:'\"")
        else:
            yield match[0]
