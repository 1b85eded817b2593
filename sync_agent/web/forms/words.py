"""Questions, answers and mistakes in words, for the pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sync_agent.ask.kind import Situation
from sync_agent.ask.mistakes import FieldMistake, Wrong
from sync_agent.ask.values import plain_number
from sync_agent.model.asking import Answer, Ask, Evidenced, InOwnWords, SaidEarlier, Wanted
from sync_agent.model.fields import AnyField, Choice, Group, ListOf, Number, Percent, Sheet, Single, Someone, Value
from sync_agent.render.asks import say_question
from sync_agent.words import say_day, say_percent

_WRONG: Mapping[Wrong, str] = {
    Wrong.MISSING: "This is missing.",
    Wrong.NOT_A_NUMBER: "This is not a number. Right would be: {right}.",
    Wrong.AMBIGUOUS_NUMBER: "This could be two numbers. Write one of: {right}.",
    Wrong.NOT_WHOLE: "This has to be a whole number: {right}.",
    Wrong.TOO_SMALL: "This is too small. Right would be: {right}.",
    Wrong.TOO_LARGE: "This is too large. Right would be: {right}.",
    Wrong.NO_SUCH_OPTION: "Choose one of: {right}.",
    Wrong.NOT_A_DAY: "This is no day that can be told for sure. Write it like {right}.",
    Wrong.TOO_EARLY: "This day is too early. Right would be: {right}.",
    Wrong.TOO_LATE: "This day is too late. Right would be: {right}.",
    Wrong.NO_SUCH_PERSON: "Nobody is known by that name, or more than one is. Write their name, login or address.",
    Wrong.TOO_LONG: "This is too long: {right} characters at most.",
    Wrong.TOO_MANY: "These are too many: {right} at most.",
    Wrong.TWICE: "There can only be one.",
    Wrong.LEFT_OVER: "This cannot be placed: {said}",
}


Grounds = Evidenced | SaidEarlier | InOwnWords
"""What a question rests on; what is `Wanted` is the question itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """Says things for readers of one organisation, as of one day."""

    situation: Situation

    def name(self, person: str) -> str:
        """A person's name."""
        known = self.situation.organisation.people.get(person)
        return known.name if known else person

    def day(self, at: datetime) -> str:
        """`24 Nov`."""
        return self._date(self.situation.calendar.day(at))

    def title(self, ask: Ask) -> str:
        """What a question is about: the goal in its own words, else the kind of question."""
        goal = self.situation.goal(ask.goal)
        return goal.objective if goal else ask.kind.capitalize()

    def question(self, ask: Ask) -> tuple[str, ...]:
        """The question, and what it rests on, a sentence for each part."""
        asked = say_question(ask, self.situation.organisation, self.situation.now)
        return (asked, *(self._part(part, ask) for part in ask.question if not isinstance(part, Wanted)))

    def answer(self, answer: Answer, sheet: Sheet | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What was said, by the labels of the fields; without fields as it was written."""
        fields = {field.name: field for field in sheet.fields} if sheet else {}
        if not fields:
            return (("Your words", (answer.raw,)),) if answer.raw else ()
        said = ((fields[name], value) for name, value in answer.values.items() if name in fields)
        return tuple((field.label, tuple(self._values(field, value))) for field, value in said)

    def shortcut(self, words: str, values: Mapping[str, Value], sheet: Sheet) -> str:
        """`still true: 80%, tests are left`."""
        fields = {field.name: field for field in sheet.fields}
        said = (text for name, value in values.items() if name in fields for text in self._values(fields[name], value))
        return f"{words}: {', '.join(said)}"

    def _part(self, part: Grounds, ask: Ask) -> str:
        match part:
            case Evidenced():
                return f"The trackers show: {', '.join(_seen(part))}."
            case SaidEarlier():
                return self._earlier(part, ask)
            case InOwnWords():
                return part.text

    def _earlier(self, part: SaidEarlier, ask: Ask) -> str:
        said = part.check_in
        who = "You" if said.by == ask.person else self.name(said.by)
        words = f": “{said.text}”" if said.text else ""
        differs = " That is not what the trackers show now." if part.differs else ""
        return f"{who} said {say_percent(said.confidence)} on {self._date(said.on)}{words}.{differs}"

    def _values(self, field: AnyField, value: Value) -> Iterator[str]:
        single = field.of if isinstance(field, ListOf) else field
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(single, Group):
                assert isinstance(each, Mapping)
                parts = {part.name: part for part in single.parts}
                yield " ".join(f"{parts[name].lead} {self._value(parts[name], said)}".strip()
                               for name, said in each.items())  # fmt: skip
            else:
                yield self._value(single, each)

    def _value(self, field: Single, value: Value) -> str:
        match field, value:
            case Choice(), _:
                return next((option.label for option in field.options if option.id == value), str(value))
            case Percent(), float():
                return f"{plain_number(value)}%"
            case Number(), float():
                return f"{plain_number(value)} {field.unit}".strip()
            case Someone(), _:
                return self.name(str(value))
            case _, date():
                return self._date(value)
            case _:
                return str(value)

    def _date(self, day: date) -> str:
        return say_day(day, self.situation.today)


def say_mistake(mistake: FieldMistake) -> str:
    """What is wrong with a field and what would be right."""
    return _WRONG[mistake.wrong].format(right=mistake.right, said=mistake.said)


def _seen(part: Evidenced) -> Iterator[str]:
    yield part.health.value
    if part.progress is not None:
        yield f"{say_percent(part.progress)} done"
    if part.chance is not None:
        yield f"{say_percent(part.chance)} likely to be on time"
    if part.blocked_by:
        yield f"blocked by {', '.join(part.blocked_by)}"
