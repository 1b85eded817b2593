"""One line per goal: how it stands, how far it is, when it will be done, and what costs most time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sync_agent.evaluate.verdict import problems
from sync_agent.model import GoalDay, Organisation, Verdict
from sync_agent.render.markup.document import clean
from sync_agent.render.standing import standing_fact
from sync_agent.web.present import ShownGoal
from sync_agent.words import say_cause, say_count, say_day, say_percent

_WIDTH = 200
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Strip:
    """The positions of P50, P85 and the due date, from 0 to 200."""

    begins: float
    length: float
    due: float
    late: bool
    shown: str


@dataclass(frozen=True, slots=True)
class GoalRow:
    """What a list shows of a goal."""

    id: str
    objective: str
    owner: str
    verdict: Verdict
    standing: str
    since: str
    done: str
    expected: str
    strip: Strip | None
    no_strip: str
    cost: str


def rows(
    found: Iterable[ShownGoal], organisation: Organisation, since: Mapping[str, GoalDay], day: date
) -> tuple[GoalRow, ...]:
    """Rows on one time scale. `since` are the last days on which the goals had another verdict."""
    shown = tuple(found)
    ends = [each for s in shown for each in (s.day.p85, s.goal.period.due) if each]
    last = max([*ends, day])
    return tuple(_row(each, organisation, since.get(each.goal.id), day, last) for each in shown)


def _row(each: ShownGoal, organisation: Organisation, other: GoalDay | None, day: date, last: date) -> GoalRow:
    goal, then = each.goal, each.day
    unknown = then.progress is None
    return GoalRow(
        id=goal.id,
        objective=goal.objective,
        owner=owner_of(organisation, goal.owner),
        verdict=each.verdict,
        standing=standing_of(each),
        since="; ".join(text for text in (_as_of(each), say_since(other, day)) if text),
        done="–" if unknown else say_percent(then.progress or 0.0),
        expected="" if each.verdict is Verdict.DONE else f"of {say_percent(then.expected)} by now",
        strip=_strip(each, day, last),
        no_strip=f"{_no_forecast(each)}; due {say_day(goal.period.due, day)}",
        cost=clean(cost_of(each), _LONGEST),
    )


def owner_of(organisation: Organisation, owner: str) -> str:
    """The name of an owner; their id if they are not configured."""
    person = organisation.people.get(owner)
    return person.name if person else owner


def standing_of(each: ShownGoal) -> str:
    """How a goal stands, in words."""
    if each.found:
        return standing_fact(each.goal, each.found)
    return f"{each.verdict.value[:1].upper()}{each.verdict.value[1:]}"


def _as_of(each: ShownGoal) -> str:
    """The day of what is shown, if nothing newer is known about a goal."""
    as_of = each.found.as_of if each.found else None
    return f"as last known, {as_of:%Y-%m-%d %H:%M} UTC" if as_of else ""


def say_since(other: GoalDay | None, day: date) -> str:
    """What a goal was before, and until when: `was at risk until 20 Nov`."""
    if other is None:
        return ""
    return f"was {other.verdict.value} until {say_day(other.day, day)}"


def cost_of(each: ShownGoal) -> str:
    """What costs most time; nothing for goals on track."""
    found = each.found
    if found is None:
        return ""
    if found.causes:
        return say_cause(found.causes[0])
    if each.verdict is Verdict.UNKNOWN:
        return found.reasons[0].brief if found.reasons else ""
    open_problems = problems(found)
    if not open_problems:
        return ""
    more = f" and {say_count(len(open_problems) - 1, 'more problem')}" if len(open_problems) > 1 else ""
    return f"{open_problems[0].headline}{more}"


def _no_forecast(each: ShownGoal) -> str:
    if each.verdict is Verdict.DONE:
        return "reached"
    forecast = each.found.forecast if each.found else None
    if forecast and forecast.low_evidence:
        return clean(f"no forecast: {forecast.basis}", _LONGEST)
    return "no end in sight at this pace" if forecast else "no forecast"


def _strip(each: ShownGoal, day: date, last: date) -> Strip | None:
    half, sure, due = each.day.p50, each.day.p85, each.goal.period.due
    if sure is None or each.verdict is Verdict.DONE:
        return None
    half = half or sure

    def x(at: date) -> float:
        return round(_WIDTH * min(max((at - day).days, 0), (last - day).days) / max((last - day).days, 1), 1)

    return Strip(
        begins=min(x(half), _WIDTH - 3),
        length=max(round(x(sure) - x(half), 1), 3),
        due=x(due),
        late=sure > due,
        shown=f"{say_day(half, day)} to {say_day(sure, day)}, due {say_day(due, day)}",
    )
