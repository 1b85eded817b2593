"""Which answers fit their question. An answer may not if an older version stored it, if it was imported, or if the
fields have changed since. It is left out, so that the others still count.
"""

import math
from collections.abc import Iterable, Mapping
from datetime import date

from sync_agent.ask.kinds import every_kind
from sync_agent.model.asking import Answer, LeftOut, Topic
from sync_agent.model.asking.fields import (
    AnyField,
    Choice,
    Day,
    Group,
    ListOf,
    Number,
    Percent,
    Scale,
    Single,
    Value,
    Values,
)

_YEARS = (1900, 9000)
"""No calendar has to reckon with the end of time."""


def fits(answer: Answer) -> bool:
    """Whether its kind can say what it means. An answer that takes another one back has no values, and of a kind that
    no longer exists nobody asks.
    """
    kind = every_kind().get(answer.kind)
    return kind is None or answer.takes_back is not None or _hold(kind.fields, answer.values)


def parted(answers: Iterable[Answer]) -> tuple[tuple[Answer, ...], tuple[LeftOut, ...]]:
    """The answers that fit, and a description of the others."""
    every = tuple(answers)
    unfit = [answer for answer in every if not fits(answer)]
    if not unfit:
        return every, ()
    gone = {answer.origin for answer in unfit}
    return tuple(answer for answer in every if answer.origin not in gone), tuple(map(_left_out, unfit))


def _left_out(answer: Answer) -> LeftOut:
    goal = answer.about.id if answer.about.topic is Topic.GOAL else ""
    return LeftOut(answer.origin, answer.kind, answer.person, goal)


def _hold(fields: Iterable[AnyField], values: Values) -> bool:
    return all(_holds(field, values[field.name]) if field.name in values else not field.required for field in fields)


def _holds(field: AnyField, value: Value) -> bool:
    match field:
        case ListOf():
            return isinstance(value, tuple) and all(_holds(field.of, each) for each in value)
        case Group():
            return isinstance(value, Mapping) and _hold(field.parts, value)
        case _:
            return _is_value(field, value)


def _is_value(field: Single, value: Value) -> bool:
    """Whether it has the right type, and for a choice is one of the options. Limits are not checked; they may have
    changed.
    """
    match field:
        case Number() | Percent() | Scale():
            return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        case Day():
            return isinstance(value, date) and _YEARS[0] < value.year < _YEARS[1]
        case Choice():
            return any(value == option.id for option in field.options)
        case _:
            return isinstance(value, str)
