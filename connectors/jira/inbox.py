"""What people answer in the comments of issues."""

from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any

import structlog

from connectors.contract import Said
from connectors.jira.client import JiraClient
from connectors.jira.items import account, plain
from connectors.reading.gaps import read_each
from connectors.reading.values import entries, moment, shown
from sync_agent.model import Account, Place

log = structlog.get_logger(__name__)


class JiraInbox:
    """Reads an issue's comments from the newest back to where it has read before."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    def said(self, place: Place, since: datetime) -> tuple[Said, ...]:
        """The comments since then, oldest first, but for our own."""
        path = f"{self._client.api}/issue/{place.key}/comment"
        newest_first = self._client.pages(path, "comments", {"orderBy": "-created"})
        every = list(takewhile(lambda raw: not _is_older(raw, since), newest_first))
        me = account(self._client.myself) if every else None
        heard, odd = read_each(partial(_said, me=me), every, "the comments")
        if odd:
            log.warning("a comment cannot be read", source=self._client.name, item=place.key, error=odd[0])
        return tuple(reversed([said for said in heard if said]))


def _is_older(raw: Any, since: datetime) -> bool:
    """Of a comment that has no readable time nobody knows."""
    try:
        return _written(raw) < since
    except (KeyError, TypeError, ValueError):
        return False


def _written(raw: dict[str, Any]) -> datetime:
    """A number is no time of a comment: taken for one, it is so old that nothing would be read below it."""
    if not isinstance(raw["created"], str):
        raise ValueError(f"found {shown(raw['created'])}, not a time")
    return moment(raw["created"])


def _said(raw: dict[str, Any], me: Account | None) -> Said | None:
    """None of our own, and of what nobody wrote."""
    author, editor = account(raw.get("author")), account(raw.get("updateAuthor"))
    if author is None or author == me:
        return None
    return Said(
        id=str(raw["id"]),
        author=author.id,
        at=_written(raw),
        line=_first_line(raw.get("body")),
        edited=raw.get("updated") != raw["created"] and editor != author,
    )


def _first_line(body: Any) -> str:
    """Of wiki text, or of a document that begins with a paragraph: a quotation is somebody else's word."""
    if isinstance(body, dict):
        first = next(iter(entries(body.get("content"))), {})
        body = plain(first) if first.get("type") == "paragraph" else ""
    return next(iter(str(body or "").strip().splitlines()), "")
