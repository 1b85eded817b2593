"""Every version of every goal, and when it was configured."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
import rfc8785
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, func, select, update

from sync_agent.model import Goal
from sync_agent.model.renames import Named
from sync_agent.model.rules import USUAL_RULES
from sync_agent.model.versions import ConfiguredVersion
from sync_agent.store.engine import schema
from sync_agent.store.engine.schema import from_micros, to_micros
from sync_agent.store.memory.renamed import load_renamed

_GOAL = TypeAdapter(Goal)
_TABLE = schema.goal_versions
_COLUMNS = _TABLE.c
_SOURCES = frozenset({"source", "deploys"})


def load_versions(connection: Connection, goal: str | None = None) -> dict[str, tuple[ConfiguredVersion, ...]]:
    """The stretches in which versions of every goal, or of one, were configured, by goal id, oldest first."""
    query = select(_TABLE).order_by(_COLUMNS.number)
    if goal is not None:
        query = query.where(_COLUMNS.goal == goal)
    found: dict[str, list[ConfiguredVersion]] = defaultdict(list)
    renamed = load_renamed(connection)
    for row in connection.execute(query):
        found[row.goal].append(_as_called_now(_version(row), renamed))
    return {name: tuple(each) for name, each in found.items()}


def versions_state(connection: Connection) -> tuple[int, int, int]:
    """A value that changes with every change of the versions: the newest number, how many stretches have ended, and the
    number of renames.
    """
    newest, ended = connection.execute(select(func.max(_COLUMNS.number), func.count(_COLUMNS.until))).one()
    return newest or 0, ended, connection.scalar(select(func.count()).select_from(schema.renamed)) or 0


def note_versions(
    connection: Connection,
    begun: Iterable[ConfiguredVersion],
    ended: Iterable[str],
    goals: Mapping[str, Goal],
    now: datetime,
) -> None:
    """Ends the latest stretches of goals, and adds those that begin. `goals` are the goals as they are configured."""
    for name in ended:
        open_now = (_COLUMNS.goal == name) & _COLUMNS.until.is_(None)
        connection.execute(update(_TABLE).where(open_now).values(until=to_micros(now)))
    if rows := [_row(each, goals[each.goal]) for each in begun]:
        connection.execute(_TABLE.insert(), rows)


def load_goal_at(connection: Connection, goal: Goal, moment: datetime) -> Goal:
    """The goal as it was agreed at a time, as far back as that is known. What is not part of the agreement stays as it
    is.
    """
    mine = select(_COLUMNS.data).where(_COLUMNS.goal == goal.id)
    before = mine.where(_COLUMNS.since <= to_micros(moment)).order_by(_COLUMNS.number.desc()).limit(1)
    data = connection.scalar(before) or connection.scalar(mine.order_by(_COLUMNS.number).limit(1))
    if data is None:
        return goal
    try:
        then = _GOAL.validate_python(orjson.loads(data)["goal"])
    except ValidationError:  # Written by a release that knew other kinds of key results.
        return goal
    return replace(
        goal, objective=then.objective, owner=then.owner, period=then.period, ambition=then.ambition, needs=then.needs,
        key_results=then.key_results, depends_on=then.depends_on, supports=then.supports,
    )  # fmt: skip


def _as_called_now(each: ConfiguredVersion, renamed: Mapping[tuple[Named, str], str]) -> ConfiguredVersion:
    """With the present ids of everything it names: a new id of the owner makes no new agreement. The stored row stays
    as it was signed.
    """
    if not renamed:
        return each

    def called(kind: Named, name: str) -> str:
        return renamed.get((kind, name), name)

    before = each.agreed
    after = _sources({**before, "owner": called(Named.PERSON, before["owner"])}, lambda n: called(Named.SOURCE, n))
    if "needs" in before:
        after["needs"] = {called(Named.PERSON, giver): wanted for giver, wanted in before["needs"].items()}
    if "depends_on" in before:
        after["depends_on"] = sorted(called(Named.GOAL, name) for name in before["depends_on"])
    if "supports" in before:
        after["supports"] = called(Named.GOAL, before["supports"])
    if after == before:
        return each
    canonical = rfc8785.dumps(after)
    version = hashlib.sha256(canonical).hexdigest()
    return replace(each, version=version, definition=canonical.decode(), signed_as=each.version)


def _sources(value: Any, called: Callable[[str], str]) -> Any:
    """A definition with the present names of sources."""
    if isinstance(value, list):
        found = [_sources(each, called) for each in value]
        return sorted(found, key=rfc8785.dumps) if all(isinstance(each, dict) for each in found) else found
    if isinstance(value, dict):
        return {
            key: called(each) if key in _SOURCES and isinstance(each, str) else _sources(each, called)
            for key, each in value.items()
        }
    return value


def _row(each: ConfiguredVersion, goal: Goal) -> dict[str, Any]:
    data = {
        "titles": dict(each.titles),
        "why": each.why,
        "continues": each.continues,
        "goal": _GOAL.dump_python(_agreed_alone(goal), mode="json"),
    }
    return {
        "goal": each.goal,
        "since": to_micros(each.since),
        "until": None if each.until is None else to_micros(each.until),
        "version": each.version,
        "definition": each.definition,
        "data": orjson.dumps(data).decode(),
    }


def _agreed_alone(goal: Goal) -> Goal:
    """Without what people said, and without what only matters now."""
    return replace(
        goal, stakeholders=(), report_on=(), check_ins=(), late_needs=(), because=(), rules=USUAL_RULES, where=""
    )


def _version(row: Row[Any]) -> ConfiguredVersion:
    data = orjson.loads(row.data)
    return ConfiguredVersion(
        row.goal, row.version, row.definition, from_micros(row.since),
        None if row.until is None else from_micros(row.until), data["titles"], data["why"], data["continues"],
    )  # fmt: skip
