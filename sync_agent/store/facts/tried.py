"""How past forecasts turned out, and what is needed to try more of them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, func, select

from sync_agent.model import Field, History, Record, Tried
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing, upsert
from sync_agent.store.engine.schema import to_micros
from sync_agent.store.facts.facts import change_from_row, item_from_json

_ITEMS, _CHANGES, _TRIED = schema.items.c, schema.changes.c, schema.tried_forecasts.c
_TOLD_BY = (Field.CATEGORY.value, Field.RESOLUTION.value)
_ITEMS_A_QUERY = 500


def kept_on(connection: Connection, source: str) -> date | None:
    """The day on which the record of a source's teams was last updated."""
    return connection.scalar(select(schema.upkeep.c.day).where(schema.upkeep.c.work == _work(source)))


def note_kept(connection: Connection, source: str, day: date) -> None:
    """Notes that the record is up to date."""
    upsert(connection, schema.upkeep, [{"work": _work(source), "day": day}])


def load_teams(connection: Connection, source: str) -> list[str]:
    """Every project or repository of a source that has items."""
    query = select(_ITEMS.container).where(_ITEMS.source == source).distinct().order_by(_ITEMS.container)
    return list(connection.scalars(query))


def load_tried(connection: Connection, source: str, container: str) -> tuple[Tried, ...]:
    """A team's forecasts that were tried, oldest first."""
    query = select(schema.tried_forecasts).where(_TRIED.source == source, _TRIED.container == container)
    rows = connection.execute(query.order_by(_TRIED.day, _TRIED.horizon))
    return tuple(Tried(row.day, row.horizon, row.half, row.sure) for row in rows)


def save_tried(connection: Connection, source: str, container: str, found: Iterable[Tried]) -> None:
    """Adds a team's tried forecasts. Those already stored stay as they are."""
    rows = [
        {
            "source": source,
            "container": container,
            "day": tried.day,
            "horizon": tried.horizon,
            "over": tried.day + timedelta(days=tried.horizon),
            "half": tried.half,
            "sure": tried.sure,
        }
        for tried in found
    ]
    insert_missing(connection, schema.tried_forecasts, rows)


def load_records(connection: Connection, since: date, until: date) -> Mapping[tuple[str, str, int], Record]:
    """The record of forecasts made from `since` on and over by `until`, by source, container, and days ahead."""
    known = (_TRIED.source, _TRIED.container, _TRIED.horizon)
    query = (
        select(*known, func.count(), func.sum(_TRIED.sure))
        .where(_TRIED.sure.is_not(None), _TRIED.day >= since, _TRIED.over <= until)
        .group_by(*known)
    )
    return {(row[0], row[1], row[2]): Record(*row[3:]) for row in connection.execute(query)}


def load_finishing(connection: Connection, source: str, container: str, since: datetime) -> Iterator[History]:
    """Yields a team's items that were touched after `since`, with the changes that tell when they were done. One at a
    time, so that a team of any size needs little memory.
    """
    last = ""
    query = (
        select(_ITEMS.id, _ITEMS.data)
        .where(_ITEMS.source == source, _ITEMS.container == container, _ITEMS.updated >= to_micros(since))
        .order_by(_ITEMS.id)
        .limit(_ITEMS_A_QUERY)
    )
    while rows := connection.execute(query.where(_ITEMS.id > last)).all():
        ids = [row.id for row in rows]
        ordered = (
            select(schema.changes)
            .where(_CHANGES.source == source, _CHANGES.item.in_(ids), _CHANGES.field.in_(_TOLD_BY))
            .order_by(_CHANGES.item, _CHANGES.at)
        )
        changes = groupby(map(change_from_row, connection.execute(ordered)), key=lambda change: change.item)
        known = {item: tuple(found) for item, found in changes}
        for row in rows:
            yield History(item_from_json(row.data), known.get(row.id, ()))
        last = ids[-1]


def _work(source: str) -> str:
    return f"track record {source}"
