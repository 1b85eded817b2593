"""Facts in and out of the store: what the trackers and KPIs said."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from sync_agent.model import Change, Facts, Field, History, Sample, SourceState, Timebox, WorkItem
from sync_agent.store import schema
from sync_agent.store.schema import from_micros, to_micros

_ITEM = TypeAdapter(WorkItem)
_TIMEBOX = TypeAdapter(Timebox)
_STATE = TypeAdapter(SourceState)
_IDS_A_QUERY = 500


def save_items(connection: Connection, items: Iterable[WorkItem]) -> None:
    """Inserts or replaces items; one older than what is stored changes nothing."""
    fresh = _without_own_touch(connection, list({(item.source, item.id): item for item in items}.values()))
    rows = [
        {
            "source": item.source,
            "id": item.id,
            "key": item.key,
            "container": item.container,
            "updated": to_micros(item.updated),
            "data": item_to_json(item),
            "removed": None,
        }
        for item in fresh
    ]
    _upsert(connection, schema.items, rows, unless_newer="updated")


def save_changes(connection: Connection, changes: Iterable[Change]) -> None:
    """Inserts changes; one that is known by its id is left as it is."""
    rows = [
        {
            "source": change.source,
            "id": change.id,
            "item": change.item,
            "at": to_micros(change.at),
            "field": change.field.value,
            "before": change.before,
            "after": change.after,
            "by": change.by,
        }
        for change in changes
    ]
    insert_missing(connection, schema.changes, rows)


def item_to_json(item: WorkItem) -> str:
    """An item as text."""
    return _ITEM.dump_json(item).decode()


def item_from_json(text: str) -> WorkItem:
    """The item of `item_to_json`."""
    return _ITEM.validate_json(text)


def insert_missing(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Inserts rows; those whose key is there already are left as they are."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def save_timeboxes(connection: Connection, timeboxes: Iterable[Timebox]) -> None:
    """Inserts or replaces versions, milestones and sprints."""
    rows = [
        {"source": box.source, "kind": box.kind.value, "id": box.id, "data": _TIMEBOX.dump_json(box).decode()}
        for box in timeboxes
    ]
    _upsert(connection, schema.timeboxes, rows)


def save_samples(connection: Connection, samples: Iterable[Sample]) -> None:
    """Inserts KPI samples."""
    rows = [{"kpi": sample.kpi, "at": to_micros(sample.at), "value": sample.value} for sample in samples]
    _upsert(connection, schema.samples, rows)


def save_query(connection: Connection, source: str, query: str, ids: frozenset[str]) -> None:
    """Replaces what a tracker's own query found."""
    _upsert(connection, schema.queries, [{"source": source, "query": query, "ids": json.dumps(sorted(ids))}])


def save_source(connection: Connection, state: SourceState, cursor: str | None) -> None:
    """Replaces a source's state and where its next pull goes on."""
    row = {"source": state.source, "cursor": cursor, "state": _STATE.dump_json(state).decode()}
    statement = _insert(connection, schema.sources)
    kept = {name: statement.excluded[name] for name in ("cursor", "state")}
    connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_=kept), [row])


def load_source(connection: Connection, source: str) -> tuple[SourceState, str | None]:
    """A source's state and cursor; a fresh state and None when it was never pulled."""
    row = connection.execute(select(schema.sources).where(schema.sources.c.source == source)).one_or_none()
    return (_STATE.validate_json(row.state), row.cursor) if row else (SourceState(source), None)


def record_own_write(connection: Connection, source: str, key: str, at: datetime) -> None:
    """Remembers that the agent itself touched an item, so that it does not take its own comment for activity."""
    _upsert(connection, schema.own_writes, [{"source": source, "item_key": key, "at": to_micros(at)}])


def load_facts(connection: Connection) -> Facts:
    """Everything that is known."""
    changes: dict[tuple[str, str], list[Change]] = defaultdict(list)
    ordered = select(schema.changes).order_by(schema.changes.c.source, schema.changes.c.item, schema.changes.c.at)
    for row in connection.execute(ordered):
        changes[row.source, row.item].append(_change(row))
    histories = {}
    for source, identifier, data in connection.execute(
        select(schema.items.c.source, schema.items.c.id, schema.items.c.data)
    ):
        key = (source, identifier)
        histories[key] = History(item_from_json(data), tuple(changes.get(key, ())))
    return Facts(
        histories=histories,
        timeboxes=tuple(_TIMEBOX.validate_json(data) for data in connection.scalars(select(schema.timeboxes.c.data))),
        samples=_samples(connection),
        sources={row.source: _STATE.validate_json(row.state) for row in connection.execute(select(schema.sources))},
        queries={(r.source, r.query): frozenset(json.loads(r.ids)) for r in connection.execute(select(schema.queries))},
    )


def touched(item: WorkItem, known: WorkItem, *, own_write: bool) -> datetime:
    """When somebody other than the agent last touched `item`, which is stored as `known`.

    Commenting bumps `updated`. Where the agent has commented since and nothing but that time differs, it was the
    agent: the tracker's clock and ours need not agree for that.
    """
    if item.active > item.updated:  # Touched where it does not move: in a project's fields.
        return item.active
    if item.updated == known.updated:
        return known.active
    same = replace(item, updated=known.updated, active=known.active) == known
    return known.active if own_write and same else item.active


def _without_own_touch(connection: Connection, items: list[WorkItem]) -> list[WorkItem]:
    table = schema.own_writes
    writes = {(row.source, row.item_key) for row in connection.execute(select(table.c.source, table.c.item_key))}
    stored = _stored(connection, items)
    found = []
    for item in items:
        known = stored.get((item.source, item.id))
        own = (item.source, item.key) in writes
        found.append(replace(item, active=touched(item, known, own_write=own)) if known else item)
        if own and known and item.updated > known.updated:  # The bump has been seen; the next one is somebody else's.
            connection.execute(delete(table).where(table.c.source == item.source, table.c.item_key == item.key))
    return found


def _stored(connection: Connection, items: Sequence[WorkItem]) -> dict[tuple[str, str], WorkItem]:
    table = schema.items.c
    found = {}
    for start in range(0, len(items), _IDS_A_QUERY):
        part = items[start : start + _IDS_A_QUERY]
        for source in {item.source for item in part}:
            ids = [item.id for item in part if item.source == source]
            query = select(table.id, table.data).where(table.source == source, table.id.in_(ids))
            found.update({(source, row.id): item_from_json(row.data) for row in connection.execute(query)})
    return found


def _change(row: Any) -> Change:
    return Change(row.source, row.item, row.id, from_micros(row.at), Field(row.field), row.before, row.after, row.by)


def _samples(connection: Connection) -> Mapping[str, tuple[Sample, ...]]:
    found: dict[str, list[Sample]] = defaultdict(list)
    for row in connection.execute(select(schema.samples).order_by(schema.samples.c.kpi, schema.samples.c.at)):
        found[row.kpi].append(Sample(row.kpi, from_micros(row.at), row.value))
    return {kpi: tuple(samples) for kpi, samples in found.items()}


def _insert(connection: Connection, table: Table) -> Any:
    # The one place where the two databases differ.
    dialects: Mapping[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
    return dialects[connection.dialect.name](table)


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], unless_newer: str | None = None) -> None:
    if not rows:
        return
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    values = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    if not values:
        insert_missing(connection, table, rows)
        return
    newer = table.c[unless_newer] <= statement.excluded[unless_newer] if unless_newer else None
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values, where=newer), rows)
