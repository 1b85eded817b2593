"""What people say about a goal without having been asked. It is filed with the goal, and an outcome is owed."""

from collections.abc import Iterator

from sync_agent.ask.inputs import input_of
from sync_agent.ask.kind import Kind, Situation
from sync_agent.model.asking import About, Answer, Input, Meaning, Topic
from sync_agent.model.asking.fields import FreeText, Sheet

NAME, VERB = "feedback", "feedback"
_SHEET = Sheet((FreeText(name="text", label="Feedback", help="What you would like to be known or changed"),))


def _unasked(situation: Situation, about: About, person: str) -> Sheet | None:
    """Everybody in the configuration may say something about a goal."""
    known = person in situation.organisation.people
    return _SHEET if known and about.topic is Topic.GOAL and situation.goal(about.id) else None


def _means(_situation: Situation, answer: Answer) -> Iterator[Meaning]:
    yield said(answer)


def said(answer: Answer) -> Input:
    """What was said, as an input."""
    return input_of(answer, str(answer.values["text"]))


KIND = Kind(NAME, VERB, unasked=_unasked, means=_means, fields=_SHEET.fields)
