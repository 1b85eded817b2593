"""How goals stood day by day: written by each cycle, and worked out from the facts for days before the first cycle."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from sync_agent.model import GoalDay, Health, Verdict
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert, insert_missing, parts, upsert

_TABLE, _DAYS = schema.goal_days, schema.goal_days.c
_FILLED = "days of goals"
_NAMES = tuple(each.name for each in fields(GoalDay))


def keep_days(connection: Connection, days: Iterable[GoalDay], told: Mapping[str, int], today: date) -> None:
    """Replaces what is known about goals on a day. `told` is how many more times they were told about today."""
    rows = [_row(each) for each in days]
    if rows:
        statement = insert(connection, _TABLE)
        values = {c.name: statement.excluded[c.name] for c in _DAYS if c.name not in ("goal", "day", "told")}
        connection.execute(statement.on_conflict_do_update(index_elements=["goal", "day"], set_=values), rows)
    for goal, count in told.items():
        same = (_DAYS.goal == goal) & (_DAYS.day == today)
        connection.execute(update(_TABLE).where(same).values(told=_DAYS.told + count))


def add_days(connection: Connection, days: Iterable[GoalDay]) -> None:
    """Adds days that were worked out afterwards. What was told at the time stays as it is."""
    insert_missing(connection, _TABLE, [_row(each) for each in days])


def forget_days(connection: Connection, before: date) -> None:
    """Deletes what is older."""
    connection.execute(delete(_TABLE).where(_DAYS.day < before))


def load_days(connection: Connection, goal: str, since: date, until: date) -> tuple[GoalDay, ...]:
    """The days of one goal, oldest first. Both ends are included."""
    query = select(_TABLE).where(_DAYS.goal == goal, _DAYS.day >= since, _DAYS.day <= until).order_by(_DAYS.day)
    return tuple(map(_day, connection.execute(query)))


def load_day(connection: Connection, day: date, back: date) -> Mapping[str, GoalDay]:
    """How every goal stood on a day, or on the last known day before it, but not before `back`."""
    known = select(func.max(_DAYS.day)).where(_DAYS.day <= day, _DAYS.day >= back)
    found = map(_day, connection.execute(select(_TABLE).where(_DAYS.day == known.scalar_subquery())))
    return {each.goal: each for each in found}


def load_turns(connection: Connection, since: date, until: date) -> tuple[GoalDay, ...]:
    """The days in a span on which a goal stood otherwise than on the known day before, newest first."""
    before = func.lag(_DAYS.verdict).over(partition_by=_DAYS.goal, order_by=_DAYS.day).label("before")
    known = select(_TABLE, before).where(_DAYS.day >= since, _DAYS.day <= until).subquery()
    changed = known.c.before.is_not(None) & (known.c.before != known.c.verdict)
    query = select(known).where(changed).order_by(known.c.day.desc(), known.c.goal)
    return tuple(map(_day, connection.execute(query)))


def goals_on(connection: Connection, day: date) -> frozenset[str]:
    """The goals about which something is known on a day."""
    return frozenset(connection.scalars(select(_DAYS.goal).where(_DAYS.day == day)))


def filled_on(connection: Connection) -> date | None:
    """The day on which all earlier days were last found to be complete."""
    return connection.scalar(select(schema.upkeep.c.day).where(schema.upkeep.c.work == _FILLED))


def note_filled(connection: Connection, day: date) -> None:
    """Notes that they are complete."""
    upsert(connection, schema.upkeep, [{"work": _FILLED, "day": day}])


def stood_otherwise(connection: Connection, verdicts: Mapping[str, Verdict], today: date) -> Mapping[str, GoalDay]:
    """For each of these goals, the last day up to `today` on which it stood otherwise than is given."""
    found: dict[str, GoalDay] = {}
    for verdict in dict.fromkeys(verdicts.values()):
        goals = [goal for goal, its in verdicts.items() if its is verdict]
        for part in parts(goals):
            found.update(_last_other(connection, part, verdict, today))
    return found


def _last_other(connection: Connection, goals: Collection[str], verdict: Verdict, today: date) -> dict[str, GoalDay]:
    other = (_DAYS.goal.in_(goals)) & (_DAYS.verdict != verdict.value) & (_DAYS.day <= today)
    last = select(_DAYS.goal, func.max(_DAYS.day).label("day")).where(other).group_by(_DAYS.goal).subquery()
    query = select(_TABLE).join(last, (_DAYS.goal == last.c.goal) & (_DAYS.day == last.c.day))
    return {each.goal: each for each in map(_day, connection.execute(query))}


def _row(day: GoalDay) -> dict[str, Any]:
    return {**dict(zip(_NAMES, astuple(day), strict=True)), "health": day.health.value, "verdict": day.verdict.value}


def _day(row: Any) -> GoalDay:
    values = {name: row._mapping[name] for name in _NAMES}
    return GoalDay(**values | {"health": Health(values["health"]), "verdict": Verdict(values["verdict"])})
