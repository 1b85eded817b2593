"""`/record`: whether forecasts held and warnings came true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any

from sqlalchemy import Connection

from sync_agent.model import Goal, Health, Record
from sync_agent.store.facts.tried import load_records
from sync_agent.store.memory.days import load_days
from sync_agent.web.present import Present
from sync_agent.web.site import Look, no_such_page
from sync_agent.words import say_count, say_day, say_percent

_YEAR = timedelta(days=365)
_AHEAD, _NEAR = timedelta(days=30), timedelta(days=7)
_MOST_TEAMS, _MOST_GOALS = 60, 200
_SHOWN_GOALS = 30
_SAID = 0.85
_NORMAL = 1.645
_LEAST = 20
_WARNING = (Health.AT_RISK, Health.OFF_TRACK)


@dataclass(frozen=True, slots=True)
class Came:
    """What was said about a goal a month before it was due, and what happened."""

    goal: Goal
    warned: bool
    held: bool
    sure: date | None


def record_page(look: Look) -> Any:
    """The track record of a year."""
    present = look.present()
    if present is None or look.site.store is None:
        return no_such_page()
    with look.site.store.read() as connection:
        records = load_records(connection, present.day - _YEAR, present.day)
        came = look.site.kept.of(present.snapshot, ("came", present.day), lambda: tuple(_came(connection, present)))
    total = _summed(records.values())
    return look.answer(
        "record.html",
        "Do the forecasts hold?",
        present=present,
        sentence=_sentence(total, came),
        ahead=[_line(f"{days} days ahead", _summed(r for (_, _, d), r in records.items() if d == days))
               for days in sorted({days for _, _, days in records})],
        teams=_teams(records),
        warnings=_warnings(came),
        ended=[_ended(each, present.day) for each in came[:_SHOWN_GOALS]],
    )  # fmt: skip


def interval(held: float, tried: int) -> tuple[float, float]:
    """The interval that holds the true share with 90% confidence (Wilson's score interval)."""
    share, z = held / tried, _NORMAL
    middle = (share + z * z / (2 * tried)) / (1 + z * z / tried)
    half = z * sqrt(share * (1 - share) / tried + z * z / (4 * tried * tried)) / (1 + z * z / tried)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _summed(records: Iterable[Record]) -> Record:
    found = tuple(records)
    return Record(sum(each.tried for each in found), sum(each.held for each in found))


def _sentence(total: Record, came: Iterable[Came]) -> str:
    over = tuple(came)
    if not total.tried:
        return "No forecast of the past year could be tried yet: no team has finished enough."
    share = say_percent(total.held / total.tried)
    said = f"Of {say_count(total.tried, 'date')} that were said to be 85% sure in the past year"
    first = f"{said}, {round(total.held):,} held ({share})"
    right = sum(each.warned and not each.held for each in over)
    warned = sum(each.warned for each in over)
    return f"{first}. {right} of {say_count(warned, 'warning')} came true." if warned else f"{first}."


def _line(name: str, record: Record) -> dict[str, Any]:
    low, high = interval(record.held, record.tried) if record.tried else (0.0, 1.0)
    share = record.held / record.tried if record.tried else 0.0
    return {
        "name": name,
        "count": f"{round(record.held):,} of {record.tried:,}",
        "share": say_percent(share),
        "at": round(100 * share, 1),
        "low": round(100 * low, 1),
        "width": round(100 * (high - low), 1),
        "words": f"{say_percent(share)} held, 90% interval {say_percent(low)} to {say_percent(high)}",
        "verdict": _judged(low, high, record.tried),
    }


def _judged(low: float, high: float, tried: int) -> str:
    if tried < _LEAST:
        return "too few to say"
    if high < _SAID:
        return "too sure"
    return "too careful" if low > _SAID else "as sure as it says"


def _teams(records: Mapping[tuple[str, str, int], Record]) -> list[dict[str, Any]]:
    teams = sorted({(source, name) for source, name, _ in records})
    found = (
        _line(name, _summed(r for (s, n, _), r in records.items() if (s, n) == (source, name)))
        for source, name in teams[:_MOST_TEAMS]
    )
    return list(found)


def _came(connection: Connection, present: Present) -> Iterable[Came]:
    """Goals that were due within the past year, newest first."""
    goals = [each.goal for each in present.goals]
    over = [goal for goal in goals if present.day - _YEAR < goal.period.due < present.day]
    for goal in sorted(over, key=lambda each: each.period.due, reverse=True)[:_MOST_GOALS]:
        due = goal.period.due
        before = load_days(connection, goal.id, due - _AHEAD - _NEAR, due - _AHEAD)
        after = load_days(connection, goal.id, due, due + _NEAR)
        if before and after:
            held = after[0].health is Health.DONE or after[0].progress == 1
            yield Came(goal, before[-1].health in _WARNING, held, before[-1].p85)


def _warnings(came: Iterable[Came]) -> list[dict[str, Any]]:
    over = tuple(came)
    if not over:
        return []
    rows = (("warned", True), ("not warned", False))
    return [
        {"name": name, "late": sum(not c.held for c in over if c.warned is which),
         "held": sum(c.held for c in over if c.warned is which)}
        for name, which in rows
    ]  # fmt: skip


def _ended(came: Came, day: date) -> dict[str, Any]:
    sure = f"85% sure by {say_day(came.sure, day)}" if came.sure else "no forecast"
    return {
        "id": came.goal.id,
        "objective": came.goal.objective,
        "due": came.goal.period.due,
        "said": f"{sure}{', warned' if came.warned else ''}",
        "came": "held" if came.held else "missed",
    }
