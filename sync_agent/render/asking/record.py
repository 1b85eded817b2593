"""What was asked and said of one goal, who works on it and who wants quiet: a page for a folder of records."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sync_agent.ask.kinds import every_kind
from sync_agent.ask.states import counted, in_force
from sync_agent.model import Acknowledgement, Goal, Organisation, Silence
from sync_agent.model.asking import Answer, Ask, AskTold, Step, Wanted
from sync_agent.model.asking.fields import Value
from sync_agent.model.versions import SHOWN
from sync_agent.render.markup.document import Block, Heading, Strong, bullets, paragraph
from sync_agent.render.markup.markdown import markdown

_DOORS = {"comment": "in a comment", "mail": "by mail", "form": "by form", "terminal": "noted by somebody for them"}
_STEPS = {Step.ASK: "asked", Step.REMIND: "reminded"}


@dataclass(frozen=True, slots=True)
class GoalRecord:
    """What the store holds of one goal: its questions, with what people heard of them and since when some are not
    wanted; the answers; and who works on it or wants quiet.
    """

    asks: Sequence[Ask] = ()
    told: Sequence[AskTold] = ()
    withdrawn: Mapping[str, datetime] = field(default_factory=dict)
    answers: Sequence[Answer] = ()
    acknowledgements: Sequence[Acknowledgement] = ()
    silences: Sequence[Silence] = ()


def goal_page(goal: Goal, kept: GoalRecord, organisation: Organisation) -> str:
    """Markdown. The same record gives the same page, on any day."""
    return markdown(tuple(_blocks(goal, kept, _Page(organisation))))


def _blocks(goal: Goal, kept: GoalRecord, page: "_Page") -> Iterator[Block]:
    yield Heading(goal.objective)
    named = f"{goal.period.name}, " if goal.period.name else ""
    period = f"{named}{goal.period.start.isoformat()} to {goal.period.due.isoformat()}"
    yield paragraph(f"{goal.id}, {period}, owner: {page.name(goal.owner)}.")
    parts: Mapping[str, list[_Line]] = {
        "What was asked": [page.asked(ask, kept) for ask in kept.asks],
        "What was said": list(page.said(kept.answers)),
        "Who works on it": [page.acknowledged(each) for each in kept.acknowledgements],
        "Silences": [page.silenced(each) for each in kept.silences],
    }
    for title, lines in parts.items():
        if lines:
            yield Heading(title)
            yield from bullets(lines, len(lines))
    if not any(parts.values()):
        yield paragraph("Nobody has been asked or has said anything.")


_Line = list[str | Strong]


class _Page:
    """Puts what is kept into lines, by the organisation's clock."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation

    def name(self, person: str) -> str:
        """Their name, as far as they are still configured."""
        found = self._organisation.people.get(person)
        return found.name if found else person

    def asked(self, ask: Ask, kept: GoalRecord) -> _Line:
        """`2026-11-24 Ines Rocha, need “a load test”, open until 2026-12-15, reminded 2026-12-01: answered`."""
        told = [each for each in kept.told if each.ask == ask.id]
        wanted = next((f" “{part.what}”" for part in ask.question if isinstance(part, Wanted)), "")
        last = self._day(ask.closes - timedelta(microseconds=1))
        heard = "".join(f", {_STEPS[t.step]} {self._day(t.at)}{self._else(t, ask)}" for t in told if t.step in _STEPS)
        end = "answered" if counted(ask, kept.answers) else "no answer"
        end = f"not wanted since {self._day(gone)}" if (gone := kept.withdrawn.get(ask.id)) else end
        first = min((each.at for each in told), default=ask.opens)
        return [self._who(first, ask.person), f", {ask.kind}{wanted}, open until {last}{heard}: {end}"]

    def said(self, answers: Sequence[Answer]) -> Iterator[_Line]:
        """What people answered, or said unasked."""
        counting = {answer.origin for answer in in_force(answers) if not answer.late}
        for answer in (each for each in answers if not each.takes_back):
            words = "; ".join(f"{name}: {_value(value)}" for name, value in answer.values.items())
            rest = "" if answer.origin in counting else " (late: does not count)" if answer.late else " (taken back)"
            how = f", {answer.kind}{_of_version(answer)}, {_DOORS[answer.door.value]}{rest}: {words}"
            yield [self._who(answer.at, answer.person), how]

    def acknowledged(self, found: Acknowledgement) -> _Line:
        """Of everything that was open then, or of one finding."""
        what = f", {found.target.kind.value} {found.target.subject or ''}".rstrip() if found.target.kind else ""
        until = f", until {self._day(found.until)}" if found.until else ""
        return [self._who(found.at, found.by), f"{what}{until}: {found.reason or 'no reason given'}"]

    def silenced(self, found: Silence) -> _Line:
        """From when until when, and why."""
        return [self._who(found.begins, found.by), f", until {self._day(found.until)}: {found.reason}"]

    def _else(self, told: AskTold, ask: Ask) -> str:
        return "" if told.person == ask.person else f" ({self.name(told.person)} in their place)"

    def _who(self, at: datetime, person: str) -> Strong:
        return Strong(f"{self._day(at)} {self.name(person)}")

    def _day(self, at: datetime) -> str:
        return f"{at.astimezone(ZoneInfo(self._organisation.timezone)):%Y-%m-%d}"


def _of_version(answer: Answer) -> str:
    kind = every_kind().get(answer.kind)
    return f" of version {answer.version[:SHOWN]}" if kind and kind.of_version and answer.version else ""


def _value(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_value, value))
    if isinstance(value, Mapping):
        return " ".join(f"{name} {_value(each)}" for name, each in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)
