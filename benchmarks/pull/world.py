"""A Jira Cloud, a Jira Data Center and a GitHub with many items, served while they are measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import cycle

from sync_agent.sandbox.core import Clock, Exchange, Fault, Sandbox, Server
from sync_agent.sandbox.github import GithubState, github
from sync_agent.sandbox.jira import JiraState, cloud, data_center

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TOKEN = "benchmark-token"
PROJECT, REPOSITORY = "BENCH", "bench/work"
_CHANGES = ("In Progress", "Blocked", "Done")


@dataclass
class Tracker:
    """One served tracker. `edit` changes one item at a time, a different one each time."""

    kind: str
    sandbox: Sandbox
    url: str
    jira: JiraState | None = None
    github: GithubState | None = None

    @property
    def requests(self) -> int:
        """How many were answered since the journal was cleared."""
        return len(self.sandbox.journal.exchanges)

    def restless(self, items: int, answers: int) -> None:
        """An item is edited after each of the next `answers`."""
        numbers, seconds = cycle(range(1, items + 1, 7)), iter(range(1, answers + 1))

        def edit(_exchange: Exchange) -> None:
            second = next(seconds, None)
            if second is None:
                return
            number, at = next(numbers), NOW + timedelta(seconds=second)
            if self.jira:
                self.jira.edit(f"{PROJECT}-{number}", at=at, by="ada", labels=[f"edit-{at:%H%M%S}"])
            elif self.github:
                self.github.edit(REPOSITORY, number, at=at, by="ada", title=f"Edited at {at:%H:%M:%S}")

        self.sandbox.after = edit

    def truth(self) -> dict[str, str]:
        """What tells whether an item was read as it is now: its key, and its labels or its title."""
        if self.jira:
            return {raw["key"]: " ".join(raw["fields"]["labels"]) for raw in self.jira.issues.values()}
        assert self.github is not None
        threads = self.github.repositories[REPOSITORY].values()
        return {f"{REPOSITORY}#{thread.number}": str(thread.record["title"]) for thread in threads}


@contextmanager
def tracker(kind: str, items: int, latency: float) -> Iterator[Tracker]:
    """`kind` is jira-cloud, jira-server or github; `latency` is in seconds."""
    clock = Clock(NOW)
    jira = _jira(items) if kind.startswith("jira") else None
    hub = None if jira else _github(items)
    if jira:
        sandbox = (
            cloud(jira, clock, email="bot@example.org", token=TOKEN, me="ada")
            if kind == "jira-cloud"
            else data_center(jira, clock, token=TOKEN, me="ada")
        )
    else:
        assert hub is not None
        # With the addresses of an Enterprise Server, for that is where Perceval can be sent to.
        sandbox = github(hub, clock, token=TOKEN, me="ada", enterprise=True)
    if latency:
        sandbox.faults.add(Fault(latency=latency))
    with Server(sandbox.app) as server:
        yield Tracker(kind, sandbox, server.url if jira else f"{server.url}/api/v3", jira, hub)


def _jira(items: int) -> JiraState:
    state = JiraState()
    state.add_user("ada", "Ada")
    state.add_project(PROJECT, "Benchmark")
    for number in range(items):
        at = NOW - timedelta(days=300) + timedelta(minutes=number)
        key = state.create(PROJECT, "Story", f"Story {number}", at=at, by="ada", fixVersions=[f"v{number % 40}"])
        for step, status in enumerate(_CHANGES):
            state.edit(key, at=at + timedelta(days=step + 1), by="ada", status=status)
    return state


def _github(items: int) -> GithubState:
    state = GithubState()
    state.add_user("ada")
    state.add_repository(REPOSITORY)
    for number in range(40):
        state.add_milestone(REPOSITORY, f"v{number}", NOW + timedelta(days=number))
    for number in range(items):
        at = NOW - timedelta(days=300) + timedelta(minutes=number)
        made = state.create(REPOSITORY, f"Task {number}", at=at, by="ada", milestone=f"v{number % 40}")
        state.edit(REPOSITORY, made, at=at + timedelta(days=1), by="ada", label="seen")
        state.edit(REPOSITORY, made, at=at + timedelta(days=2), by="ada", assignee="ada")
        state.edit(REPOSITORY, made, at=at + timedelta(days=3), by="ada", state="closed")
    return state
