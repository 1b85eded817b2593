"""Twelve invented situations with a known course: what is said of the goal, and how often it comes so."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from statistics import fmean

import numpy as np

from sync_agent.evaluate import evaluate
from sync_agent.model import (
    Assessment,
    Facts,
    Goal,
    History,
    KeyResult,
    Organisation,
    Period,
    Rules,
    Selector,
    SourceState,
    StatusCategory,
    WorkItem,
)

REPLICAS = 20
_NOON = timedelta(hours=12)
_TRIALS, _AGREED = 2000, 0.8
_DONE = StatusCategory.DONE


@dataclass(frozen=True, slots=True)
class Situation:
    """A team that finishes so many items a week, of which a `share` is for a goal that began `begun` days ago.

    It has so many `weeks`, and of what the team finishes for it in these, the agreed part takes `fill`. The team is
    `age` days old, and worked `before` times as fast until the goal began. `batch`: it closes what is finished on every
    so manieth day. `closed` and `added` are items closed, or added to the goal, at one go some weeks ago.
    """

    name: str
    a_week: float = 10.0
    share: float = 0.5
    begun: int = 30
    weeks: int = 12
    fill: float = 0.8
    age: int = 400
    before: float = 1.0
    batch: int = 1
    closed: int = 0
    added: int = 0
    today: date = date(2026, 9, 1)


SITUATIONS = (
    Situation("half of a steady team, day 14", begun=14),
    Situation("half of a steady team, day 30"),
    Situation("half of a steady team, day 30, too much to do", fill=1.4),
    Situation("one item a week in a project of forty", a_week=40, share=0.025, begun=28, fill=1.2),
    Situation("a small team, two items a week", a_week=2, share=0.9),
    Situation("a young team, six weeks old", age=42, begun=35, share=0.9),
    Situation("a team that is half as fast since the goal began", before=2.0, fill=0.9, begun=45),
    Situation("a team that is twice as fast since", before=0.5, fill=0.9, begun=45),
    Situation("two hundred old items closed in a minute", closed=200, fill=1.1, share=0.9),
    Situation("a hundred items imported five weeks ago", added=100, begun=80, weeks=40, a_week=12, share=0.9),
    Situation("a team that closes its work at releases, every six weeks", batch=42, begun=45, share=0.9),
    Situation("due at the end of the year", today=date(2026, 11, 3), begun=30, weeks=13, fill=0.9, share=0.9),
)


def table() -> Iterator[tuple[Situation, float, float, str]]:
    """Each situation with the mean chance that was said, how often it came, and the reason of the last replica."""
    for number, situation in enumerate(SITUATIONS):
        found = [_replica(situation, np.random.default_rng([number, each])) for each in range(REPLICAS)]
        said = [assessment.forecast.on_time or 0.0 for assessment, _ in found if assessment.forecast]
        yield situation, fmean(said), fmean(came for _, came in found), found[-1][0].reasons[0].text


def show() -> None:
    """The table."""
    print(f"\n{len(SITUATIONS)} invented situations, {REPLICAS} replicas each{'':18}said    came")
    for situation, said, came, why in table():
        print(f"{situation.name:62}{said:6.2f}  {came:6.2f}  {why if abs(said - came) > 0.25 else ''}")


def _replica(situation: Situation, random: np.random.Generator) -> tuple[Assessment, bool]:
    today, due = situation.today, situation.today + timedelta(days=7 * situation.weeks - situation.begun)
    start = today - timedelta(days=situation.begun)
    finished = _closings(situation, random, start, due)
    mine = [day for day, is_mine in finished if is_mine]
    known = [(day, is_mine) for day, is_mine in finished if day < today]
    held = round(situation.fill * situation.a_week * situation.share * situation.weeks / _AGREED) + situation.added
    done = sum(is_mine for _, is_mine in known)
    came = len(mine) >= _AGREED * held
    items = [_item(n, day, _NOON, start if is_mine else day, goal=is_mine) for n, (day, is_mine) in enumerate(known)]
    lately = today - timedelta(days=5)
    begun = round(4 * situation.a_week * situation.share)  # What the team is at: the next four weeks of work.
    left = max(0, held - done - situation.added)
    items += [_item(10_000 + n, None, _NOON, lately if n < begun else start, goal=True) for n in range(left)]
    joined = today - timedelta(days=35)
    items += [_item(20_000 + n, None, _NOON, joined, goal=True) for n in range(situation.added)]
    swept = today - timedelta(days=21)
    items += [_item(30_000 + n, swept, _NOON, date(2025, 1, 6), goal=False) for n in range(situation.closed)]
    others = round(4 * situation.a_week * (1 - situation.share))
    items += [_item(40_000 + n, None, _NOON, lately, goal=False) for n in range(others)]
    return _judged(items, Period(start, due), today), came


def _closings(situation: Situation, random: np.random.Generator, start: date, due: date) -> list[tuple[date, bool]]:
    """What the team finishes from its first day to the due date, and whether it is for the goal."""
    found: list[tuple[date, bool]] = []
    day, waiting = situation.today - timedelta(days=situation.age), 0
    while day <= due:
        pace = situation.a_week / 5 * (situation.before if day < start else 1.0)
        quiet = (day.month, day.day) >= (12, 21) or (day.month, day.day) <= (1, 2)
        waiting += int(random.poisson(pace * (0.2 if quiet else 1.0))) if day.weekday() < 5 else 0
        if (day - situation.today).days % situation.batch == 0:
            found += [(day, bool(day >= start and random.random() < situation.share)) for _ in range(waiting)]
            waiting = 0
        day += timedelta(days=1)
    return found


def _item(number: int, finished: date | None, at: timedelta, created: date, *, goal: bool) -> WorkItem:
    made = datetime.combine(created, datetime.min.time(), UTC) + at
    end = datetime.combine(finished, datetime.min.time(), UTC) + at if finished else None
    plain = WorkItem(
        source="jira",
        id=f"{number}",
        key=f"SHOP-{number}",
        url=f"https://jira.example.org/browse/SHOP-{number}",
        container="SHOP",
        title="",
        type="Story",
        status="Open",
        category=StatusCategory.TODO,
        created=made,
        updated=end or made,
        active=end or made,
        labels=("goal",) if goal else (),
    )
    return replace(plain, status="Done", category=_DONE, finished=end) if end else plain


def _judged(items: list[WorkItem], period: Period, today: date) -> Assessment:
    now = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=9)
    selector = Selector("jira", projects=("SHOP",), labels=("goal",))
    goal = Goal("goal", "Goal", "", period, (KeyResult("work", "Work", (selector,)),))
    goal = replace(goal, rules=Rules(forecast_trials=_TRIALS))
    facts = Facts(
        histories={(item.source, item.id): History(item) for item in items},
        sources={"jira": SourceState("jira", complete_at=now)},
    )
    (found,) = evaluate(Organisation("Invented", (goal,), {}), facts, now)
    return found
