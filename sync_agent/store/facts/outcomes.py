"""What became of versions, milestones and sprints that are over."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from sync_agent.model import History, Timebox, TimeboxResult
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing
from sync_agent.store.facts.facts import load_histories
from sync_agent.store.facts.index import fold, indexed

_OUTCOMES = schema.outcomes.c


def load_timebox_results(connection: Connection, until: date) -> tuple[TimeboxResult, ...]:
    """The results of promises that were due before a day and had open work, earliest due first."""
    query = select(schema.outcomes).where(_OUTCOMES.due < until, _OUTCOMES.open > 0)
    ordered = query.order_by(_OUTCOMES.due, _OUTCOMES.days_before, _OUTCOMES.open, _OUTCOMES.delivered)
    return tuple(_outcome(row) for row in connection.execute(ordered))


def load_latest_timebox_results(
    connection: Connection, until: date, distances: Iterable[int], count: int
) -> tuple[TimeboxResult, ...]:
    """The same, but for each distance only the `count` that were due last."""
    found: list[TimeboxResult] = []
    for days in distances:
        query = select(schema.outcomes).where(_OUTCOMES.days_before == days, _OUTCOMES.due < until, _OUTCOMES.open > 0)
        latest = query.order_by(_OUTCOMES.due.desc(), _OUTCOMES.open.desc(), _OUTCOMES.delivered.desc()).limit(count)
        found += reversed([_outcome(row) for row in connection.execute(latest)])
    return tuple(sorted(found, key=lambda each: each.due))


def known_boxes(connection: Connection, source: str, container: str) -> set[tuple[str, str]]:
    """The timeboxes of a project or repository whose outcome is known, by kind and id."""
    query = select(_OUTCOMES.kind, _OUTCOMES.box).where(_OUTCOMES.source == source, _OUTCOMES.container == container)
    return {(row.kind, row.box) for row in connection.execute(query.distinct())}


def save_timebox_results(connection: Connection, box: Timebox, found: Sequence[TimeboxResult]) -> None:
    """Adds the outcome of one timebox. Results already stored stay as they are."""
    rows = [
        {
            "source": box.source,
            "container": box.container,
            "kind": box.kind.value,
            "box": box.id,
            "days_before": each.days_before,
            "due": each.due,
            "open": each.open,
            "delivered": each.delivered,
        }
        for each in found
    ]
    insert_missing(connection, schema.outcomes, rows)


def load_members(connection: Connection, box: Timebox) -> list[History]:
    """All items that ever belonged to a version, milestone or sprint of that name."""
    ids = indexed(connection, box.source, box.kind.field, [fold(box.name)])
    return list(load_histories(connection, {(box.source, identifier) for identifier in ids}).values())


def _outcome(row: Any) -> TimeboxResult:
    return TimeboxResult(row.due, row.days_before, row.open, row.delivered)
