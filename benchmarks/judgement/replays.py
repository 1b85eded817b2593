"""A recorded tracker, pulled by the agent; every release of it judged again day by day with what was known then."""

import csv
import gzip
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.judgement.figures import known, risk
from connectors.contract import Runtime
from sync_agent.config import installed_connectors
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.promises import results_of
from sync_agent.evaluate.replay import scores
from sync_agent.evaluate.replay.backtest import JudgedDay, Replay, past_goals, replay
from sync_agent.model import Facts, History, Organisation, TimeboxResult
from sync_agent.pull.pull import pull
from sync_agent.pull.reconcile import Reconciliation
from sync_agent.sandbox.core import Clock, Server
from sync_agent.sandbox.jira import JiraState, data_center
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_facts

_EVERY = 1


def pulled(directory: Path) -> Facts:
    """What the agent reads from the recorded tracker."""
    return _with_dates(_pulled(directory / "jira-records.ndjson.gz"), directory / "jira_release_targets.csv.gz")


def replayed(facts: Facts, every: int = _EVERY) -> list[Replay]:
    """The releases in the order of their due dates, judged every so many days."""
    today = max(box.due for box in facts.timeboxes if box.due) + timedelta(days=1)
    facts = replace(facts, outcomes=_timebox_results(facts, today, Calendar("UTC", None)))
    goals = past_goals(facts, today)
    organisation = Organisation("Recorded", tuple(sorted(goals, key=lambda goal: goal.period.due)), {})
    return [each for each in replay(organisation, facts, today, every=every) if each.days]


def _timebox_results(facts: Facts, today: date, calendar: Calendar) -> tuple[TimeboxResult, ...]:
    """How every release due before today turned out, earliest first."""
    places: dict[tuple[str, str], list[History]] = defaultdict(list)
    for history in facts.histories.values():
        places[history.item.source, history.item.container.casefold()].append(history)
    found = (
        result
        for box in facts.timeboxes
        if box.due and box.due < today
        for result in results_of(box, places[box.source, box.container.casefold()], calendar)
    )
    return tuple(sorted(found, key=lambda each: (each.due, each.days_before, each.open, each.delivered)))


def show(replays: Sequence[Replay]) -> None:
    """Warnings before the due date, how early they came, how often they were taken back."""
    print(f"\n{len(replays)} releases of a recorded tracker, judged again every day, each from what was told before")
    for before in (30, 14):
        days = known(replays, before)
        print(f"{before} days before: {len(days)} releases, {sum(day.slipped for day in days)} slipped")
        for name, rule in scores.RULES.items():
            found = scores.score(days, rule)
            print(f"  {name:24} precision {found.precision:.2f}  recall {found.recall:.2f}  F1 {found.f1:.2f}")
        for name, value in (("probability", risk), ("open share", _open_share)):
            print(f"  {name:24} AUC {scores.auc((value(day), day.slipped) for day in days):.2f}")
    changes, back = scores.changes(replays)
    print(f"half of those that slipped were warned of with {scores.lead(replays):.2f} of the period left")
    print(f"{changes} changes of told health, {back} ({back / max(1, changes):.1%}) taken back within 7 days")


def _open_share(day: JudgedDay) -> float:
    return day.open_share


def _pulled(records: Path) -> Facts:
    jira = JiraState()
    jira.load_records(records)
    with _served(jira) as url, Store.temporary() as store:
        connector = installed_connectors()["jira"]
        options = connector.options.model_validate(
            {"url": url, "auth": {"token": {"env": "BENCH_TOKEN"}}, "projects": sorted(jira.projects)}
        )
        context = Runtime({"BENCH_TOKEN": "token-token"}, lambda: datetime.now(UTC), threading.Event())
        reader = connector.open("jira", options, context).reader
        result = pull("jira", reader, store, datetime.now(UTC), Reconciliation(timedelta(days=1)))
        if result.error:
            raise SystemExit(result.error)
        with store.read() as connection:
            return load_facts(connection)


@contextmanager
def _served(jira: JiraState) -> Iterator[str]:
    with Server(data_center(jira, Clock(), token="token-token", me="user1").app) as server:
        yield server.url


def _with_dates(facts: Facts, table: Path) -> Facts:
    """Only the releases of the table, with the dates on which they came out."""
    with gzip.open(table, "rt", encoding="utf-8") as lines:
        days = {(row["project"], row["version"]): row["release_date"] for row in csv.DictReader(lines)}
    boxes = [box for box in facts.timeboxes if (box.container, box.name) in days]
    dated = (replace(box, due=date.fromisoformat(days[box.container, box.name])) for box in boxes)
    return replace(facts, timeboxes=tuple(dated))
