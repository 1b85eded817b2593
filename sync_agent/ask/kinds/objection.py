"""Objections to the new wording of a goal. Titles are not part of what is agreed, so nobody signs them; people are told
once, and may object.
"""

from sync_agent.ask.history import day_changes
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds import feedback
from sync_agent.ask.spans import working_days_later
from sync_agent.model.asking import About, Answer, Topic
from sync_agent.model.asking.fields import FreeText, Sheet
from sync_agent.model.versions import DayChange, Retitled

NAME, VERB = "objection", "object"
OPEN_FOR = 5
"""Working days."""
_SHEET = Sheet((FreeText(name="text", label="Objection", help="What you have against the new words"),))


def retitled(situation: Situation, goal: str) -> tuple[Retitled, ...]:
    """The days on which titles of a goal changed, each with those who objected in time, oldest first."""
    history, calendar = situation.histories.get(goal, ()), situation.calendar
    changes = day_changes(history, calendar, situation.today) if len(history) > 1 else ()
    return tuple(_retitled(situation, each) for each in changes if _other_words(each))


def _other_words(change: DayChange) -> bool:
    """Whether a key result that existed before has another title."""
    before, after = change.before.titles, change.after.titles
    return any(after.get(name, title) != title for name, title in before.items())


def _retitled(situation: Situation, change: DayChange) -> Retitled:
    calendar = situation.calendar
    until = working_days_later(calendar, change.day, OPEN_FOR)
    found = (a for a in _objections(situation, change.after.goal) if change.day <= calendar.day(a.at) <= until)
    return Retitled(change, until, tuple(dict.fromkeys(answer.person for answer in found)))


def _objections(situation: Situation, goal: str) -> tuple[Answer, ...]:
    return situation.said(NAME, About(Topic.GOAL, goal))


KIND = Kind(NAME, VERB, unasked=feedback.KIND.unasked, means=feedback.KIND.means, fields=_SHEET.fields)
