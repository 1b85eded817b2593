"""What a pull request says it closes or implements, read from its title and text.

GitHub's closing keywords: https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue.
A key in the title, as in `SHOP-12: Pay by card`, is how Jira's own integration knows the issue of a pull request.
"""

import re
from collections.abc import Iterator

from sync_agent.model import ItemLink, LinkKind

# Every part has a greatest length: no text costs more than linear time.
_CLOSES = re.compile(
    r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?):?\s{1,3}"
    r"(?:(?P<full>[\w.-]{1,39}/[\w.-]{1,100}#\d{1,9})|(?P<short>#\d{1,9})|(?P<url>https?://[^\s<>()\[\]|,]{1,300}))",
    re.IGNORECASE,
)
_KEY = re.compile(r"\b[A-Z][A-Z0-9_]{1,20}-\d{1,9}\b")
_LONGEST_TEXT = 100_000
_MOST = 50


def closing_links(title: str, body: str | None, repository: str) -> tuple[ItemLink, ...]:
    """The items that a pull request of a repository closes; `#12` is one of the same."""
    found = dict.fromkeys(_targets(title, body, repository))
    return tuple(ItemLink(LinkKind.IMPLEMENTS, target) for target in list(found)[:_MOST])


def _targets(title: str, body: str | None, repository: str) -> Iterator[str]:
    for text in (title[:_LONGEST_TEXT], (body or "")[:_LONGEST_TEXT]):
        for match in _CLOSES.finditer(text):
            yield f"{repository}{match['short']}" if match["short"] else match["full"] or match["url"].rstrip(".;:'\"")
    yield from _KEY.findall(title[:_LONGEST_TEXT])
