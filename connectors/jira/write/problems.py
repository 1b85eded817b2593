"""Problem issues: opened when a goal is blocked or slips, linked to what it is about, closed when that is over."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import structlog

from connectors.contract import Kept, Turn
from connectors.errors import Doubtful, Forbidden, NotFound, Refused
from connectors.jira.client import JiraClient
from connectors.jira.items import account
from connectors.jira.options import JiraProblemOptions
from connectors.jira.write.writer import PROPERTY, JiraWriter, key_of
from sync_agent.model import Place

log = structlog.get_logger(__name__)
_Raw = dict[str, Any]
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]*-\d+")
OWN_LABEL = "goal-sync-agent"
"""Carried by problem issues; with their creator it tells that they are no work."""


class JiraProblems:
    """Keeps one open issue for a goal while there is something to solve."""

    def __init__(self, client: JiraClient, options: JiraProblemOptions) -> None:
        self._client = client
        self._options = options
        self._writer = JiraWriter(client)

    def keep(self, place: Place, key: str, wanted: str, shown: str | None, turn: Turn) -> Kept:
        """`wanted` is `open` or not, with a `title`, a `text` and the keys of issues to link (`links`)."""
        want, had = json.loads(wanted), json.loads(shown or "{}")
        links = [each for each in want.get("links", ()) if _KEY.fullmatch(each)]
        with _explained(self._options):
            issue = self._read(had["issue"], key) if had else None
            issue = issue or self._linked(key, links)
            if want["open"]:
                return self._open(place, key, want, had, issue, links, turn)
            if issue and not _is_done(issue):
                self._close(place.source, key, want["text"], issue, turn)
        return Kept("")

    def _open(
        self, place: Place, key: str, want: _Raw, had: _Raw, issue: _Raw | None, links: list[str], turn: Turn
    ) -> Kept:
        text = hashlib.sha256(f"{want['title']}\n{want['text']}".encode()).hexdigest()[:16]
        if issue is None and had:  # Somebody deleted it, and the problem is the same.
            return Kept(json.dumps(had))
        if issue is None:
            turn(links[0])
            identifier, linked = self._create(place.key, key, want, links[0]), {links[0]}
        else:
            identifier, linked = str(issue["key"]), _linked_keys(issue)
            if not _is_done(issue) and had.get("text") != text:
                turn(identifier)
                self._client.write("PUT", self._path(identifier), {"fields": self._texts(want)})
        if issue is None or not _is_done(issue):  # What people have closed is theirs.
            for other in links:
                if other not in linked:
                    self._link(identifier, other, turn)
        log.info("problem issue", source=place.source, key=key, issue=identifier)
        return Kept(json.dumps({"issue": identifier, "text": text}))

    def _create(self, project: str, key: str, want: _Raw, anchor: str) -> str:
        """Marker and link are part of the request that creates: by them it is found again, not by the search, which
        shows new issues late.
        """
        options = self._options
        value = {"key": key}
        answer = self._client.write(
            "POST",
            f"{self._client.api}/issue",
            {
                "fields": {
                    "project": {"key": project},
                    "issuetype": {"name": options.type},
                    "labels": [OWN_LABEL],
                    **self._texts(want),
                },
                "update": {"issuelinks": [{"add": {"type": {"name": options.link}, "outwardIssue": {"key": anchor}}}]},
                "properties": [{"key": PROPERTY, "value": value if self._client.cloud else json.dumps(value)}],
            },
        )
        if not answer.get("key"):
            raise Doubtful(f"{self._client.name}: the issue about {anchor} was answered without a key")
        return str(answer["key"])

    def _texts(self, want: _Raw) -> _Raw:
        return {
            "summary": want["title"],
            "description": json.loads(want["text"]) if self._client.cloud else want["text"],
        }

    def _linked(self, key: str, links: list[str]) -> _Raw | None:
        """Our own open issue that is linked to one of these."""
        for link in links:
            with suppress(NotFound):
                raw = self._client.get(self._path(link), {"fields": "issuelinks"})
                for other in _linked_keys(raw):
                    found = self._read(other, key)
                    if found and not _is_done(found):
                        return found
        return None

    def _read(self, identifier: str, key: str) -> _Raw | None:
        """An issue that is ours and bears the marker; anybody could put that on theirs."""
        asked = {"fields": "status,creator,issuelinks", "properties": PROPERTY}
        try:
            raw: _Raw = self._client.get(self._path(identifier), asked)
        except NotFound:
            return None
        marked = key_of((raw.get("properties") or {}).get(PROPERTY)) == key
        return raw if marked and is_ours(raw, self._client.myself) else None

    def _link(self, identifier: str, other: str, turn: Turn) -> None:
        """Links two issues; one that cannot be is passed over. Doing it twice is doing it once."""
        turn(other)
        ends = {"inwardIssue": {"key": identifier}, "outwardIssue": {"key": other}}
        try:
            self._client.write("POST", f"{self._client.api}/issueLink", {"type": {"name": self._options.link}, **ends})
        except (NotFound, Refused, Forbidden) as error:
            log.warning("not linked", source=self._client.name, issue=identifier, to=other, error=str(error))

    def _close(self, source: str, key: str, text: str, issue: _Raw, turn: Turn) -> None:
        """Says so, and moves it to the first status that counts as done."""
        identifier = str(issue["key"])
        here, marker = Place(source, identifier), f"{key}/{identifier}/over"
        if self._writer.find(here, marker) is None:
            turn(identifier)
            self._writer.create(here, marker, text)
        path = f"{self._path(identifier)}/transitions"
        steps = self._client.get(path).get("transitions") or ()
        done = [step for step in steps if _category(step.get("to") or {}) == "done"]
        if not done:
            raise Refused(f"{self._client.name}: no transition leads {identifier} to a status that counts as done")
        turn(identifier)
        self._client.write("POST", path, {"transition": {"id": done[0]["id"]}})

    def _path(self, identifier: str) -> str:
        return f"{self._client.api}/issue/{identifier}"


def is_ours(issue: Mapping[str, Any], me: Any) -> bool:
    """Whether the agent's account created an issue."""
    creator = account((issue.get("fields") or {}).get("creator"))
    return creator is not None and creator == account(me)


def _linked_keys(issue: _Raw) -> set[str]:
    links = issue["fields"].get("issuelinks") or ()
    return {str(link[side]["key"]) for link in links for side in ("inwardIssue", "outwardIssue") if link.get(side)}


def _is_done(issue: _Raw) -> bool:
    return _category(issue["fields"].get("status") or {}) == "done"


def _category(status: _Raw) -> str:
    return str((status.get("statusCategory") or {}).get("key"))


@contextmanager
def _explained(options: JiraProblemOptions) -> Iterator[None]:
    """Adds to a refusal what would put it right."""
    try:
        yield
    except (Forbidden, Refused) as error:
        fix = (
            f"in project {options.project} grant Create, Edit, Link and Transition Issues and Add Comments, and put"
            f" Labels and Linked Issues on the create screen of {options.type}; or leave marks.problems out"
        )
        raise error.with_fix(fix) from None
