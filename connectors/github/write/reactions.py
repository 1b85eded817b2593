"""A reaction on a comment that was heard: a thumb for what was understood, a confused face for what was not.

https://docs.github.com/en/rest/reactions/reactions#create-reaction-for-an-issue-comment
"""

import json
from urllib.parse import quote

import structlog

from connectors.contract import Kept, Turn
from connectors.errors import Forbidden, NotFound, Refused
from connectors.github.client import GithubClient
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
        content = "+1" if said["understood"] else "confused"
        repository = quote(place.key.partition("#")[0])
        path = f"/repos/{repository}/issues/comments/{quote(str(said['comment']), safe='')}/reactions"
        turn(place.key)
        try:
            self._client.write("POST", path, {"content": content})
        except (Forbidden, NotFound, Refused) as error:
            log.warning("no reaction on a comment that was heard", source=self._client.name, error=str(error))
            return Kept("")
        return Kept(content)
