"""Relations that people write in plain text, for trackers that know no such field or cannot point at each other."""

import re
from collections.abc import Iterable, Iterator

from sync_agent.model import ItemLink, LinkKind

# A line of its own, as in "Blocked by: SHOP-77, https://github.com/acme/checkout/issues/7, #12". The patterns are tried
# on one line at a time and take nothing back (`++`): no text costs more than its length.
_PHRASE = re.compile(r"[\s>*_-]*+(?:blocked by|depends on)\b(.*)", re.IGNORECASE)
_WORDS = re.compile(r"[\s:*_]*+(.+)")
_TARGET = re.compile(
    r"(?P<url>https?://[^\s<>()\[\]|,]++)|(?P<full>(?<![\w.-])[\w.-]++/[\w.-]++#\d++)"
    r"|(?P<jira>\b[A-Z][A-Z0-9_]++-\d++\b)|(?P<short>#\d++\b)"
)
_LONGEST_TEXT = 100_000
_MOST = 50


def written_links(text: str | None, container: str) -> tuple[ItemLink, ...]:
    """The links of "Blocked by …" and "Depends on …" lines; `#12` means an issue of `container`.

    The text is untrusted: it can name a target and nothing else, and only so many of them.
    """
    found: dict[str, None] = {}
    for words in _named((text or "")[:_LONGEST_TEXT]):
        found.update(dict.fromkeys(_targets(words, container)))
    return tuple(ItemLink(LinkKind.BLOCKED_BY, target) for target in list(found)[:_MOST])


def _named(text: str) -> Iterator[str]:
    """What stands behind each phrase: the rest of its line or, where that is empty, the next line that is not."""
    awaited = False
    for line in text.split("\n"):
        phrase = None if awaited else _PHRASE.match(line)
        words = _WORDS.match(phrase[1] if phrase else line) if phrase or awaited else None
        awaited = (awaited or phrase is not None) and words is None
        if words:
            yield words[1]


def _targets(text: str, container: str) -> Iterable[str]:
    for match in _TARGET.finditer(text):
        if match["short"]:
            yield f"{container}{match['short']}"
        elif match["url"]:
            yield match["url"].rstrip(".;:'\"")
        else:
            yield match[0]
