"""What people answer in the comments of issues and pull requests."""

from datetime import UTC, datetime
from typing import Any

import structlog

from connectors.contract import Said
from connectors.github.client import GithubClient
from connectors.github.write.writer import issue_path
from connectors.reading.gaps import read_each
from connectors.reading.values import mapping, moment
from sync_agent.model import Place

log = structlog.get_logger(__name__)


class GithubInbox:
    """Reads an issue's comments since it last read them."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client

    def said(self, place: Place, since: datetime) -> tuple[Said, ...]:
        """Returns the comments since then, oldest first, without our own. GitHub's `since` is about the last edit."""
        asked = {"since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        every, odd = read_each(_said, self._client.pages(f"{issue_path(place)}/comments", asked), "the comments")
        if odd:
            log.warning("a comment cannot be read", source=self._client.name, item=place.key, error=odd[0])
        own = self._client.login if every else ""
        return tuple(said for said in every if (said.edited or said.at) >= since and said.author not in ("", own))


def _said(raw: dict[str, Any]) -> Said:
    return Said(
        id=str(raw["id"]),
        author=str(mapping(raw.get("user")).get("login") or ""),
        at=moment(raw["created_at"]),
        text=str(raw.get("body") or ""),
        # Maintainers may change what others wrote, and the API does not say who did.
        edited=moment(raw["updated_at"]) if raw["updated_at"] != raw["created_at"] else None,
    )
