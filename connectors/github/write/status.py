"""Status updates of projects (v2): a new one when the status changes, the same one edited while only its text does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connectors.contract import Kept, Turn
from connectors.errors import Doubtful, Forbidden, NotFound, Refused
from connectors.github.client import GithubClient, graphql_error
from connectors.github.decode.items import following, nodes
from connectors.github.write.writer import marker
from connectors.reading.values import Raw
from sync_agent.model import Health, Place

_STATUSES = {
    Health.ON_TRACK.value: "ON_TRACK",
    Health.AT_RISK.value: "AT_RISK",
    Health.OFF_TRACK.value: "OFF_TRACK",
    Health.DONE.value: "COMPLETE",
    None: "INACTIVE",
}
_UPDATES = """
query($owner: String!, $number: Int!, $after: String) { repositoryOwner(login: $owner) { ... on ProjectV2Owner {
  projectV2(number: $number) { id
    statusUpdates(first: 50, after: $after, orderBy: {field: CREATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor } nodes { id status body startDate targetDate creator { login } } } } } } }
"""
_CREATE = """
mutation($input: CreateProjectV2StatusUpdateInput!) { createProjectV2StatusUpdate(input: $input) {
  statusUpdate { id } } }
"""
_UPDATE = """
mutation($input: UpdateProjectV2StatusUpdateInput!) { updateProjectV2StatusUpdate(input: $input) {
  statusUpdate { id } } }
"""


class GithubStatus:
    """Keeps the status of a project, named as `acme/4`."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client

    def keep(self, place: Place, key: str, wanted: str, shown: str | None, turn: Turn) -> Kept:  # noqa: ARG002
        """`wanted` has the worst `health` of its goals (null: none is followed), a `text`, `start` and `due`."""
        want = json.loads(wanted)
        fields = {
            "status": _STATUSES[want["health"]],
            "body": f"{marker(key)}\n{want['text']}",
            "startDate": want["start"],
            "targetDate": want["due"],
        }
        with _explained(place):
            project, ours = self._newest(place, key)
            if ours is None or ours["status"] != fields["status"]:
                turn(place.key)
                return Kept(self._write(_CREATE, "createProjectV2StatusUpdate", {"projectId": project, **fields}))
            if any(ours.get(name) != value for name, value in fields.items()):
                turn(place.key)
                self._write(_UPDATE, "updateProjectV2StatusUpdate", {"statusUpdateId": ours["id"], **fields})
        return Kept(str(ours["id"]))

    def _newest(self, place: Place, key: str) -> tuple[str, Raw | None]:
        """Returns the project's id, and the newest update that is ours."""
        owner, _, number = place.key.rpartition("/")
        asked, after = {"owner": owner, "number": int(number)}, None
        while True:
            data, errors = self._client.graphql(_UPDATES, {**asked, "after": after})
            project = (data.get("repositoryOwner") or {}).get("projectV2")
            if project is None:
                raise graphql_error(self._client.name, errors)
            updates = project["statusUpdates"]
            ours = next((update for update in nodes(updates) if self._is_own(update, key)), None)
            after = following(updates, after)
            if ours or after is None:
                return str(project["id"]), ours

    def _is_own(self, update: Raw, key: str) -> bool:
        """GraphQL leaves out the `[bot]` of an App's name."""
        author = str((update.get("creator") or {}).get("login"))
        ours = author.removesuffix("[bot]") == self._client.login.removesuffix("[bot]")
        return ours and str(update.get("body") or "").startswith(marker(key))

    def _write(self, mutation: str, name: str, fields: Raw) -> str:
        data, errors = self._client.graphql(mutation, {"input": fields}, writes=True)
        found: Any = (data.get(name) or {}).get("statusUpdate") or {}
        if errors:
            raise graphql_error(self._client.name, errors)
        if not found.get("id"):
            raise Doubtful(f"{self._client.name}: a status update was answered without an id")
        return str(found["id"])


@contextmanager
def _explained(place: Place) -> Iterator[None]:
    """Adds to a refusal what would put it right."""
    try:
        yield
    except (Forbidden, NotFound, Refused) as error:
        fix = (
            f"check marks.projects ({place.key}): the token needs project, a fine-grained token or App the"
            " organisation's permission Projects: read and write"
        )
        raise error.with_fix(fix) from None
