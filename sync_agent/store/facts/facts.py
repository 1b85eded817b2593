"""Writes what trackers and KPIs said to the store, and reads it back."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, exists, select

from sync_agent.model import (
    Change,
    Facts,
    Field,
    History,
    Place,
    Sample,
    SourceState,
    Timebox,
    WorkItem,
    is_kpi_source,
)
from sync_agent.store.engine import bulk, schema
from sync_agent.store.engine.bulk import upsert
from sync_agent.store.engine.schema import from_micros, to_micros
from sync_agent.store.facts import index

_ITEM = TypeAdapter(WorkItem)
_TIMEBOX = TypeAdapter(Timebox)
_STATE = TypeAdapter(SourceState)
_FIELDS = {field.value: field for field in Field}
_DAY_MICROS = 86_400_000_000
_TOLD_ANEW = frozenset(
    {Field.CATEGORY, Field.SPRINTS, Field.VERSIONS, Field.COMPONENTS, Field.PARENT, Field.ASSIGNEES, Field.MILESTONE,
     Field.LABELS}
)  # fmt: skip


def save_items(
    connection: Connection, items: Iterable[WorkItem], read: datetime | None = None
) -> dict[tuple[str, str], WorkItem | None]:
    """Inserts or replaces items that were `read` at a time. Items older than the stored ones are ignored. Items that
    differ are touched, and returned by source and id, each with what was stored before.
    """
    newest = list({item.identity: item for item in items}.values())
    stored = _stored(connection, newest)
    fresh = _without_own_touch(connection, [_dated(item, stored, read) for item in newest], stored)
    bulk.put(connection, schema.items, [_row(item) for item in fresh], unless_newer="updated")
    changed = [item for item in fresh if stored.get(item.identity) != item]
    found = {row for item in changed for row in index.rows_of_item(item)}
    bulk.add(connection, schema.item_index, sorted(found))
    keys = {item.identity for item in changed}
    touch(connection, sorted(keys))
    return {key: stored.get(key) for key in keys}


def _dated(item: WorkItem, stored: Mapping[tuple[str, str], WorkItem], read: datetime | None) -> WorkItem:
    """The item with when it was first read. Earlier releases did not note that; then it is the last change of the item,
    or later.
    """
    known = stored.get(item.identity)
    if known is None:
        return replace(item, first_read=read)
    older = known.updated if read and item.updated > known.updated else None
    return replace(item, first_read=known.first_read or older)


def touch(connection: Connection, items: Iterable[tuple[str, str]]) -> None:
    """Notes that everything these items (by source and id) belong to must be judged again."""
    rows = [{"source": source, "item": identifier} for source, identifier in items]
    if rows:
        connection.execute(schema.touched.insert(), rows)


def save_changes(
    connection: Connection, changes: Iterable[Change], touched: Collection[tuple[str, str]] = frozenset()
) -> None:
    """Inserts changes; those with a known id are left as they are. New changes touch their items, unless those are
    already among the `touched`: a tracker may report the history of an item after its state.
    """
    changes = list(changes)
    rows: dict[bool, list[bulk.BulkRow]] = {True: [], False: []}
    for change in changes:
        rows[(change.source, change.item) in touched].append(_change_row(change))
    bulk.add(connection, schema.changes, rows[True])
    touch(connection, sorted(bulk.add(connection, schema.changes, rows[False], tell=("source", "item"))))
    bulk.add(connection, schema.item_index, sorted(index.rows_of_changes(changes)))


def forget_outdated(connection: Connection, items: Sequence[WorkItem], changes: Iterable[Change]) -> None:
    """Deletes changes of stored items that the tracker now tells differently: those under former names of sprints,
    versions, epics and people, and changes of category that are no longer told, because they are worked out again with
    each reading. A reading older than the stored one deletes nothing.
    """
    told = {(c.source, c.id): (to_micros(c.at), c.before, c.after) for c in changes if c.field in _TOLD_ANEW}
    table, stored = schema.changes.c, schema.items.c
    for source in {item.source for item in items}:
        read = {item.id: to_micros(item.updated) for item in items if item.source == source}
        for part in bulk.parts(sorted(read)):
            known = select(stored.id, stored.updated).where(stored.source == source, stored.id.in_(part))
            ids = [row.id for row in connection.execute(known) if row.updated <= read[row.id]]
            own = (table.source == source) & table.item.in_(ids) & table.field.in_([f.value for f in _TOLD_ANEW])
            wanted = select(table.id, table.at, table.before, table.after, table.field).where(own)
            gone = [row.id for row in (connection.execute(wanted) if ids else ()) if _is_outdated(row, source, told)]
            if gone:
                connection.execute(delete(schema.changes).where(table.source == source, table.id.in_(gone)))
                touch(connection, [(source, identifier) for identifier in sorted(ids)])


def _is_outdated(row: Any, source: str, told: Mapping[tuple[str, str], tuple[int, str | None, str | None]]) -> bool:
    now = told.get((source, row.id))
    if now is None:
        return bool(row.field == Field.CATEGORY.value)
    return now != (row.at, row.before, row.after)


def item_to_json(item: WorkItem) -> str:
    """An item as text."""
    return orjson.dumps(item, option=orjson.OPT_UTC_Z).decode()


def item_from_json(text: str) -> WorkItem:
    """The item of `item_to_json`."""
    return _ITEM.validate_json(text)


def change_from_row(row: Any) -> Change:
    """The change that a row of `changes` holds."""
    field = _FIELDS[row.field]
    return Change(row.source, row.item, row.id, from_micros(row.at), field, row.before, row.after, row.by)


def save_timeboxes(connection: Connection, timeboxes: Iterable[Timebox]) -> None:
    """Inserts or replaces versions, milestones and sprints."""
    rows = [
        {"source": box.source, "kind": box.kind.value, "id": box.id, "data": _TIMEBOX.dump_json(box).decode()}
        for box in timeboxes
    ]
    upsert(connection, schema.timeboxes, rows)


def save_samples(connection: Connection, samples: Iterable[Sample]) -> None:
    """Inserts KPI samples."""
    rows = [{"kpi": sample.kpi, "at": to_micros(sample.at), "value": sample.value} for sample in samples]
    upsert(connection, schema.samples, rows)


def thin_samples(connection: Connection, before: datetime) -> None:
    """Keeps only the last sample of each day (UTC) among those before a time."""
    table, later = schema.samples, schema.samples.alias("later")
    same_day = later.c.at // _DAY_MICROS == table.c.at // _DAY_MICROS
    newer = exists().where(later.c.kpi == table.c.kpi, same_day, later.c.at > table.c.at)
    connection.execute(delete(table).where(table.c.at < to_micros(before), newer))


def forget_samples(connection: Connection, kpis: Sequence[str]) -> None:
    """Deletes all samples of KPIs whose file will give them again."""
    if kpis:
        connection.execute(delete(schema.samples).where(schema.samples.c.kpi.in_(kpis)))


def save_query(connection: Connection, source: str, query: str, ids: frozenset[str]) -> None:
    """Replaces what a tracker's own query found."""
    upsert(connection, schema.queries, [{"source": source, "query": query, "ids": json.dumps(sorted(ids))}])


