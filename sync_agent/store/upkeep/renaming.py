"""Carries over what is stored under a former name. What already exists under the new name is kept."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Column, Connection, Table, delete, func, literal, select, update

from sync_agent.model import Message, SignalKind
from sync_agent.model.renames import Named
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import upsert
from sync_agent.store.engine.schema import to_micros
from sync_agent.store.facts.facts import load_source, save_source
from sync_agent.store.memory.state import load_alerts, load_all_silences, save_alerts, save_silence
from sync_agent.store.memory.urns import rename_voter
from sync_agent.store.outbox.rows import load_rows, save_rows
from sync_agent.store.upkeep.renamed_values import (
    remarked,
    renamed_alert,
    renamed_data,
    renamed_key,
    renamed_kpi,
    renamed_silence,
    renamed_subject,
)

_MESSAGE = TypeAdapter(Message)


def _columns(name: str, *but: Table) -> tuple[Column[Any], ...]:
    return tuple(table.c[name] for table in schema.metadata.sorted_tables if name in table.c and table not in but)


_COLUMNS: Mapping[Named, tuple[Column[Any], ...]] = {
    Named.GOAL: (*_columns("goal", schema.alerts, schema.decisions, schema.assessments), schema.unsubscribed.c.subject),
    Named.PERSON: _columns("person"),
    Named.SOURCE: _columns("source"),
    Named.ASK: (schema.asks.c.id, *_columns("ask")),
}
"""The columns that contain a name. Those of alerts, decisions and judgements are treated separately."""
_JSON = (
    schema.acknowledgements.c.data, schema.silences.c.data, schema.asks.c.data, schema.answers.c.data,
    schema.unconfirmed.c.data, schema.decisions.c.reason, schema.decisions.c.audience,
)  # fmt: skip
"""The columns that contain values with names, except those of alerts and messages."""
_ABOUT = (schema.asks, schema.answers, schema.unconfirmed)
"""The tables that say what something is about."""


def rename(connection: Connection, kind: Named, old: str, new: str, at: datetime) -> None:
    """Moves everything that is known about something to its new name."""
    for column in _COLUMNS[kind]:
        _move(connection, column, old, new)
    for column in _JSON:
        _rewrite(connection, column, lambda value: renamed_data(value, kind, old, new), old)
    _outbox(connection, kind, old, new)
    _decisions(connection, kind, old, new)
    if kind is not Named.ASK:
        _alerts(connection, kind, old, new)
    if kind is Named.GOAL:
        _goal(connection, old, new)
    if kind is Named.SOURCE:
        _facts(connection, old, new)
    if kind is Named.PERSON:
        rename_voter(connection, old, new)
    _note(connection, kind, old, new, at)


def retopic(connection: Connection, topic: str, old: str, new: str) -> None:
    """Moves questions and answers about something to its new name."""
    for table in _ABOUT:
        same = (table.c.topic == topic) & (table.c.subject == old)
        connection.execute(update(table).where(same).values(subject=new))

    def about(value: Any) -> Any:
        mine = value.get("topic") == topic and value.get("subject") == old
        return {**value, "subject": new} if mine else value

    _rewrite(connection, schema.asks.c.data, about, old)


def _note(connection: Connection, kind: Named, old: str, new: str, at: datetime) -> None:
    table = schema.renamed.c
    # Former names of the old name lead to the new one, and the new one is nobody's former name any more.
    connection.execute(update(schema.renamed).where(table.kind == kind, table.name == old).values(name=new))
    upsert(connection, schema.renamed, [{"kind": kind.value, "former": old, "name": new, "at": to_micros(at)}])
    connection.execute(delete(schema.renamed).where(table.kind == kind, table.former == new))


def _move(connection: Connection, column: Column[Any], old: str, new: str) -> None:
    table = column.table
    assert isinstance(table, Table)
    mine = column == old
    if column.primary_key:
        there, others = table.alias(), [key for key in table.primary_key if key is not column]
        taken = select(literal(1)).where(there.c[column.name] == new, *(there.c[key.name] == key for key in others))
        connection.execute(delete(table).where(mine, taken.exists()))
    connection.execute(update(table).where(mine).values({column.name: new}))


def _rewrite(connection: Connection, column: Column[Any], change: Callable[[Any], Any], old: str) -> None:
    """Replaces the JSON that contains the name."""
    table = column.table
    assert isinstance(table, Table)
    for row in connection.execute(select(*table.primary_key, column).where(_names(column, old))).all():
        value = json.loads(row[-1])
        after = change(value)
        if after != value:
            same = (key == found for key, found in zip(table.primary_key, row, strict=False))
            text = json.dumps(after, ensure_ascii=False)
            connection.execute(update(table).where(*same).values({column.name: text}))


def _names(column: Column[Any], name: str) -> Any:
    return column.contains(json.dumps(name, ensure_ascii=False), autoescape=True)


def _outbox(connection: Connection, kind: Named, old: str, new: str) -> None:
    table = schema.outbox.c
    named = _names(table.message, old) | table.key.contains(f"/{old}", autoescape=True)
    keys = connection.scalars(select(table.key).where(named)).all()
    for key, row in load_rows(connection, keys).items():
        data = renamed_data(_MESSAGE.dump_python(row.message, mode="json"), kind, old, new)
        if kind is Named.SOURCE and row.message.place and data["channel"] == old:
            data["channel"] = new
        data["key"] = renamed_key(key, kind, old, new)
        fresh = _MESSAGE.validate_python(data)
        message = remarked(replace(fresh, channel=_channel(row.message, fresh)), row.message, row.external_id)
        if message.key != key:
            connection.execute(delete(schema.outbox).where(table.key == key))
            connection.execute(update(schema.outbox).where(table.instead_of == key).values(instead_of=message.key))
        if message.key == key or message.key not in load_rows(connection, [message.key]):
            save_rows(connection, [replace(row, message=message)])


def _channel(before: Message, after: Message) -> Any:
    """A channel is stored by its name, so the old name shows what kind it has."""
    return replace(before.channel, name=after.channel.name)


def _decisions(connection: Connection, kind: Named, old: str, new: str) -> None:
    table = schema.decisions.c
    if kind is Named.GOAL:
        connection.execute(update(schema.decisions).where(table.goal == old).values(goal=new))
    for row in connection.execute(select(table.number, table.goal, table.kind, table.subject).where(_about(old))):
        found = next((each for each in SignalKind if each.value == row.kind), None)
        goal = old if kind is Named.GOAL and row.goal == new else row.goal
        subject = renamed_subject(goal, found, row.subject, kind, old, new) if found else row.subject
        connection.execute(update(schema.decisions).where(table.number == row.number).values(subject=subject))


def _about(name: str) -> Any:
    table = schema.decisions.c
    return (table.subject == name) | table.subject.endswith(f" {name}") | table.subject.contains(f" {name}/")


def _alerts(connection: Connection, kind: Named, old: str, new: str) -> None:
    before = load_alerts(connection)
    moved = {identity: renamed_alert(alert, kind, old, new) for identity, alert in before.items()}
    kept = {alert.identity: alert for identity, alert in moved.items() if alert.identity == identity}
    others = {alert.identity: alert for identity, alert in moved.items() if alert.identity != identity}
    save_alerts(connection, {**others, **kept}, before)


def _goal(connection: Connection, old: str, new: str) -> None:
    """Judgements are made anew. Samples of KPIs, and the state of their reading, are carried over."""
    retopic(connection, "goal", old, new)
    connection.execute(delete(schema.assessments).where(schema.assessments.c.goal.in_((old, new))))
    for silence in load_all_silences(connection):
        if (name := renamed_silence(silence.id, old, new)) != silence.id:
            connection.execute(delete(schema.silences).where(schema.silences.c.id == silence.id))
            save_silence(connection, replace(silence, id=name))
    for kpi in _kpis(connection, old):
        _move(connection, schema.samples.c.kpi, kpi, f"{new}/{kpi.removeprefix(f'{old}/')}")
    for name in connection.scalars(select(schema.sources.c.source)).all():
        if (after := renamed_kpi(name, old, new)) != name:
            state, cursor = load_source(connection, name)
            save_source(connection, replace(state, source=after), cursor)
            connection.execute(delete(schema.sources).where(schema.sources.c.source == name))


def _kpis(connection: Connection, goal: str) -> Iterator[str]:
    own = schema.samples.c.kpi.startswith(f"{goal}/", autoescape=True)
    yield from connection.scalars(select(schema.samples.c.kpi).where(own).distinct()).all()


def _facts(connection: Connection, old: str, new: str) -> None:
    """Values of facts contain the name of their source. There may be a million, so the database rewrites them. Within a
    text, a quotation mark has a backslash before it, so no title can be taken for such a field.
    """
    before, after = f'"source":{json.dumps(old)}', f'"source":{json.dumps(new)}'
    for column in (schema.items.c.data, schema.timeboxes.c.data, schema.sources.c.state):
        table = column.table
        assert isinstance(table, Table)
        changed = func.replace(column, before, after)
        connection.execute(update(table).where(table.c.source == new).values({column.name: changed}))
