"""A reaction on a comment that was heard: a thumb for what was understood, a confused face for what was not.

https://docs.github.com/en/rest/reactions/reactions#about-reactions
"""

import json
from urllib.parse import quote

import structlog

from connectors.contract import Kept, Turn
from connectors.errors import Forbidden, NotFound, Refused
from connectors.github.client import GithubClient
from connectors.reading.values import mapping_or_empty
from sync_agent.model import Place

log = structlog.get_logger(__name__)


class GithubReactions:
    """Reacts to comments. GitHub keeps one reaction of each kind and account, so doing it twice is doing it once."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client

    def keep(self, place: Place, key: str, wanted: str, standing: str | None, turn: Turn) -> Kept:  # noqa: ARG002
        """`wanted` has the `comment` and whether it was `understood`. The status comment says so, too: without the
        permission there is no reaction, and nothing else is missing.
        """
        said = json.loads(wanted)
        content, former = ("+1", "confused") if said["understood"] else ("confused", "+1")
        repository = quote(place.key.partition("#")[0])
        path = f"/repos/{repository}/issues/comments/{quote(str(said['comment']), safe='')}/reactions"
        try:
            for number in self._own(path, former):
                turn(place.key)
                self._client.answer("DELETE", f"{path}/{number}")
            turn(place.key)
            self._client.write("POST", path, {"content": content})
        except (Forbidden, NotFound, Refused) as error:
            log.warning("no reaction on a comment that was heard", source=self._client.name, error=str(error))
            return Kept("")
        return Kept(content)

    def _own(self, path: str, content: str) -> list[int]:
        """The ids of our own reactions of one kind. They are asked for even where none is known: after a lost store."""
        found = self._client.pages(path, {"content": content})
        return [
            int(each["id"]) for each in found if mapping_or_empty(each.get("user")).get("login") == self._client.login
        ]
