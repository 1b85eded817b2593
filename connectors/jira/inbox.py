"""What people answer in the comments of issues."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from connectors.contract import Markup, Said
from connectors.jira.client import JiraClient
from connectors.jira.items import account
from connectors.jira.words import own_words
from connectors.reading.gaps import read_each
from connectors.reading.values import moment, shown
from sync_agent.model import Account, Place

log = structlog.get_logger(__name__)

# Comments are listed by when they were written. Edits within this time are heard again.
_EDITABLE = timedelta(days=7)


class JiraInbox:
    """Reads an issue's comments from the newest back to where it has read before."""

    def __init__(self, client: JiraClient) -> None:
        self._client = client

    def said(self, place: Place, since: datetime) -> tuple[Said, ...]:
        """Returns the comments since then, oldest first, without our own."""
        path = f"{self._client.api}/issue/{place.key}/comment"
        newest_first = self._client.pages(path, "comments", {"orderBy": "-created"})
        every = list(_recent(newest_first, since - _EDITABLE))
        me = account(self._client.myself) if every else None
        heard, odd = read_each(partial(_said, me=me), every, "the comments")
        if odd:
            log.warning("a comment cannot be read", source=self._client.name, item=place.key, error=odd[0])
        return tuple(reversed([said for said in heard if said and max(said.at, said.changed or said.at) >= since]))


def _recent(comments: Iterable[Any], since: datetime) -> Iterator[Any]:
    """Those since then. Older servers list the oldest first whatever they are asked, and all of them have to be read:
    only once an older one comes behind a newer one do no more follow.
    """
    before, descends = None, True
    for raw in comments:
        at = _time_of(raw)
        if at and before and at > before:
            descends = False
        if at and before and descends and at < before and at < since:
            return
        before = at or before
        if at is None or at >= since:
            yield raw


def _time_of(raw: Any) -> datetime | None:
    """Of a comment that has no readable time nobody knows."""
    try:
        return _written(raw)
    except (KeyError, TypeError, ValueError):
        return None


def _written(raw: dict[str, Any]) -> datetime:
    """A number is not the time of a comment. Taken as one, it would be so old that nothing below it would be read."""
    if not isinstance(raw["created"], str):
        raise ValueError(f"found {shown(raw['created'])}, not a time")
    return moment(raw["created"])


def _said(raw: dict[str, Any], me: Account | None) -> Said | None:
    """Leaves out our own comments, and those without an author."""
    author, editor = account(raw.get("author")), account(raw.get("updateAuthor"))
    if author is None or author == me:
        return None
    body, changed = raw.get("body"), raw.get("updated") not in (None, raw["created"])
    return Said(
        id=str(raw["id"]),
        author=author.id,
        at=_written(raw),
        text=own_words(body) if isinstance(body, dict) else str(body or ""),
        markup=Markup.ADF if isinstance(body, dict) else Markup.WIKI,
        edited=moment(raw["updated"]) if changed and editor != author else None,
        changed=moment(raw["updated"]) if changed and editor == author else None,
    )
