"""Asks what becomes of an input: the owner of its goal, or whoever is responsible for inputs about no goal."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sync_agent.ask.history import present
from sync_agent.ask.identity.ids import ask_id
from sync_agent.ask.inputs import settled
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds import feedback, objection, one_on_one
from sync_agent.ask.rounds.inputs import outcome_span, round_inputs
from sync_agent.ask.spans import working_days_later
from sync_agent.model.asking import (
    About,
    Answer,
    Ask,
    InOwnWords,
    Input,
    InputOutcome,
    Meaning,
    OutcomeKind,
    SaidBy,
    Topic,
)
from sync_agent.model.asking.fields import Choice, FreeText, Option, Sheet

NAME, VERB = "outcome", "outcome"
OPEN_FOR = 10
"""Working days within which an input gets its outcome."""

_LABELS = {
    OutcomeKind.ADOPTED: "Adopted",
    OutcomeKind.DECLINED: "Declined",
    OutcomeKind.LATER: "Later",
    OutcomeKind.MERGED: "Part of another input",
}
_NEEDS = {OutcomeKind.DECLINED: ("reason",), OutcomeKind.MERGED: ("into",)}
SHEET = Sheet((
    Choice(
        name="outcome",
        label="What becomes of it",
        options=tuple(Option(kind.value, label, _NEEDS.get(kind, ())) for kind, label in _LABELS.items()),
    ),
    FreeText(name="into", label="Into", lead="into", required=False, lines=False, longest=40,
         help="The goal's version, or the other input"),
    FreeText(name="reason", label="Why", required=False, help="The author reads it"),
))  # fmt: skip


def inputs(situation: Situation) -> tuple[Input, ...]:
    """Everything that people contributed."""
    unasked = situation.of_kind(feedback.NAME, one_on_one.NAME, objection.NAME)
    return (*map(feedback.said, unasked), *round_inputs(situation))


def outcomes(situation: Situation) -> tuple[InputOutcome, ...]:
    """What became of the inputs, where somebody has said so or a goal is there `because` of one."""
    return (*map(_outcome, situation.of_kind(NAME)), *_taken_up(situation))


def _taken_up(situation: Situation) -> Iterator[InputOutcome]:
    """Adopted into the goal's present version, on the day on which that was configured; never before it was said."""
    goals = [goal for goal in situation.organisation.goals if goal.because]
    given = {each.id: each for each in inputs(situation)} if goals else {}
    for goal in goals:
        now = present(situation.histories.get(goal.id, ()))
        for each in (given[name] for name in goal.because if name in given):
            at = max(each.at, now.since) if now else each.at
            yield InputOutcome(each.id, OutcomeKind.ADOPTED, goal.owner, at, into=situation.versions.get(goal.id))


def _asks(situation: Situation) -> Iterator[Ask]:
    every = inputs(situation)
    ended = settled(every, outcomes(situation))
    for each in every:
        end = ended.get(each.id)
        for person in situation.responsible(each.about):
            if (
                person != each.person or each.about.topic is Topic.ROUND
            ):  # Nobody else waits for what they note themselves.
                yield _ask(situation, each, person, end.at if end else None)


def _ask(situation: Situation, each: Input, person: str, ended: datetime | None) -> Ask:
    about, (opens, closes) = About(Topic.INPUT, each.id), outcome_span(situation, each) or _span(situation, each)
    said_by = (SaidBy(each.person, each.visibility.value),) if each.visibility else ()
    return Ask(
        id=ask_id(NAME, about, person, ""),
        kind=NAME,
        person=person,
        about=about,
        occasion="",
        sheet=SHEET,
        opens=opens,
        closes=closes,
        question=(InOwnWords(each.text), *said_by),
        goal=each.about.id if each.about.topic is Topic.GOAL else "",
        settled=ended,
    )


def _span(situation: Situation, each: Input) -> tuple[datetime, datetime]:
    calendar = situation.calendar
    last = working_days_later(calendar, calendar.day(each.at), OPEN_FOR)
    return each.at, calendar.midnight(last + timedelta(days=1))


def _unasked(situation: Situation, about: About, person: str) -> Sheet | None:
    """Whoever is responsible for an input may settle it at any time, early or late."""
    each = next((each for each in inputs(situation) if About(Topic.INPUT, each.id) == about), None)
    return SHEET if each and person in situation.responsible(each.about) else None


def _means(_situation: Situation, answer: Answer) -> Iterator[Meaning]:
    yield _outcome(answer)


def _outcome(answer: Answer) -> InputOutcome:
    values = answer.values
    into = values.get("into")
    return InputOutcome(
        answer.about.id, OutcomeKind(str(values["outcome"])), answer.person, answer.at,
        str(values.get("reason", "")), None if into is None else str(into),
    )  # fmt: skip


KIND = Kind(NAME, VERB, _asks, _unasked, _means, example="declined and why", fields=SHEET.fields)
