"""Trackers in this process, so that somebody works on them exactly when it is meant, and what was pulled from them."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import Runtime, Source
from sync_agent.config import installed_connectors
from sync_agent.model import Field, History
from sync_agent.pull.pull import pull
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.sandbox.core import Clock, Exchange, Sandbox, Server
from sync_agent.sandbox.github import GithubState, github
from sync_agent.sandbox.jira import JiraState, cloud, data_center
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_facts

TOKEN = "benchmark-token"
MAIL = "bot@example.org"
REPOSITORY = "bench/work"
PROJECT = "BENCH"
_AGO = timedelta(days=30)
# Some items have a longer history than comes with them.
_LONG = 25
_INLINE = 6
_MANY = [f"label-{n:02}" for n in range(60)]


@dataclass(frozen=True, slots=True)
class Desk:
    """One tracker with its items. `edit` changes one of the `keys`; `served` are those that are part of an answer."""

    kind: str
    sandbox: Sandbox
    keys: tuple[str, ...]
    edit: Callable[[str], None]
    served: Callable[[Exchange], Iterator[str]]
    options: Mapping[str, Any]


def desk(kind: str, items: int) -> Desk:
    """A tracker with so many items, each with a history; `kind` is jira-cloud, jira-server or github."""
    return _github(items) if kind == "github" else _jira(kind, items)


@contextmanager
def opened(tracker: Desk) -> Iterator[Source]:
    """Our connector for a tracker while it is served on loopback."""
    connector = installed_connectors()[tracker.kind.partition("-")[0]]
    with Server(tracker.sandbox.app) as server:
        options = connector.options.model_validate({"url": server.url, **tracker.options})
        source = connector.open("tracker", options, Runtime({"BENCH_TOKEN": TOKEN}, now, threading.Event()))
        try:
            yield source
        finally:
            source.close()


def pull_into(store: Store, source: Source) -> None:
    """One pull, as a cycle makes it. Exits where it fails."""
    result = pull(source.name, source.reader, store, now(), Reconciliation(timedelta(days=1)))
    if result.error:
        raise SystemExit(result.error)


def known(store: Store) -> dict[str, History]:
    """What a store knows of the tracker, by key: without what it notes of its own readings."""
    with store.read() as connection:
        histories = load_facts(connection).histories.values()
    return {history.item.key: _as_told(history) for history in histories}


def _as_told(history: History) -> History:
    item = replace(history.item, first_read=None, active=history.item.updated)
    return History(item, tuple(change for change in history.changes if change.field is not Field.APPEARED))


def now() -> datetime:
    """The present."""
    return datetime.now(UTC)


def _jira(kind: str, items: int) -> Desk:
    state = JiraState()
    state.limits.inline = _INLINE
    state.add_project(PROJECT, "Work")
    for login in ("ada", "bot"):
        state.add_user(login, login.title())
    began, keys = now() - _AGO, []
    for number in range(items):
        at = began + timedelta(seconds=number)
        keys.append(state.create(PROJECT, "Story", f"Story {number}", at=at, by="ada"))
        for hours in range(1, (_INLINE + 1 if number % _LONG == 0 else 1) + 1):
            state.edit(
                keys[-1], at=at + timedelta(hours=hours), by="ada", status="Done" if hours % 2 else "In Progress"
            )

    def edit(key: str) -> None:
        history = state.issue(key)["changelog"]["histories"]
        state.edit(key, at=now(), by="ada", labels=[f"edit-{len(history)}"], points=float(len(history)))

    def served(exchange: Exchange) -> Iterator[str]:
        answer = json.loads(exchange.answer)
        found = (
            [*answer.get("issues", ()), *answer.get("issueChangeLogs", ()), answer] if isinstance(answer, dict) else []
        )
        for raw in found:
            identifier = str(raw.get("issueId") or raw.get("id"))
            if identifier in state.issues:
                yield state.issue(identifier)["key"]

    clock = Clock()
    auth: dict[str, Any] = {"token": {"env": "BENCH_TOKEN"}}
    if kind == "jira-cloud":
        sandbox, auth = cloud(state, clock, email=MAIL, token=TOKEN, me="bot"), {**auth, "email": MAIL}
    else:
        sandbox = data_center(state, clock, token=TOKEN, me="bot")
    return Desk(kind, sandbox, tuple(keys), edit, served, {"auth": auth, "projects": [PROJECT]})


def _github(items: int) -> Desk:
    state = GithubState()
    for login in ("ada", "bot"):
        state.add_user(login)
    state.add_repository(REPOSITORY)
    began = now() - _AGO
    for number in range(items):
        at = began + timedelta(seconds=number)
        made = state.create(REPOSITORY, f"Task {number}", at=at, by="ada", pull=number % 7 == 6)
        labels = _MANY if number % _LONG == 0 else ["seen", "open"]
        state.edit(REPOSITORY, made, at=at + timedelta(hours=1), by="ada", labels=labels, assignee="ada")
    threads = state.repositories[REPOSITORY]

    def edit(key: str) -> None:
        number = int(key.rpartition("#")[2])
        title = f"Edit {len(threads[number].events)}"
        state.edit(REPOSITORY, number, at=now(), by="ada", title=title, label=title.casefold())

    by_node = {thread.record["node_id"]: f"{REPOSITORY}#{number}" for number, thread in threads.items()}

    def served(exchange: Exchange) -> Iterator[str]:
        asked, answer = json.loads(exchange.request or "{}"), json.loads(exchange.answer)
        named = (asked.get("variables") or {}).get("id")
        yield from (by_node[each] for each in {named, *_ids(answer)} if each in by_node)

    sandbox = github(state, Clock(), token=TOKEN, me="bot", rate_limit=50_000_000)
    options = {"auth": {"token": {"env": "BENCH_TOKEN"}}, "repositories": [REPOSITORY]}
    return Desk("github", sandbox, tuple(by_node.values()), edit, served, options)


def _ids(answer: Any) -> Iterator[str]:
    """The ids of everything in an answer that comes with its history."""
    if isinstance(answer, dict):
        if "timelineItems" in answer and "id" in answer:
            yield answer["id"]
        answer = list(answer.values())
    if isinstance(answer, list):
        for each in answer:
            yield from _ids(each)
