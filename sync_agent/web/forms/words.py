"""Questions and answers in words, for the pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sync_agent.ask.fields.values import plain_number
from sync_agent.ask.kind import Situation
from sync_agent.ask.rounds.steps import found_step
from sync_agent.model.asking import Answer, Ask
from sync_agent.model.asking.fields import (
    AnyField,
    Choice,
    Group,
    ListOf,
    Number,
    Percent,
    Sheet,
    Single,
    Someone,
    Value,
)
from sync_agent.render.asking.asks import say_grounds, say_question
from sync_agent.render.rounds.promises import promises
from sync_agent.render.rounds.questions import of_round
from sync_agent.words import say_day


@dataclass(frozen=True, slots=True)
class Words:
    """The words for readers of one organisation on one day."""

    situation: Situation

    def name(self, person: str) -> str:
        """A person's name."""
        known = self.situation.organisation.people.get(person)
        return known.name if known else person

    def day(self, at: datetime) -> str:
        """`24 Nov`."""
        return self._date(self.situation.calendar.day(at))

    def title(self, ask: Ask) -> str:
        """What a question is about: the goal's or round's own words, or else the kind of question."""
        goal, of = self.situation.goal(ask.goal), of_round(ask)
        return goal.objective if goal else of.title if of else ask.kind.capitalize()

    def promises(self, ask: Ask) -> tuple[str, ...]:
        """What an anonymous survey promises, and what not."""
        of, roll = of_round(ask), self.situation.rolls.get(ask.about.id)
        found = found_step(self.situation.organisation, ask.about)
        asked = roll.electorate if roll else found[1].invited if found else ()
        return tuple(promises(self.name(of.listener), len(asked))) if of else ()

    def question(self, ask: Ask, reader: str) -> tuple[str, ...]:
        """The question and what it rests on, one sentence for each part."""
        place, now = self.situation.organisation, self.situation.now
        return (say_question(ask, place, now), *say_grounds(ask, place, now, reader))

    def answer(self, answer: Answer, sheet: Sheet | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What was said, with the labels of the fields; without fields, as it was written."""
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
