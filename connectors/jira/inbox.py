"""What people answer in the comments of issues."""

from datetime import datetime
from itertools import takewhile
from typing import Any

from connectors.base import Said
from connectors.errors import Malformed
from connectors.jira.client import Client
from connectors.jira.items import account, moment, plain
from sync_agent.model import Place


class JiraInbox:
    """Reads an issue's comments from the newest back to where it has read before."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def said(self, place: Place, since: datetime) -> tuple[Said, ...]:
        """The comments since then, oldest first, but for our own."""
        path = f"{self._client.api}/issue/{place.key}/comment"
        newest_first = self._client.pages(path, "comments", {"orderBy": "-created"})
        try:
            recent = takewhile(lambda raw: moment(raw["created"]) >= since, newest_first)
            heard = [_said(raw) for raw in recent if (raw.get("author") or {}) and not self._is_own(raw)]
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"{self._client.name}: a comment on {place.key} makes no sense ({error!r})") from None
        return tuple(reversed(heard))

    def _is_own(self, raw: dict[str, Any]) -> bool:
        return account(raw["author"]) == account(self._client.myself)


def _said(raw: dict[str, Any]) -> Said:
    author, editor = account(raw["author"]), account(raw.get("updateAuthor"))
    return Said(
        id=str(raw["id"]),
        author=author.id if author else "",
        at=moment(raw["created"]),
        line=_first_line(raw.get("body")),
        edited=raw.get("updated") != raw["created"] and editor != author,
    )


def _first_line(body: Any) -> str:
    """Of wiki text, or of a document that begins with a paragraph: a quotation is somebody else's word."""
    if isinstance(body, dict):
        first: dict[str, Any] = next(iter(body.get("content") or ()), {})
        body = plain(first) if first.get("type") == "paragraph" else ""
    return next(iter(str(body or "").strip().splitlines()), "")
