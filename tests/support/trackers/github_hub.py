"""A sandbox GitHub with a small story, and a way to ask it over HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from sync_agent.sandbox.core import Clock, Sandbox, Server
from sync_agent.sandbox.github import GithubState, github

REPOSITORY, OTHER, PRIVATE = "acme/shop", "acme/platform", "acme/secret"
TOKEN = "token-of-noor"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def day(number: int) -> datetime:
    """So many days after the start."""
    return START + timedelta(days=number)


@dataclass
class Hub:
    """A running host."""

    state: GithubState
    clock: Clock
    sandbox: Sandbox
    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: {"Authorization": f"Bearer {TOKEN}"})

    def ask(self, path: str, method: str = "GET", json: Any = None, **headers: str) -> requests.Response:
        """One REST request."""
        return requests.request(method, f"{self.url}{path}", json=json, headers={**self.headers, **headers}, timeout=10)

    def get(self, path: str, **headers: str) -> Any:
        """The body of a good answer."""
        answer = self.ask(path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def query(self, text: str, path: str = "/graphql", **variables: Any) -> Any:
        """The body of a GraphQL answer with HTTP 200."""
        answer = self.ask(path, "POST", {"query": text, "variables": variables})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def data(self, text: str, **variables: Any) -> Any:
        """The data of a GraphQL answer without errors."""
        found = self.query(text, **variables)
        assert "errors" not in found, found["errors"]
        return found["data"]


@contextmanager
def running(state: GithubState, **options: Any) -> Iterator[Hub]:
    """A host over `state`, whose clock stands at day 30."""
    clock = Clock(day(30))
    sandbox = github(state, clock, token=TOKEN, me="noor", **options)
    with Server(sandbox.app) as server:
        yield Hub(state, clock, sandbox, server.url)


def story() -> GithubState:
    """Issue 1 (epic), 2 (its part, blocked by acme/platform#1), 3 (closed as not planned), pull requests 4 (merged)
    and 5 (draft); a repository that only dana sees.
    """
    state = GithubState()
    for login, name in (("noor", "Noor Haddad"), ("dana", "Dana Reyes")):
        state.add_user(login, name=name)
    state.add_repository(REPOSITORY, members=["noor"])
    state.add_repository(OTHER)
    state.add_repository(PRIVATE, private=True, members=["dana"])
    state.add_milestone(REPOSITORY, "Search", day(60))
    state.create(OTHER, "Upgrade the database", at=day(0), by="dana")
    state.create(PRIVATE, "Nobody's business", at=day(0), by="dana")
    state.create(REPOSITORY, "Search feels instant", at=day(0), by="noor", type="Epic", milestone="Search")
    state.create(REPOSITORY, "Index", at=day(1), by="noor", labels=["backend", "help wanted"], assignee="dana")
    state.create(REPOSITORY, "Voice", at=day(2), by="dana", body="Say it")
    state.create(REPOSITORY, "Add the index", at=day(3), by="dana", pull=True)
    state.create(REPOSITORY, "Try voice", at=day(4), by="noor", pull=True, draft=True)
    state.edit(REPOSITORY, 2, at=day(5), by="noor", parent=1, blocked_by=f"{OTHER}#1", milestone="Search")
    state.edit(REPOSITORY, 3, at=day(6), by="dana", state="closed", reason="not_planned")
    state.edit(REPOSITORY, 4, at=day(7), by="noor", state="merged")
    state.comment(REPOSITORY, 2, "Waiting", at=day(8), by="dana")
    return state
