"""Anonymous surveys in the store: urns that are open, and results."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select, update

from sync_agent.model.rounds import LONGEST_SAID, Roll, RoundQuestion, SurveyResult, Urn
from sync_agent.store.engine import schema
from sync_agent.store.engine.schema import from_micros, to_micros

_RESULT = TypeAdapter(SurveyResult)
_WIDEST = 4
"""Bytes of one character, at most."""


def load_urn(connection: Connection, survey: str) -> Urn | None:
    """The urn of an open survey."""
    found = connection.scalar(select(schema.urns.c.data).where(schema.urns.c.survey == survey))
    return None if found is None else _urn(survey, orjson.loads(found))


def load_urns(connection: Connection) -> Mapping[str, Urn]:
    """All that are open, by survey."""
    return {row.survey: _urn(row.survey, orjson.loads(row.data)) for row in connection.execute(select(schema.urns))}


def load_rolls(connection: Connection) -> Mapping[str, Roll]:
    """Who may answer, and who has, without what they said."""
    return {name: urn.roll for name, urn in load_urns(connection).items()}


def save_urn(connection: Connection, urn: Urn) -> None:
    """Opens an urn, or rewrites it in the room that it has."""
    table = schema.urns
    room = connection.scalar(select(table.c.data).where(table.c.survey == urn.roll.survey))
    if room is None:
        data = _padded(_data(urn), _room(urn))
        connection.execute(table.insert(), [{"survey": urn.roll.survey, "data": data}])
        return
    data = _padded(_data(urn), len(room))
    connection.execute(update(table).where(table.c.survey == urn.roll.survey).values(data=data))


def rename_voter(connection: Connection, old: str, new: str) -> None:
    """Somebody is known by another id: they may answer still, or have."""

    def renamed(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(new if name == old else name for name in names))

    for urn in load_urns(connection).values():
        roll = replace(urn.roll, electorate=renamed(urn.roll.electorate), voters=renamed(urn.roll.voters))
        if roll != urn.roll:
            save_urn(connection, replace(urn, roll=roll))


def drop_urn(connection: Connection, survey: str) -> None:
    """Overwrites an urn with blanks, then deletes its row."""
    table = schema.urns
    room = connection.scalar(select(table.c.data).where(table.c.survey == survey))
    if room is not None:
        connection.execute(update(table).where(table.c.survey == survey).values(data=b" " * len(room)))
        connection.execute(delete(table).where(table.c.survey == survey))


def save_result(connection: Connection, result: SurveyResult) -> None:
    """Publishes a result. There is one of each survey."""
    data = _RESULT.dump_json(result).decode()
    connection.execute(schema.survey_results.insert(), [{"survey": result.survey, "data": data}])


def load_results(connection: Connection) -> Mapping[str, SurveyResult]:
    """What was published, by survey."""
    rows = connection.execute(select(schema.survey_results))
    return {row.survey: _RESULT.validate_json(row.data) for row in rows}


def _data(urn: Urn) -> bytes:
    roll = urn.roll
    return orjson.dumps({
        "closes": to_micros(urn.closes),
        "questions": [{"id": each.id, "text": each.text, "scale": each.scale} for each in roll.questions],
        "electorate": roll.electorate,
        "voters": roll.voters,
        "answers": {each.id: urn.answers.get(each.id, ()) for each in roll.questions},
    })  # fmt: skip


def _urn(survey: str, data: Mapping[str, Any]) -> Urn:
    roll = Roll(survey, tuple(map(_question, data["questions"])), tuple(data["electorate"]), tuple(data["voters"]))
    closes: datetime = from_micros(data["closes"])
    return Urn(roll, closes, {name: tuple(said) for name, said in data["answers"].items()})


def _question(data: Mapping[str, Any]) -> RoundQuestion:
    return RoundQuestion(data["id"], data["text"], tuple(data["scale"]) if data["scale"] else None)


def _room(urn: Urn) -> int:
    """The bytes that the urn may come to need: everybody answers, in the longest words."""
    roll = urn.roll
    names = sum(len(name.encode()) + _WIDEST for name in roll.electorate)
    one = sum(_WIDEST if each.scale else LONGEST_SAID * _WIDEST + _WIDEST for each in roll.questions)
    return len(_data(urn)) + names + one * len(roll.electorate)


def _padded(data: bytes, room: int) -> bytes:
    return data.ljust(room)
