"""What an issue counted as over time, and since when it is closed, replayed from its statuses and resolutions.

A deleted status is still in the changelog, but nobody can tell what it meant, so it changes no category. Jira's own
dates know more than such a history: `resolutiondate`, and on Cloud `statuscategorychangedate`. `updated` does not help,
because a label that a bot sets years later moves it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.jira.fields import Statuses
from connectors.jira.items import account_id
from connectors.reading.gaps import read_each
from connectors.reading.values import entries, mapping, moment, said
from sync_agent.model import Change, Field, StatusCategory, WorkItem

# What is closed this soon after its creation, without a step in its history, was created closed.
_BORN_CLOSED = timedelta(minutes=1)

_Raw = Mapping[str, Any]
_Side = tuple[str | None, str | None]
"""The id and the name of a status or resolution."""


@dataclass(frozen=True, slots=True)
class _Move:
    """One entry of the changelog that changed the status or the resolution: what was there before and after."""

    at: datetime
    id: str
    by: str | None
    statuses: tuple[_Side, _Side] | None
    resolutions: tuple[_Side, _Side] | None


def with_categories(item: WorkItem, raw: _Raw, statuses: Statuses) -> tuple[WorkItem, tuple[Change, ...]]:
    """Returns the item, dated by when it was closed, and its changes of category, oldest first. Raises ValueError if
    Jira's own dates cannot be read.
    """
    fields = mapping(raw["fields"])
    moves = sorted(_moves(histories(raw)), key=lambda move: (move.at, move.id.zfill(20)))
    steps = list(_steps(item, fields, moves, statuses))
    if not item.closed:
        return item, tuple(steps)
    closed = _closed(item, fields, steps, statuses)
    return replace(item, finished=closed), tuple(_fitted(item, steps, closed))


def histories(raw: _Raw) -> list[Any]:
    """The steps of an issue's history. If it is not a list, it counts as one step that cannot be read."""
    found = mapping(raw.get("changelog")).get("histories")
    return found if isinstance(found, list) else [] if found is None else [found]


def doubt(raw: _Raw, statuses: Statuses) -> None:
    """Notes the statuses in an issue's history that nothing explains."""
    for move in _moves(histories(raw)):
        statuses.doubt(*(move.statuses or ()))


def _moves(steps: Iterable[Any]) -> Iterator[_Move]:
    """Returns the moves. What cannot be read is left out here; it is named where the other changes of the same step are
    read.
    """
    return (move for move in read_each(_move, steps, "its history")[0] if move)


def _move(history: _Raw) -> _Move | None:
    found: dict[str, list[_Raw]] = {"status": [], "resolution": []}
    for entry in entries(history.get("items")):
        for name in (entry.get("fieldId"), entry.get("field")):
            if isinstance(name, str) and (kind := name.casefold()) in found:
                found[kind].append(entry)
                break
    statuses, resolutions = _sides(found["status"]), _sides(found["resolution"])
    if not statuses and not resolutions:
        return None
    at, by = moment(history["created"]), account_id(history.get("author"))
    return _Move(at, str(history["id"]), by, statuses, resolutions)


def _sides(moves: Sequence[_Raw]) -> tuple[_Side, _Side] | None:
    """What was there before a step and after it. Several moves in one step count as one."""
    if not moves:
        return None
    before, after = moves[0], moves[-1]
    return (
        (_text(before.get("from")), _text(before.get("fromString"))),
        (_text(after.get("to")), _text(after.get("toString"))),
    )


def _steps(item: WorkItem, fields: _Raw, moves: Sequence[_Move], statuses: Statuses) -> Iterator[Change]:
    """Returns the changes of category. What is unknown at the beginning is not guessed: the first known category is no
    change.
    """
    status = next((move.statuses[0] for move in moves if move.statuses), _side(fields.get("status")))
    resolution = next((move.resolutions[0] for move in moves if move.resolutions), _side(fields.get("resolution")))
    known = statuses.category(*status, resolution[1])
    for move in moves:
        status = move.statuses[1] if move.statuses else status
        resolution = move.resolutions[1] if move.resolutions else resolution
        statuses.doubt(*(move.statuses or ()))
        found = statuses.category(*status, resolution[1])
        if found and known and found is not known:
            yield _step(item, f"{item.id}:{move.id}:category", move.at, known, found, move.by)
        known = found or known


def _closed(item: WorkItem, fields: _Raw, steps: Sequence[Change], statuses: Statuses) -> datetime | None:
    """Returns when it was closed as it is now: the earliest time since it was last open that Jira or the history give.
    None if neither gives one, for example if an import created it closed. An admin who sets resolutions of old issues
    in bulk does not move it.
    """
    last = steps[-1] if steps and steps[-1].after == item.category.value else None
    if last and StatusCategory(str(last.before)).closed:
        return last.at
    told = fields.get("resolutiondate")
    if not told and not statuses.says(item.status):
        told = fields.get("statuscategorychangedate")
    if told and not steps and abs(moment(told) - item.created) < _BORN_CLOSED:
        return None
    opened = max((s.at for s in steps if s is not last), default=None)  # An import may keep dates from before creation.
    ends = (moment(told) if told else None, last and last.at)
    return min((at for at in ends if at and (not opened or at >= opened)), default=None)


def _fitted(item: WorkItem, steps: Sequence[Change], closed: datetime | None) -> Iterator[Change]:
    """Returns the steps with the last one moved to the day on which the item was closed."""
    if not steps or closed is None:
        yield from steps
    elif steps[-1].after == item.category.value:
        yield from steps[:-1]
        yield replace(steps[-1], at=closed)
    else:
        yield from steps
        yield _step(item, f"{item.id}:closed:category", closed, StatusCategory(str(steps[-1].after)), item.category)


def _step(
    item: WorkItem, identifier: str, at: datetime, before: StatusCategory, after: StatusCategory, by: str | None = None
) -> Change:
    return Change(item.source, item.id, identifier, at, Field.CATEGORY, before.value, after.value, by)


def _side(raw: Any) -> _Side:
    return (_text(raw.get("id")), _text(raw.get("name"))) if isinstance(raw, dict) else (None, None)


def _text(raw: Any) -> str | None:
    return None if raw is None else said(raw)
