"""What a cycle asks for when nothing, or little, is new: `python -m benchmarks.pull.cycles`."""

import argparse
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from benchmarks.pull import budgets
from benchmarks.pull.github_crowd import repositories
from benchmarks.pull.jira_crowd import IN_A_PROJECT, PROJECT, project_of
from benchmarks.pull.serve import TOKEN
from benchmarks.pull.served import Task, Tracker, served
from connectors.contract import Runtime, Source
from sync_agent.config import installed_connectors
from sync_agent.pull.pull import pull
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.store import Store

MAIL = "bot@example.org"
_CHANGED = (1, 100, 1000)


def main() -> None:
    """One table a tracker: requests and what they may be."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.pull.cycles", description=__doc__)
    options.add_argument("--items", type=int, default=2000, help="items in each tracker (2000)")
    options.add_argument("--repositories", type=int, nargs="+", default=[1, 60], help="of GitHub (1 60)")
    chosen = options.parse_args()
    hubs = [Task("github", chosen.items, count) for count in chosen.repositories]
    print(f"{'':36}{'requests':>10}{'budget':>10}")
    for task in (Task("jira-cloud", chosen.items), Task("jira-server", chosen.items), *hubs):
        with served(task) as tracker, Store.temporary() as store, opened(tracker) as source:
            _show(store, source, tracker)


def pull_into(store: Store, source: Source) -> None:
    """One pull, as a cycle makes it. Exits where it fails."""
    result = pull(source.name, source.reader, store, _now(), Reconciliation(timedelta(days=1)))
    if result.error:
        raise SystemExit(result.error)


def _show(store: Store, source: Source, tracker: Tracker) -> None:
    task = tracker.task
    where = f" in {task.repositories}" if task.kind == "github" else ""
    _row(f"{task.kind}, {task.items:,} items{where}", _needed(store, source, tracker), budgets.full(task))
    _row("  nothing new", _needed(store, source, tracker), budgets.idle(task))
    for count in _CHANGED:
        if count <= task.items:
            tracker.edit(0, count)
            _row(f"  {count:,} changed", _needed(store, source, tracker), budgets.changed(task, count))


def _needed(store: Store, source: Source, tracker: Tracker) -> int:
    tracker.requests()
    pull_into(store, source)
    return tracker.requests()


def _row(what: str, needed: int, allowed: int) -> None:
    print(f"{what:36}{needed:>10,}{allowed:>10,}  {'yes' if needed <= allowed else 'NO'}", flush=True)


@contextmanager
def opened(tracker: Tracker) -> Iterator[Source]:
    """Our connector for a tracker, as an agent holds it."""
    task, github = tracker.task, tracker.task.kind == "github"
    scope = {"repositories": repositories(task.repositories)} if github else {"projects": projects(task)}
    auth = {"token": {"env": "BENCH_TOKEN"}, **({"email": MAIL} if task.kind == "jira-cloud" else {})}
    kind = "github" if github else "jira"
    connector = installed_connectors()[kind]
    options = connector.options.model_validate(
        {"url": tracker.url, "auth": auth, "ca_bundle": str(tracker.authority), **scope}
    )
    os.environ["REQUESTS_CA_BUNDLE"] = str(tracker.authority)
    source = connector.open(kind, options, Runtime({"BENCH_TOKEN": TOKEN}, _now, threading.Event()))
    try:
        yield source
    finally:
        source.close()


def projects(task: Task) -> list[str]:
    """The projects of a Jira."""
    return [project_of(n) for n in range(0, task.items, IN_A_PROJECT)] if task.spread else [PROJECT]


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
