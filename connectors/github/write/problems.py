"""Problem issues: opened when a goal is blocked or slips, naming what it is about, closed when that is over."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from connectors.contract import Kept, Turn
from connectors.errors import Doubtful, Forbidden, NotFound, Refused
from connectors.github.client import GithubClient
from connectors.github.write.writer import GithubWriter, marker
from connectors.reading.values import Raw
from sync_agent.model import MessageKind, Place

PROBLEM = f"<!-- goal-sync-agent:{MessageKind.PROBLEM.value}/"
"""What the text of every problem issue begins with."""
_KEY = re.compile(r"[\w.-]+/[\w.-]+#\d+")


class GithubProblems:
    """Keeps one open issue for a goal while there is something to solve."""

    def __init__(self, client: GithubClient) -> None:
        self._client = client
        self._writer = GithubWriter(client)

    def keep(self, place: Place, key: str, wanted: str, shown: str | None, turn: Turn) -> Kept:
        """`wanted` is `open` or not, with a `title`, a `text` and the keys of issues to name (`links`)."""
        want, had = json.loads(wanted), json.loads(shown or "{}")
        with _explained(place):
            issue = self._stored(place, had, key) if had else self._open_one(place, key)
            if want["open"]:
                return self._open(place, key, want, had, issue, turn)
            if issue and issue["state"] == "open":
                self._close(place, key, want["text"], int(issue["number"]), turn)
        return Kept("")

    def _open(self, place: Place, key: str, want: Raw, had: Raw, issue: Raw | None, turn: Turn) -> Kept:
        if issue is None and had:  # Somebody deleted it, and the problem is the same.
            return Kept(json.dumps(had))
        links = [each for each in want["links"] if _KEY.fullmatch(each)]
        named = "".join(f"- {link}\n" for link in links)
        texts = {"title": want["title"], "body": f"{marker(key)}\n{want['text']}\n{named}"}
        digest = hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]
        if issue is None:
            turn(f"{place.key}#new")
            made = self._client.write("POST", _path(place), texts)
            if not made.get("number"):
                raise Doubtful(f"{self._client.name}: the issue in {place.key} was answered without a number")
            number = made["number"]
        else:
            number = issue["number"]
            if issue["state"] != "open" or had.get("text") == digest:  # What people have closed is theirs.
                return Kept(json.dumps({"number": number, "text": had.get("text")}))
            turn(f"{place.key}#{number}")
            self._client.write("PATCH", f"{_path(place)}/{number}", texts)
        return Kept(json.dumps({"number": number, "text": digest}), tuple(links))

    def _stored(self, place: Place, had: Raw, key: str) -> Raw | None:
        try:
            found: Raw = self._client.get(f"{_path(place)}/{had['number']}")
        except NotFound:
            return None
        return found if self._is_own(found, key) else None

    def _open_one(self, place: Place, key: str) -> Raw | None:
        """Finds our open issue in the whole list: on some hosts a filter by author passes over Apps, and whoever trusts
        it writes duplicates (https://github.com/renovatebot/renovate/issues/44730).
        """
        issues = self._client.pages(_path(place), {"state": "open"})
        return next((issue for issue in issues if self._is_own(issue, key)), None)

    def _is_own(self, issue: Raw, key: str) -> bool:
        ours = (issue.get("user") or {}).get("login") == self._client.login
        return ours and str(issue.get("body") or "").startswith(marker(key))

    def _close(self, place: Place, key: str, text: str, number: int, turn: Turn) -> None:
        here, over = Place(place.source, f"{place.key}#{number}"), f"{key}/{number}/over"
        if self._writer.find(here, over) is None:
            turn(here.key)
            self._writer.create(here, over, text)
        turn(here.key)
        self._client.write("PATCH", f"{_path(place)}/{number}", {"state": "closed", "state_reason": "completed"})


def _path(place: Place) -> str:
    return f"/repos/{quote(place.key)}/issues"


@contextmanager
def _explained(place: Place) -> Iterator[None]:
    """Adds to a refusal what would put it right."""
    try:
        yield
    except (Forbidden, NotFound, Refused) as error:
        fix = f"give the token or the App Issues: read and write in {place.key}, or leave marks.problems out"
        raise error.with_fix(fix) from None
