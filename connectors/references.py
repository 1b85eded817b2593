"""Relations that people write in plain text, for trackers that know no such field or cannot point at each other."""

import re
from collections.abc import Iterable

from sync_agent.model import Link, LinkKind

# A line of its own, as in "Blocked by: SHOP-77, https://github.com/acme/checkout/issues/7, #12".
_LINE = re.compile(r"^[\s>*_-]*(blocked by|depends on)\b[\s:*_]*(.+)$", re.IGNORECASE | re.MULTILINE)
_TARGET = re.compile(
    r"(?P<url>https?://[^\s<>()\[\]|,]+)|(?P<full>[\w.-]+/[\w.-]+#\d+)|(?P<jira>\b[A-Z][A-Z0-9_]+-\d+\b)|(?P<short>#\d+\b)"
)
_LONGEST_TEXT = 100_000
_MOST = 50


def written_links(text: str | None, container: str) -> tuple[Link, ...]:
    """The links of "Blocked by …" and "Depends on …" lines; `#12` means an issue of `container`.

    The text is untrusted: it can name a target and nothing else, and only so many of them.
    """
    found: dict[str, None] = {}
    for line in _LINE.finditer((text or "")[:_LONGEST_TEXT]):
        found.update(dict.fromkeys(_targets(line.group(2), container)))
    return tuple(Link(LinkKind.BLOCKED_BY, target) for target in list(found)[:_MOST])


def _targets(text: str, container: str) -> Iterable[str]:
    for match in _TARGET.finditer(text):
        if match["short"]:
            yield f"{container}{match['short']}"
        elif match["url"]:
            yield match["url"].rstrip(".;:'\"")
        else:
            yield match[0]
