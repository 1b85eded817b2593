"""How goals stood day by day: what a cycle adds, and what is worked out for days before the first cycle."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Connection

from sync_agent.ask.identity.versions import Versions
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.verdict import verdict
from sync_agent.judge.judge import judge_past
from sync_agent.model import Decision, Organisation
from sync_agent.model.days import day_of
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_sources
from sync_agent.store.memory.days import add_days, filled_on, forget_days, goals_on, note_filled

log = structlog.get_logger(__name__)

_DAYS, _WEEKS = 7, 26
"""This many days are worked out, and before them this many Mondays."""
_MOST_GOALS = 2_000
"""With more goals, judging one past day would delay the next cycle by minutes."""


def told_about(lines: Iterable[Decision]) -> Mapping[str, int]:
    """How many times people were told about each goal."""
    return Counter(line.goal for line in lines if line.told and line.goal)


def fill_past(organisation: Organisation, store: Store, now: datetime, keep: timedelta) -> date | None:
    """Works out the most recent day of which something is missing, and returns it; None if there is nothing to do
    today.

    Waits while a source cannot be read: then the past could not be judged either.
    """
    calendar = Calendar.of(organisation)
    today = calendar.day(now)
    with store.read() as connection:
        if len(organisation.goals) > _MOST_GOALS or filled_on(connection) == today or not _readable(connection):
            return None
        day = next((each for each in wanted(today) if _lacks(connection, organisation, each)), None)
        end = calendar.midnight(day + timedelta(days=1)) if day else now
        found = judge_past(connection, organisation, end) if day else ()
    with store.begin() as connection:
        if day is None:
            forget_days(connection, today - keep)
            note_filled(connection, today)
            return None
        versions = Versions().of(organisation.goals)
        goals = {goal.id: goal for goal in organisation.goals}
        add_days(
            connection,
            (
                day_of(each, day, verdict(goals[each.goal], each), versions[each.goal], worked_out=True)
                for each in found
            ),
        )
    log.info("worked out how goals stood", day=f"{day}")
    return day


def wanted(today: date) -> Iterator[date]:
    """The days to work out, newest first."""
    for back in range(1, _DAYS + 1):
        yield today - timedelta(days=back)
    monday = today - timedelta(days=today.weekday())
    for back in range(1, _WEEKS + 1):
        if (day := monday - timedelta(weeks=back)) < today - timedelta(days=_DAYS):
            yield day


def _lacks(connection: Connection, organisation: Organisation, day: date) -> bool:
    begun = {goal.id for goal in organisation.goals if goal.period.start <= day}
    return bool(begun) and bool(begun - goals_on(connection, day))


def _readable(connection: Connection) -> bool:
    states = load_sources(connection).values()
    return bool(states) and all(state.error is None and state.complete_at for state in states)
