"""Asks the owner why a goal was changed, if the goal does not say so itself. Everybody whom the change affects reads
the answer.
"""

from collections.abc import Iterator
from datetime import timedelta

from sync_agent.ask.history import day_changes
from sync_agent.ask.identity.ids import ask_id
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds.check_in import about
from sync_agent.ask.spans import working_days_later
from sync_agent.model import Goal
from sync_agent.model.asking import About, Ask, Changed, Topic
from sync_agent.model.asking.fields import FreeText, Sheet
from sync_agent.model.versions import DayChange

NAME, VERB = "reason", "why"
FIELDS = (FreeText(name="reason", label="Why it was changed", help="Everybody who is affected reads it"),)
_SHEET = Sheet(FIELDS)
_OPEN_FOR = 3
_LATELY = timedelta(days=10)


def given(situation: Situation, goal: Goal, change: DayChange) -> str:
    """The reason for a change: what the goal has said since, or else what somebody answered; "" if nobody did."""
    if change.after.why and change.after.why != change.before.why:
        return change.after.why
    said = situation.said(NAME, about(goal))
    since = situation.calendar.midnight(change.day)
    own = [each for each in said if each.at >= since and each.version in (None, change.after.version)]
    return str(own[-1].values["reason"]) if own else ""


def _asks(situation: Situation) -> Iterator[Ask]:
    first = situation.today - _LATELY
    for goal in situation.organisation.goals:
        history = situation.histories.get(goal.id, ())
        changes = day_changes(history, situation.calendar, situation.today) if len(history) > 1 else ()
        for change in (each for each in changes if each.material and each.day >= first):
            if not change.after.why or change.after.why == change.before.why:
                yield _ask(situation, goal, change)


def _ask(situation: Situation, goal: Goal, change: DayChange) -> Ask:
    calendar, occasion = situation.calendar, f"{change.day.isoformat()} {change.after.version}"
    closes = working_days_later(calendar, change.day, _OPEN_FOR) + timedelta(days=1)
    return Ask(
        id=ask_id(NAME, about(goal), goal.owner, occasion),
        kind=NAME,
        person=goal.owner,
        about=about(goal),
        occasion=occasion,
        sheet=_SHEET,
        opens=max(change.after.since, calendar.midnight(change.day)),
        closes=calendar.midnight(closes),
        question=(Changed(change.before, change.after),),
        goal=goal.id,
        version=change.after.version,
    )


def _unasked(situation: Situation, subject: About, person: str) -> Sheet | None:
    """The owner may say it at any time."""
    goal = situation.goal(subject.id) if subject.topic is Topic.GOAL else None
    return _SHEET if goal and person == goal.owner else None


KIND = Kind(NAME, VERB, _asks, _unasked, example="the vendor delivers later", fields=FIELDS)
