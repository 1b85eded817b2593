"""Small things to judge, with defaults that do not matter to a test."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sync_agent.model import (
    Account,
    Change,
    Facts,
    Field,
    Goal,
    History,
    KeyResult,
    Organisation,
    Period,
    Person,
    Role,
    Selector,
    SourceState,
    StatusCategory,
    WorkItem,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday
START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
EVERYTHING = Selector("jira", projects=("SHOP",))


def item(key: str, **fields: Any) -> WorkItem:
    """An open story of SHOP on Jira."""
    base = WorkItem(
        source="jira", id=key, key=key, url=f"https://jira.example.org/browse/{key}", container=key.rpartition("-")[0],
        title=f"Title of {key}", type="Story", status="To Do", category=StatusCategory.TODO, created=START,
        updated=START, active=START,
    )  # fmt: skip
    return replace(base, **fields)


def doing(key: str, **fields: Any) -> WorkItem:
    """One in progress, with somebody at work on it."""
    return item(
        key, status="In Progress", category=StatusCategory.DOING, assignees=(Account("noor", "Noor"),), **fields
    )


def done(key: str, at: datetime = NOW - timedelta(days=7), **fields: Any) -> WorkItem:
    """A finished one."""
    return item(key, status="Done", category=StatusCategory.DONE, finished=at, active=at, **fields)


def cancelled(key: str, at: datetime = NOW - timedelta(days=7), **fields: Any) -> WorkItem:
    """One that was given up."""
    return item(key, status="Cancelled", category=StatusCategory.CANCELLED, finished=at, active=at, **fields)


def change(key: str, at: datetime, field: Field, before: str | None, after: str | None) -> Change:
    """One change of an item."""
    return Change("jira", key, f"{key}:{at.isoformat()}:{field.value}:{before}:{after}", at, field, before, after)


def facts(*items: WorkItem, changes: tuple[Change, ...] = (), **more: Any) -> Facts:
    """Facts of sources that were read completely just now."""
    histories = {
        (each.source, each.id): History(
            each, tuple(sorted((c for c in changes if c.item == each.id), key=lambda c: c.at))
        )
        for each in items
    }
    sources = {name: SourceState(name, complete_at=NOW) for name in ("jira", "github")}
    return Facts(histories=histories, **{"sources": sources, **more})


def goal(identifier: str = "checkout", *, delivers: Selector = EVERYTHING, **fields: Any) -> Goal:
    """A goal of the fourth quarter that is reached when all of SHOP is done."""
    results = fields.pop("key_results", (KeyResult("flow", "New flow shipped", (delivers,)),))
    period = fields.pop("period", Period(date(2026, 10, 1), date(2026, 12, 31)))
    return Goal(identifier, "Checkout feels instant", "dana", period, results, **fields)


def organisation(*goals: Goal, **fields: Any) -> Organisation:
    """One with an owner."""
    people = {"dana": Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org", {"jira": "dana"})}
    return Organisation("Acme", goals or (goal(),), people, **fields)