def save_source(connection: Connection, state: SourceState, cursor: str | None) -> None:
    """Replaces a source's state and the cursor of its next pull."""
    row = {"source": state.source, "cursor": cursor, "state": _STATE.dump_json(state).decode()}
    statement = bulk.insert(connection, schema.sources)
    kept = {name: statement.excluded[name] for name in ("cursor", "state")}
    connection.execute(statement.on_conflict_do_update(index_elements=["source"], set_=kept), [row])


def load_source(connection: Connection, source: str) -> tuple[SourceState, str | None]:
    """The state and cursor of a source; a fresh state and None if it was never pulled."""
    row = connection.execute(select(schema.sources).where(schema.sources.c.source == source)).one_or_none()
    return (_STATE.validate_json(row.state), row.cursor) if row else (SourceState(source), None)


def forget_kpi_sources(connection: Connection, keep: Collection[str]) -> None:
    """Deletes the states of KPIs that are no longer configured."""
    names = connection.scalars(select(schema.sources.c.source)).all()
    gone = [name for name in names if is_kpi_source(name) and name not in keep]
    if gone:
        connection.execute(delete(schema.sources).where(schema.sources.c.source.in_(gone)))


def record_own_write(connection: Connection, source: str, key: str, at: datetime) -> None:
    """Remembers that the agent itself wrote to an item, so that its own comment does not count as activity."""
    upsert(connection, schema.own_writes, [{"source": source, "item_key": key, "at": to_micros(at)}])


def forget_own_write(connection: Connection, source: str, key: str) -> None:
    """Takes that back, because the item was not written to after all."""
    table = schema.own_writes.c
    connection.execute(delete(schema.own_writes).where(table.source == source, table.item_key == key))


def forget_own_writes(connection: Connection, before: datetime) -> None:
    """Forgets writes before `before` that no pull has shown: whatever comes now is somebody else's."""
    connection.execute(delete(schema.own_writes).where(schema.own_writes.c.at < to_micros(before)))


def load_facts(connection: Connection) -> Facts:
    """Returns everything that is known."""
    changes: dict[tuple[str, str], list[Change]] = defaultdict(list)
    ordered = select(schema.changes).order_by(schema.changes.c.source, schema.changes.c.item, schema.changes.c.at)
    for row in connection.execute(ordered):
        changes[row.source, row.item].append(change_from_row(row))
    histories = {}
    items = schema.items.c
    by_key = select(items.source, items.id, items.data).order_by(items.source, items.id)
    for source, identifier, data in connection.execute(by_key):
        key = (source, identifier)
        histories[key] = History(item_from_json(data), tuple(changes.get(key, ())))
    return replace(load_background(connection), histories=histories)


