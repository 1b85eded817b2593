"""What a goal means for somebody who is to sign it, in words."""

from collections.abc import Iterator, Sequence
from datetime import date

from sync_agent.model import Forecast, Organisation
from sync_agent.model.asking import Consequences, DueThen
from sync_agent.render.markup.document import clean
from sync_agent.words import say_count, say_day, say_number, say_percent, say_record

_LONGEST = 80
_MOST = 5


def say_consequences(part: Consequences, organisation: Organisation, today: date) -> str:
    """What the goal needs from them, what else is due then, how likely it is, and how it affects their other goals."""
    return " ".join(_sentences(part, organisation, today))


def _sentences(part: Consequences, organisation: Organisation, today: date) -> Iterator[str]:
    if part.needs:
        needs = (f"“{clean(each.what, _LONGEST)}” by {say_day(each.by, today)}" for each in part.needs)
        yield f"It needs of you: {'; '.join(needs)}."
    else:
        yield "It needs nothing of you."
    if part.due_then:
        due = [_due(each, organisation, today) for each in part.due_then[:_MOST]]
        more = [f"and {len(part.due_then) - _MOST} more"] if len(part.due_then) > _MOST else []
        yield f"While it runs you have promised: {'; '.join([*due, *more])}."
    if part.open_items or part.adds:
        yield _load(part)
    for each in part.short[:_MOST]:
        wanted, able = say_number(each.wanted), say_number(each.able)
        yield f"The team of {each.place} finishes {able} items a week, and all goals together want {wanted}."
    if part.forecast:
        yield _forecast(part.forecast, today)
    if part.shifts:
        yield f"If it comes on top, {_either(part.shifts, organisation)}."


def _due(each: DueThen, organisation: Organisation, today: date) -> str:
    goal = _objective(each.goal, organisation)
    day = say_day(each.by, today)
    return f"“{clean(each.what, _LONGEST)}” for {goal} by {day}" if each.what else f"{goal} by {day}"


def _load(part: Consequences) -> str:
    there = f"You have {say_count(part.open_items, 'open item')} of {say_count(part.in_goals, 'other goal')}"
    return f"{there}; this one adds {part.adds:,}." if part.adds else f"{there}."


def _forecast(found: Forecast, today: date) -> str:
    said = []
    if found.on_time is not None:
        said.append(f"it is {say_percent(found.on_time)} likely to be on time")
    if found.p85:
        said.append(f"85% sure by {say_day(found.p85, today)}")
    if not said:
        return "There is no forecast yet."
    record = f" ({say_record(found.record)})" if found.record else ""
    return f"As it is written, {', '.join(said)}{record}."


def _either(shifts: Sequence[tuple[str, int]], organisation: Organisation) -> str:
    lines = [f"{_objective(name, organisation)} ends {say_count(days, 'day')} later" for name, days in shifts[:_MOST]]
    return " and ".join(lines)


def _objective(name: str, organisation: Organisation) -> str:
    found = next((goal.objective for goal in organisation.goals if goal.id == name), name)
    return f"“{clean(found, _LONGEST)}”"
