"""An organisation of any size: epics of a hundred items, projects of ten epics, a goal for each epic."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np

from benchmarks.pull.crowd import END
from benchmarks.pull.jira_crowd import BASE
from sync_agent.model import (
    Account,
    Change,
    Field,
    Goal,
    KeyResult,
    Organisation,
    Period,
    Person,
    Role,
    Rules,
    Selector,
    StatusCategory,
    WorkItem,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
# When everything was read: what the sandbox Jira has is older, what is edited there is newer.
READ = END
PERIOD = Period(date(2026, 10, 1), date(2026, 12, 31))
IN_AN_EPIC = 100
TRIALS = Rules().forecast_trials
_EPICS_IN_A_PROJECT = 10
_OWNERS = 200
_PEOPLE_IN_A_PROJECT = 8
_DONE_SHARE = 0.8
_PAST_DAYS = 300
_TOUCHED_DAYS = 16


def organisation(goals: int, trials: int = TRIALS) -> Organisation:
    """One with so many goals, each to deliver one epic by the end of the quarter; forecasts make so many `trials`."""
    rules = Rules(forecast_trials=trials)
    people = {f"p{i}": Person(f"p{i}", f"Person {i}", Role.OWNER, f"p{i}@example.org") for i in range(_OWNERS)}
    made = (
        Goal(
            f"g{i}", f"Goal {i}", f"p{i % _OWNERS}", PERIOD, (KeyResult("work", "Work", (_selector(i),)),), rules=rules
        )
        for i in range(goals)
    )
    return Organisation("Bench", tuple(made), people)


def epic_of(number: int) -> str:
    """The key of the epic that an item belongs to."""
    return f"{_project(number // IN_AN_EPIC)}-{1_000_000 + number // IN_AN_EPIC}"


def work(items: int, at_once: int = 10_000) -> Iterator[list[tuple[WorkItem, tuple[Change, ...]]]]:
    """Every item with three changes, some thousand at a time. Four of five are done, over the past months."""
    random = np.random.default_rng(7)
    for start in range(0, items, at_once):
        days = random.integers(1, _PAST_DAYS, size=at_once)
        done = random.random(at_once) < _DONE_SHARE
        yield [
            item(number, int(days[number - start]), done=bool(done[number - start]))
            for number in range(start, min(items, start + at_once))
        ]


def item(number: int, days_ago: int, *, done: bool, updated: datetime = READ) -> tuple[WorkItem, tuple[Change, ...]]:
    """One item that was last moved so many days ago, and how, with the id and key that the sandbox Jira gives it.
    Everybody works in one project; of what is open a quarter is in progress, and was touched lately.
    """
    doing = not done and number % 4 == 0
    at = NOW - timedelta(days=days_ago % _TOUCHED_DAYS if doing else days_ago)
    project = _project(number // IN_AN_EPIC)
    key, somebody = f"{project}-{number + 1}", f"{project}-{number % _PEOPLE_IN_A_PROJECT}"
    category = StatusCategory.DONE if done else StatusCategory.DOING if doing else StatusCategory.TODO
    found = WorkItem(
        source="jira", id=str(BASE + number + 1), key=key, url=f"https://jira.example.org/browse/{key}",
        container=project, title=f"Item {number}", type="Story",
        status=category.value, category=category,
        created=at - timedelta(days=30), updated=updated, active=at, finished=at if done else None,
        parent=epic_of(number), assignees=(Account(somebody, "Somebody"),), labels=("bench",),
    )  # fmt: skip
    moves = (("todo", "doing", 20), ("doing", "todo", 10), ("todo", category.value, 0))
    changes = tuple(
        Change("jira", found.id, f"{number}:{i}", at - timedelta(days=ago), Field.CATEGORY, before, after)
        for i, (before, after, ago) in enumerate(moves[: 2 if category is StatusCategory.TODO else 3])
    )
    return found, changes


def _project(epic: int) -> str:
    return f"P{epic // _EPICS_IN_A_PROJECT}"


def _selector(epic: int) -> Selector:
    return Selector("jira", epics=(f"{_project(epic)}-{1_000_000 + epic}",))
