"""Labels on issues. What people set there themselves stays: the issue's timeline tells who it was."""

import json
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

from connectors.contract import Kept, Turn
from connectors.errors import NotFound, Refused
from connectors.github.client import GithubClient
from connectors.github.write.writer import explained, issue_path
from sync_agent.model import Place

_COLOUR = "d4c5f9"


class GithubLabels:
    """Keeps the labels of an issue."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client
        self._own = set(client.options.marks.labels.by_state.values())

    def keep(self, place: Place, key: str, wanted: str, shown: str | None, turn: Turn) -> Kept:  # noqa: ARG002
        """`wanted` has `labels`."""
        want, had = json.loads(wanted)["labels"], json.loads(shown or "[]")
        path = f"{issue_path(place)}/labels"
        with explained(place):
            there = {str(label["name"]) for label in self._client.pages(path)}
            lacking = [label for label in want if label.casefold() not in {each.casefold() for each in there}]
            if lacking:
                self._ensure(place, lacking, turn)
                turn(place.key)
                self._client.write("POST", path, {"labels": lacking})
            gone = [label for label in sorted(there & (self._own | set(had))) if label not in want]
            mine = set(self._added_by_us(place)) if gone else set()
            for label in mine.intersection(gone):
                turn(place.key)
                with suppress(NotFound):  # Somebody was faster.
                    self._client.write("DELETE", f"{path}/{quote(label, safe='')}")
        return Kept(json.dumps(want))

    def _ensure(self, place: Place, labels: list[str], turn: Turn) -> None:
        """GitHub would create a label that the repository lacks without a word."""
        repository = f"/repos/{quote(place.key.partition('#')[0])}"
        for label in labels:
            try:
                self._client.get(f"{repository}/labels/{quote(label, safe='')}")
            except NotFound:
                if not self._client.options.marks.create_labels:
                    fix = "create it there, or say create_labels: true"
                    where = place.key.partition("#")[0]
                    raise Refused(f"{self._client.name}: {where} has no label {label!r}; {fix}") from None
                turn(place.key)
                about = {"name": label, "color": _COLOUR, "description": "Set by the goal sync agent"}
                self._client.write("POST", f"{repository}/labels", about)

    def _added_by_us(self, place: Place) -> Iterator[str]:
        """The labels that we were the last to add."""
        last: dict[str, bool] = {}
        for event in self._client.pages(f"{issue_path(place)}/timeline"):
            if event.get("event") == "labeled":
                last[str(event["label"]["name"])] = (event.get("actor") or {}).get("login") == self._client.login
        return (label for label, ours in last.items() if ours)
