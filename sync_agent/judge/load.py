"""Loads the facts that judging a goal needs, and no more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from sync_agent.evaluate import as_of, selectors
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import may_be_thin
from sync_agent.evaluate.forecast.pace import KNOWN_DAYS
from sync_agent.evaluate.items.team import TOUCHED_LATELY
from sync_agent.evaluate.people.workload import PACE, Staff
from sync_agent.judge.track_record import records_at, timebox_results_at
from sync_agent.model import (
    Assessment,
    Commitment,
    Evidence,
    Facts,
    Goal,
    Organisation,
    Signal,
    TeamPast,
)
from sync_agent.store.facts.facts import load_background, load_histories
from sync_agent.store.facts.outcomes import load_timebox_results
from sync_agent.store.facts.scope import count_work, ever_assigned, load_scope

_TEAM_PAST = timedelta(days=KNOWN_DAYS + 2)

_Part = TypeVar("_Part", Evidence, Signal, Commitment)


class Shared:
    """Keeps equal parts of assessments only once, to save memory. Goals with the same people say much the same about
    them, and much of it again the next day, while the assessments of the day before are still shown.
    """

    def __init__(self, shown: Iterable[Assessment] = ()) -> None:
        self._known: dict[Any, Any] = {}
        for found in shown:
            self.of(found)

    def of(self, found: Assessment) -> Assessment:
        """Returns an equal assessment, built from shared parts."""
        signals = (replace(s, evidence=tuple(map(self._one, s.evidence))) for s in found.signals)
        commitments = tuple(map(self._one, found.commitments))
        return replace(found, signals=tuple(map(self._one, signals)), commitments=commitments)

    def _one(self, part: _Part) -> _Part:
        known: _Part = self._known.setdefault(part, part)
        return known


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one round of judging needs, except the items. `past` means that an earlier instant is judged."""

    connection: Connection
    organisation: Organisation
    now: datetime
    background: Facts
    shared: Shared
    past: bool = False


def facts_for(connection: Connection, organisation: Organisation, goals: Iterable[Goal], when: datetime) -> Facts:
    """Loads what was known of these goals at `when`, with every item of their teams."""
    sitting = Sitting(connection, organisation, when, load_background_of(connection, when), Shared(), past=True)
    return as_of(load(sitting, list(goals)), when)


def course_facts(connection: Connection, background: Facts, goal: Goal, calendar: Calendar, now: datetime) -> Facts:
    """Loads what a goal's chart is drawn from: the `background`, every item it has or ever had, what its teams
    delivered.
    """
    return load_scope(
        connection, background, selectors(goal), *_since(calendar, now), calendar.day, lambda _team: False
    )


def all_known(
    connection: Connection, background: Facts, goal: Goal, calendar: Calendar, now: datetime, *, teams: bool
) -> Facts:
    """Loads the `background` and everything known of a goal, however old, so that any past day of it can be judged.

    With `teams`, also every item of its teams that was created by the goal's due date.
    """
    until = calendar.midnight(goal.period.due + timedelta(days=1))
    facts = load_scope(connection, background, selectors(goal), now, now, calendar.day, lambda _team: teams, until)
    return replace(facts, teams={})


def all_background(connection: Connection) -> Facts:
    """Loads everything that is known except items, with the results of promises of any day."""
    return replace(load_background(connection), outcomes=load_timebox_results(connection, date.max))


def load(sitting: Sitting, goals: Sequence[Goal]) -> Facts:
    connection, background, now = sitting.connection, sitting.background, sitting.now
    calendar = Calendar.of(sitting.organisation)
    today = calendar.day(now)

    def whole(team: TeamPast) -> bool:
        return sitting.past or may_be_thin(team, today)

    wanted = (selector for goal in goals for selector in selectors(goal))
    facts = load_scope(connection, background, wanted, *_since(calendar, now), calendar.day, whole)
    accounts = Staff(sitting.organisation).accounts(facts.histories.values())
    if sitting.past:
        more = load_histories(connection, ever_assigned(connection, accounts) - facts.histories.keys())
        return replace(facts, histories=dict(sorted({**facts.histories, **more}.items())))
    unknown = sorted(accounts - background.accounts.keys())
    counted = {account: count_work(connection, account, now - PACE) for account in unknown}
    return replace(facts, accounts={**background.accounts, **counted})


def _since(calendar: Calendar, now: datetime) -> tuple[datetime, datetime]:
    """Returns from when on the deliveries of teams, and what somebody touched, are counted."""
    return now - _TEAM_PAST, calendar.midnight(calendar.day(now)) - TOUCHED_LATELY


def load_background_of(connection: Connection, now: datetime) -> Facts:
    kept = load_background(connection)
    return replace(kept, records=records_at(connection, now), outcomes=timebox_results_at(connection, now))
