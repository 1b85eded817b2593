"""What was asked and said about one goal, as a page for a folder of records."""

from collections.abc import Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from sync_agent.ask.states import in_force
from sync_agent.model import Goal, Organisation
from sync_agent.model.asking import Answer
from sync_agent.model.asking.fields import Value
from sync_agent.render.markup.document import Block, Heading, Strong, bullets, paragraph
from sync_agent.render.markup.markdown import markdown

_DOORS = {"comment": "in a comment", "mail": "by mail", "form": "by form", "terminal": "noted by somebody for them"}


def goal_page(goal: Goal, answers: Iterable[Answer], organisation: Organisation) -> str:
    """Markdown. `answers` are those about the goal. The same answers give the same page on any day."""
    return markdown(tuple(_blocks(goal, list(answers), organisation)))


def _blocks(goal: Goal, answers: list[Answer], organisation: Organisation) -> Iterator[Block]:
    yield Heading(goal.objective)
    owner = organisation.people.get(goal.owner)
    named = f"{goal.period.name}, " if goal.period.name else ""
    period = f"{named}{goal.period.start.isoformat()} to {goal.period.due.isoformat()}"
    yield paragraph(f"{goal.id}, {period}, owner: {owner.name if owner else goal.owner}.")
    counting = {answer.origin for answer in in_force(answers) if not answer.late}
    said = [
        _said(answer, organisation, counts=answer.origin in counting) for answer in answers if not answer.takes_back
    ]
    if not said:
        yield paragraph("Nobody has been asked or has said anything.")
    yield from bullets(said, len(said) or 1)


def _said(answer: Answer, organisation: Organisation, *, counts: bool) -> list[str | Strong]:
    person = organisation.people.get(answer.person)
    at = answer.at.astimezone(ZoneInfo(organisation.timezone))
    words = "; ".join(f"{name}: {_value(value)}" for name, value in answer.values.items())
    rest = "" if counts else " (late: does not count)" if answer.late else " (taken back)"
    who = person.name if person else answer.person
    return [Strong(f"{at:%Y-%m-%d} {who}"), f", {answer.kind}, {_DOORS[answer.door.value]}{rest}: {words}"]


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_value, value))
    if isinstance(value, Mapping):
        return " ".join(f"{name} {_value(each)}" for name, each in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