def load_histories(connection: Connection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], History]:
    """These items (by source and id) with their changes, as far as they are stored."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, identifier in sorted(keys):
        by_source[source].append(identifier)
    found: dict[tuple[str, str], History] = {}
    for source, ids in by_source.items():
        for part in bulk.parts(ids):
            found.update(_histories(connection, source, part))
    return found


def load_addresses(connection: Connection, places: Iterable[Place]) -> dict[Place, str]:
    """The web addresses of these issues, as far as they are stored."""
    named = {(place.source, index.fold(place.key)): place for place in places}
    items = schema.items.c
    found = {}
    for part in bulk.parts(sorted({name for _, name in named})):
        for row in connection.execute(select(items.source, items.name, items.data).where(items.name.in_(part))):
            if place := named.get((row.source, row.name)):
                found[place] = item_from_json(row.data).url
    return found


def _histories(connection: Connection, source: str, ids: Sequence[str]) -> Iterator[tuple[tuple[str, str], History]]:
    items, table = schema.items.c, schema.changes.c
    ordered = select(schema.changes).where(table.source == source, table.item.in_(ids)).order_by(table.item, table.at)
    changes = groupby(map(change_from_row, connection.execute(ordered)), key=lambda change: change.item)
    known = {item: tuple(each) for item, each in changes}
    rows = connection.execute(select(items.id, items.data).where(items.source == source, items.id.in_(ids)))
    return (((source, row.id), History(item_from_json(row.data), known.get(row.id, ()))) for row in rows)


def load_background(connection: Connection) -> Facts:
    """Everything that is known, except the items."""
    return Facts(
        timeboxes=tuple(_TIMEBOX.validate_json(data) for data in connection.scalars(select(schema.timeboxes.c.data))),
        samples=_samples(connection),
        sources=load_sources(connection),
        queries={(r.source, r.query): frozenset(json.loads(r.ids)) for r in connection.execute(select(schema.queries))},
    )


def load_sources(connection: Connection) -> dict[str, SourceState]:
    """The state of every source."""
    return {row.source: _STATE.validate_json(row.state) for row in connection.execute(select(schema.sources))}


def load_query(connection: Connection, source: str, query: str) -> frozenset[str]:
    """The ids of the items that a tracker's own query found."""
    table = schema.queries.c
    found = connection.scalar(select(table.ids).where(table.source == source, table.query == query))
    return frozenset(json.loads(found)) if found else frozenset()


def touched(item: WorkItem, known: WorkItem, *, own_write: bool) -> datetime:
    """When somebody other than the agent last touched `item`, which is stored as `known`.

    Commenting changes `updated`. If the agent has commented since and nothing else differs, it was the agent. The
    clocks of the tracker and of the agent need not agree for that.
    """
    if item.active > item.updated:  # Touched where `updated` does not move: in a project's fields.
        return item.active
    if item.updated == known.updated:  # A complete reading may find that it was one of many edits in one go.
        return min(item.active, known.active)
    same = replace(item, updated=known.updated, active=known.active, first_read=known.first_read) == known
    return known.active if own_write and same else max(item.active, known.active)


def _row(item: WorkItem) -> bulk.BulkRow:
    """In the order of the table's columns."""
    delivered = item.delivered
    return (
        item.source, item.id, item.key, item.container, to_micros(item.updated), item_to_json(item), None,
        index.fold(item.key), index.fold(item.url), item.container.casefold(), to_micros(item.created),
        to_micros(delivered) if delivered else None, item.points,
    )  # fmt: skip


def _change_row(change: Change) -> bulk.BulkRow:
    """In the order of the table's columns."""
    return (
        change.source, change.id, change.item, to_micros(change.at), index.NAMES[change.field], change.before,
        change.after, change.by,
    )  # fmt: skip


def _without_own_touch(
    connection: Connection, items: list[WorkItem], stored: Mapping[tuple[str, str], WorkItem]
) -> list[WorkItem]:
    table = schema.own_writes
    writes = {(row.source, row.item_key) for row in connection.execute(select(table.c.source, table.c.item_key))}
    found = []
    for item in items:
        known = stored.get(item.identity)
        own = (item.source, item.key) in writes
        found.append(replace(item, active=touched(item, known, own_write=own)) if known else item)
        if (
            own and known and item.updated > known.updated
        ):  # Our own update has been seen. The next one is somebody else's.
            connection.execute(delete(table).where(table.c.source == item.source, table.c.item_key == item.key))
    return found


def _stored(connection: Connection, items: Sequence[WorkItem]) -> dict[tuple[str, str], WorkItem]:
    table = schema.items.c
    found = {}
    for part in bulk.parts(items):
        for source in {item.source for item in part}:
            ids = [item.id for item in part if item.source == source]
            query = select(table.id, table.data).where(table.source == source, table.id.in_(ids))
            found.update({(source, row.id): item_from_json(row.data) for row in connection.execute(query)})
    return found


def _samples(connection: Connection) -> Mapping[str, tuple[Sample, ...]]:
    found: dict[str, list[Sample]] = defaultdict(list)
    for row in connection.execute(select(schema.samples).order_by(schema.samples.c.kpi, schema.samples.c.at)):
        found[row.kpi].append(Sample(row.kpi, from_micros(row.at), row.value))
    return {kpi: tuple(samples) for kpi, samples in found.items()}
