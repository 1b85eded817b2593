"""What people answer in the comments of issues and pull requests."""

from datetime import UTC, datetime
from typing import Any

from connectors.base import Said
from connectors.errors import Malformed
from connectors.github.client import Client
from connectors.github.items import moment
from connectors.github.writer import issue_path
from sync_agent.model import Place


class GithubInbox:
    """Reads an issue's comments since it has read before."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def said(self, place: Place, since: datetime) -> tuple[Said, ...]:
        """The comments since then, oldest first, but for our own. GitHub's `since` is of the last edit."""
        asked = {"since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        try:
            every = [_said(raw) for raw in self._client.pages(f"{issue_path(place)}/comments", asked)]
        except (KeyError, TypeError, ValueError) as error:
            raise Malformed(f"{self._client.name}: a comment on {place.key} makes no sense ({error!r})") from None
        own = self._client.login if every else ""
        return tuple(said for said in every if said.at >= since and said.author not in ("", own))


def _said(raw: dict[str, Any]) -> Said:
    lines = str(raw.get("body") or "").strip().splitlines()
    return Said(
        id=str(raw["id"]),
        author=str((raw.get("user") or {}).get("login") or ""),
        at=moment(raw["created_at"]),
        line=lines[0] if lines else "",
        # Maintainers may change what others wrote, and the API does not say who did.
        edited=raw.get("updated_at") != raw["created_at"],
    )
