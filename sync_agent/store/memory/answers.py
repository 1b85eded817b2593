"""What was asked of people and what they said. Answers are only ever added."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, Select, delete, func, select, update

from sync_agent.model import asking
from sync_agent.model.asking import About, Answer, Ask, AskTold, Door, Heard, Known, LeftOut, Step, Topic, Weight
from sync_agent.store.engine import schema
from sync_agent.store.engine.bulk import insert_missing
from sync_agent.store.engine.schema import from_micros, to_micros
from sync_agent.store.memory.keeping import from_json, to_json
from sync_agent.store.memory.sheets import sheet_data, sheet_of

_PARTS = TypeAdapter(tuple[asking.QuestionPart, ...])


# Raised when decoding a row that is damaged, or was written by another version.
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class StoredAnswers:
    """Answers, oldest first, and what is known about those that cannot be read."""

    answers: tuple[Answer, ...]
    unreadable: tuple[LeftOut, ...] = ()


def save_answer(connection: Connection, answer: Answer) -> bool:
    """Adds an answer. Returns False if its origin was heard before; then nothing changes."""
    known = select(schema.answers.c.origin).where(schema.answers.c.origin == answer.origin)
    if connection.execute(known).first():
        return False
    insert_missing(connection, schema.answers, [_answer_row(answer)])
    return True


def count_said(connection: Connection, at: datetime) -> int:
    """The number of stored answers that were given at one instant."""
    same = select(func.count()).select_from(schema.answers).where(schema.answers.c.at == to_micros(at))
    return connection.scalar(same) or 0


def load_answer(connection: Connection, origin: str) -> Answer | None:
    """The answer from a comment, mail or form; None if there is none that can be read."""
    found = _read(connection.execute(select(schema.answers).where(schema.answers.c.origin == origin)))
    return next(iter(found.answers), None)


def load_with(connection: Connection, origin: str) -> tuple[Answer, ...]:
    """The answers to other questions in the same comment, mail or form."""
    beside = schema.answers.c.origin.startswith(f"{origin}-need-", autoescape=True)
    return tuple(_answer(row) for row in connection.execute(select(schema.answers).where(beside)))


def keep_unconfirmed(connection: Connection, answer: Answer) -> bool:
    """Keeps an answer until its author confirms it. Returns False if it was already kept."""
    known = select(schema.unconfirmed.c.origin).where(schema.unconfirmed.c.origin == answer.origin)
    if connection.execute(known).first():
        return False
    insert_missing(connection, schema.unconfirmed, [_answer_row(answer)])
    return True


def load_unconfirmed(connection: Connection, origin: str) -> Answer | None:
    """An answer that waits to be confirmed."""
    found = _read(connection.execute(select(schema.unconfirmed).where(schema.unconfirmed.c.origin == origin)))
    return next(iter(found.answers), None)


def drop_unconfirmed(connection: Connection, origin: str) -> None:
    """Forgets an answer that no longer waits to be confirmed."""
    connection.execute(delete(schema.unconfirmed).where(schema.unconfirmed.c.origin == origin))


def note_misheard(connection: Connection, heard: Heard) -> bool:
    """Notes that somebody is told what would have been right. Returns False if they were told about the same words
    before.
    """
    about = (heard.about.topic.value, heard.about.id) if heard.about else ()
    said = json.dumps([heard.person, heard.ask, about, heard.verb, heard.text, heard.submitted])
    words = hashlib.sha256(said.encode()).hexdigest()
    if connection.execute(select(schema.misheard.c.words).where(schema.misheard.c.words == words)).first():
        return False
    insert_missing(connection, schema.misheard, [{"words": words, "origin": heard.origin, "at": to_micros(heard.at)}])
    return True


def _answer_row(answer: Answer) -> dict[str, Any]:
    data = {
        "values": to_json(answer.values),
        "raw": answer.raw,
        "version": answer.version,
        "by": answer.by,
        "sequence": answer.sequence,
    }
    return {
        "origin": answer.origin,
        "ask": answer.ask,
        "kind": answer.kind,
        "topic": answer.about.topic.value,
        "subject": answer.about.id,
        "person": answer.person,
        "at": to_micros(answer.at),
        "door": answer.door.value,
        "known": answer.known.value,
        "late": answer.late,
        "takes_back": answer.takes_back,
        "data": orjson.dumps(data).decode(),
    }


def load_answers(
    connection: Connection,
    *,
    person: str | None = None,
    about: About | None = None,
    since: datetime | None = None,
    kinds: Collection[str] | None = None,
) -> tuple[Answer, ...]:
    """Those of `load_stored` that can be read."""
    return load_stored(connection, person=person, about=about, since=since, kinds=kinds).answers


def load_stored(
    connection: Connection,
    *,
    person: str | None = None,
    about: About | None = None,
    since: datetime | None = None,
    kinds: Collection[str] | None = None,
) -> StoredAnswers:
    """Answers: all, or those of a person (an id), about something, given since a time, or of some kinds."""
    table = schema.answers.c
    query = select(schema.answers).order_by(table.at, table.origin)
    if person is not None:
        query = query.where(table.person == person)
    if about is not None:
        query = query.where(table.topic == about.topic.value, table.subject == about.id)
    if since is not None:
        query = query.where(table.at >= to_micros(since))
    if kinds is not None:
        query = query.where(table.kind.in_(sorted(kinds)))
    found = _read(connection.execute(query))
    return replace(found, answers=tuple(sorted(found.answers, key=lambda answer: answer.order)))


def answers_state(connection: Connection) -> tuple[int, ...]:
    """A value that changes with every change of the answers: their number, the time of the newest, their size, and the
    number of renames.
    """
    table = schema.answers.c
    counts = select(func.count(), func.max(table.at), func.sum(func.length(table.data)))
    renamed = select(func.count()).select_from(schema.renamed)
    return tuple(int(each or 0) for each in (*connection.execute(counts).one(), connection.scalar(renamed)))


def _read(rows: Iterable[Row[Any]]) -> StoredAnswers:
    answers, unreadable = [], []
    for row in rows:
        try:
            answers.append(_answer(row))
        except _UNREADABLE:
            goal = row.subject if row.topic == Topic.GOAL.value else ""
            unreadable.append(LeftOut(row.origin, row.kind, row.person, goal))
    return StoredAnswers(tuple(answers), tuple(unreadable))


def save_asks(connection: Connection, asks: Iterable[Ask]) -> None:
    """Stores questions as they are asked. One that is already stored stays as it was, so that its answer is read by the
    fields that its person saw.
    """
    insert_missing(connection, schema.asks, [_ask_row(ask) for ask in asks])


def load_asks(
    connection: Connection,
    *,
    ids: Iterable[str] | None = None,
    closing_after: datetime | None = None,
    person: str | None = None,
) -> dict[str, Ask]:
    """Questions by their ids, the first to close first: all, some, those that close after a time, or those of a person.
    One that cannot be read is left out and worked out again, as if the store had lost it.
    """
    table = schema.asks.c
    query: Select[Any] = select(schema.asks.c.data).order_by(table.closes, table.id)
    if ids is not None:
        query = query.where(table.id.in_(sorted(set(ids))))
    if closing_after is not None:
        query = query.where(table.closes > to_micros(closing_after))
    if person is not None:
        query = query.where(table.person == person)
    asks = map(_ask_or_none, connection.scalars(query))
    return {ask.id: ask for ask in asks if ask}


def withdraw(connection: Connection, asks: Iterable[str], at: datetime) -> None:
    """Notes that questions are no longer wanted. One that was withdrawn before keeps its time."""
    table = schema.asks.c
    gone = update(schema.asks).where(table.id.in_(sorted(set(asks))), table.withdrawn.is_(None))
    connection.execute(gone.values(withdrawn=to_micros(at)))


def ask_again(connection: Connection, asks: Iterable[str]) -> None:
    """Notes that withdrawn questions are wanted again."""
    connection.execute(update(schema.asks).where(schema.asks.c.id.in_(sorted(set(asks)))).values(withdrawn=None))


def load_withdrawn(connection: Connection, *, ids: Iterable[str] | None = None) -> Mapping[str, datetime]:
    """Since when questions have no longer been wanted, by their ids: all or some."""
    table = schema.asks.c
    query = select(table.id, table.withdrawn).where(table.withdrawn.is_not(None))
    if ids is not None:
        query = query.where(table.id.in_(sorted(set(ids))))
    return {row.id: from_micros(row.withdrawn) for row in connection.execute(query)}


def note_told(connection: Connection, told: Iterable[AskTold]) -> None:
    """Notes that people were asked or reminded."""
    rows = [{"ask": t.ask, "person": t.person, "at": to_micros(t.at), "step": t.step.value} for t in told]
    insert_missing(connection, schema.asks_told, rows)


def forget_told(connection: Connection, person: str, at: Iterable[datetime]) -> None:
    """Forgets what somebody (an id) was told at some times, because it did not reach them."""
    table = schema.asks_told.c
    missed = table.at.in_(sorted({to_micros(each) for each in at}))
    connection.execute(delete(schema.asks_told).where(table.person == person, missed))


def forget_asked(connection: Connection, asks: Iterable[str], at: datetime) -> None:
    """Forgets that people were told of questions and reports (their ids) by a message of that time, because it never
    left.
    """
    table = schema.asks_told.c
    missed = table.ask.in_(sorted(set(asks))) & (table.at == to_micros(at))
    connection.execute(delete(schema.asks_told).where(missed))


def load_told(
    connection: Connection, asks: Iterable[str] | None = None, *, since: datetime | None = None
) -> tuple[AskTold, ...]:
    """Who was asked and reminded, of these questions or of all, since a time or ever, oldest first."""
    table = schema.asks_told.c
    query = select(schema.asks_told).order_by(table.at, table.ask, table.person)
    if asks is not None:
        query = query.where(table.ask.in_(sorted(set(asks))))
    if since is not None:
        query = query.where(table.at >= to_micros(since))
    return tuple(AskTold(row.ask, row.person, from_micros(row.at), Step(row.step)) for row in connection.execute(query))


def _answer(row: Row[Any]) -> Answer:
    data = orjson.loads(row.data)
    return Answer(
        origin=row.origin,
        ask=row.ask,
        kind=row.kind,
        about=About(Topic(row.topic), row.subject),
        person=row.person,
        at=from_micros(row.at),
        door=Door(row.door),
        known=Known(row.known),
        values=from_json(data["values"]),
        raw=data["raw"],
        version=data["version"],
        late=row.late,
        by=data["by"],
        takes_back=row.takes_back,
        sequence=data.get("sequence", ""),
    )


def _ask_row(ask: Ask) -> dict[str, Any]:
    data = {
        "id": ask.id,
        "kind": ask.kind,
        "person": ask.person,
        "topic": ask.about.topic,
        "subject": ask.about.id,
        "occasion": ask.occasion,
        "sheet": sheet_data(ask.sheet),
        "opens": to_micros(ask.opens),
        "closes": to_micros(ask.closes),
        "question": _PARTS.dump_python(ask.question, mode="json"),
        "weight": ask.weight,
        "minutes": ask.minutes,
        "goal": ask.goal,
        "version": ask.version,
        "instead_of": ask.instead_of,
        "settled": None if ask.settled is None else to_micros(ask.settled),
        "accepts": sorted(ask.accepts),
        "anonymous": ask.anonymous,
    }
    columns = ("id", "kind", "person", "topic", "subject", "opens", "closes")
    return {name: str(data[name]) if name == "topic" else data[name] for name in columns} | {
        "data": orjson.dumps(data).decode()
    }


def _ask_or_none(text: str) -> Ask | None:
    try:
        return _ask(text)
    except _UNREADABLE:
        return None


def _ask(text: str) -> Ask:
    data = orjson.loads(text)
    return Ask(
        id=data["id"],
        kind=data["kind"],
        person=data["person"],
        about=About(Topic(data["topic"]), data["subject"]),
        occasion=data["occasion"],
        sheet=sheet_of(data["sheet"]),
        opens=from_micros(data["opens"]),
        closes=from_micros(data["closes"]),
        question=_PARTS.validate_python(data["question"]),
        weight=Weight(data["weight"]),
        minutes=data["minutes"],
        goal=data["goal"],
        version=data["version"],
        instead_of=data["instead_of"],
        settled=None if data["settled"] is None else from_micros(data["settled"]),
        accepts=frozenset(map(Known, data.get("accepts", ()))),
        anonymous=data.get("anonymous", False),
    )
