"""Everything that the store has about one person, and the erasure of their words."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, true, update

from sync_agent.model.asking.fields import AnyField
from sync_agent.store.engine import schema
from sync_agent.store.upkeep.record import TABLES, table_lines

ERASED = "(erased)"
_WORDLESS = frozenset({"Choice", "Number", "Scale", "Percent", "Day", "Someone"})
"""Fields that never contain anybody's words."""


def lines_about(connection: Connection, person: str) -> Iterator[tuple[str, str]]:
    """Yields everything that names a person (an id): the table, and the row as a line of JSON."""
    for name, table in TABLES.items():
        yield from ((name, line) for line in table_lines(connection, table) if _names(json.loads(line), person))


def who_spoke(connection: Connection) -> frozenset[str]:
    """The ids of everybody who was asked or answered, even if they are no longer configured."""
    found = (connection.scalars(select(t.c.person).distinct()) for t in (schema.asks_told, schema.answers))
    return frozenset(person for people in found for person in people)


def erase(
    connection: Connection, person: str, inputs: Callable[[str], str], fields: Mapping[str, Iterable[AnyField]]
) -> int:
    """Removes the words of a person (an id) from the store. That they answered, when, and what they chose stay.

    `inputs` gives the id of the input that an answer made, by its origin or its question. `fields` are those of each
    kind of question, as far as one can answer without having been asked. Returns how many rows have changed.
    """
    plain = _wordless(connection, fields)
    own = connection.execute(select(schema.answers).where(schema.answers.c.person == person)).all()
    about = {inputs(name) for row in own for name in (row.origin, row.ask)}
    changed = _rewrite(connection, schema.answers, lambda row: _answer(row, person, plain.get(row["kind"], set())))
    changed += _rewrite(connection, schema.asks, lambda row: _ask(row, person, about))
    for table in (schema.acknowledgements, schema.silences):
        changed += _rewrite(connection, table, lambda row: _reason(row, person))
    # What they acknowledged or silenced was noted as the reason of decisions, too.
    about_them = schema.decisions.c.reason.contains(json.dumps(person, ensure_ascii=False), autoescape=True)
    changed += _rewrite(connection, schema.decisions, lambda row: _of_decision(row, person), "reason", about_them)
    changed += _deeds(connection, person)
    changed += _rewrite(connection, schema.outbox, lambda row: _mail(row, person), "message")
    for table in (schema.unconfirmed, schema.refusals, schema.automatic_replies, schema.unreachable):
        changed += connection.execute(delete(table).where(table.c.person == person)).rowcount
    return changed


def _deeds(connection: Connection, person: str) -> int:
    """What they did stays, without their words."""
    mine = (schema.deeds.c.person == person) & (schema.deeds.c.text != "")
    return connection.execute(update(schema.deeds).where(mine).values(text=ERASED)).rowcount


def _names(value: Any, person: str) -> bool:
    if isinstance(value, dict):
        return any(_names(each, person) for each in value.values())
    if isinstance(value, list):
        return any(_names(each, person) for each in value)
    return bool(value == person)


def _rewrite(
    connection: Connection, table: Table, change: Callable[[dict[str, Any]], dict[str, Any] | None],
    column: str = "data", where: ColumnElement[bool] | None = None,
) -> int:  # fmt: skip
    """Replaces the JSON of the rows for which `change` returns something else. `where` tells which may be concerned."""
    changed = 0
    for row in connection.execute(select(table).where(true() if where is None else where)).mappings().all():
        data = change({**row, column: json.loads(row[column])})
        if data is not None and data != json.loads(row[column]):
            same = [key == row[key.name] for key in table.primary_key]
            connection.execute(update(table).where(*same).values({column: json.dumps(data, ensure_ascii=False)}))
            changed += 1
    return changed


def _wordless(connection: Connection, fields: Mapping[str, Iterable[AnyField]]) -> dict[str, set[str]]:
    """The fields that contain no words, by kind of question. For kinds that are gone, the stored questions tell."""
    found = {kind: {each.name for each in every if type(each).__name__ in _WORDLESS} for kind, every in fields.items()}
    for kind, text in connection.execute(select(schema.asks.c.kind, schema.asks.c.data)):
        for each in json.loads(text)["sheet"]["fields"]:
            if each["type"] in _WORDLESS:
                found.setdefault(kind, set()).add(each["name"])
    return found


def _answer(row: dict[str, Any], person: str, plain: Collection[str]) -> dict[str, Any] | None:
    if row["person"] != person and row["data"]["by"] != person:
        return None
    values = {name: value if name in plain else _wordfree(value) for name, value in row["data"]["values"].items()}
    return {**row["data"], "raw": "", "values": values}


def _wordfree(value: Any) -> Any:
    """A value without anything that somebody wrote. Numbers and days stay."""
    if isinstance(value, list):
        return [_wordfree(each) for each in value]
    if isinstance(value, dict):
        return value if "$day" in value else {name: _wordfree(each) for name, each in value.items()}
    return ERASED if isinstance(value, str) else value


def _ask(row: dict[str, Any], person: str, inputs: Collection[str]) -> dict[str, Any] | None:
    """Rewrites a question: it quotes what its asker wants, what somebody said earlier, and what an input says."""
    data = row["data"]
    parts = [_part(part, person, quoted=row["subject"] in inputs) for part in data["question"]]
    if parts == data["question"]:
        return None
    return {**data, "question": parts, "sheet": {**data["sheet"], "shortcuts": []}}


def _part(part: dict[str, Any], person: str, *, quoted: bool) -> dict[str, Any]:
    if part.get("asker") == person:
        return {**part, "what": ERASED}
    if "check_in" in part and part["check_in"]["by"] == person:
        return {**part, "check_in": {**part["check_in"], "text": ""}}
    return {**part, "text": ERASED} if quoted and "text" in part else part


def _reason(row: dict[str, Any], person: str) -> dict[str, Any] | None:
    return {**row["data"], "reason": ""} if row["data"].get("by") == person else None


def _of_decision(row: dict[str, Any], person: str) -> dict[str, Any] | None:
    reason: dict[str, Any] = row["reason"]
    return {**reason, "text": ""} if reason.get("who") == person and reason.get("text") else None


def _mail(row: dict[str, Any], person: str) -> dict[str, Any] | None:
    """Rewrites a delivered mail to them. It is known by its key, and its text is no longer needed."""
    message = row["message"]
    if message.get("person") != person or row["delivered"] is None:
        return None
    subject = message["payload"].get("subject") and ERASED
    return {**message, "payload": {"body": ERASED, "subject": subject, "html": None, "picture": None}}
