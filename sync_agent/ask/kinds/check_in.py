"""Asks the owner how a goal goes: every `check_in_every`, and when what they said differs from what is seen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sync_agent.ask.identity.ids import ask_id
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.spans import working_days_later
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Assessment, CheckIn, Goal, Need, Signal, SignalKind
from sync_agent.model.asking import (
    About,
    Answer,
    Ask,
    Evidenced,
    GoalCheckIn,
    Meaning,
    QuestionPart,
    SaidEarlier,
    Topic,
)
from sync_agent.model.asking.fields import Day, FreeText, Group, ListOf, Percent, Sheet, Shortcut, Someone

NAME, VERB = "check-in", "checkin"
STILL_TRUE = "still true"
_OPEN_FOR = 5
_MINUTES = 2

_NEED = Group(
    name="need",
    label="Need",
    parts=(
        FreeText(name="what", label="what", lines=False, longest=200),
        Someone(name="from", label="from", lead="from"),
        Day(name="by", label="by", lead="by"),
    ),
)
FIELDS = (
    Percent(name="confidence", label="Confidence", help="How likely it is that the goal is reached in time"),
    FreeText(name="note", label="What has changed", required=False),
    ListOf(
        name="needs",
        label="Needs",
        lead="needs",
        help="What would remove an obstacle, from whom, by when",
        of=_NEED,
        required=False,
        most=10,
    ),
)


@dataclass(frozen=True, slots=True)
class _Window:
    """The days on which a check-in is wanted: from when it is due to the day before the next one is."""

    due: date
    last: date


def about(goal: Goal) -> About:
    """What the questions about a goal are about."""
    return About(Topic.GOAL, goal.id)


def check_ins(goal: Goal, answers: Iterable[Answer], calendar: Calendar) -> tuple[CheckIn, ...]:
    """What was said of a goal in its file and in `answers`, oldest first; the newest of each person and day. Late
    answers do not count.
    """
    heard = (_check_in(answer, calendar.day(answer.at)) for answer in answers if not answer.late)
    newest = {(each.on, each.by): each for each in (*goal.check_ins, *heard)}
    return tuple(sorted(newest.values(), key=lambda each: each.on))


def needs_said(answers: Iterable[Answer], calendar: Calendar) -> tuple[Need, ...]:
    """The needs that check-ins named. For each need, the newest check-in counts."""
    said = (need for answer in answers for need in _needs(answer, calendar.day(answer.at)) if not answer.late)
    return tuple({(need.goal, need.giver, need.what.casefold()): need for need in said}.values())


def _asks(situation: Situation) -> Iterator[Ask]:
    calendar = situation.calendar
    for goal in situation.organisation.goals:
        said = check_ins(goal, situation.said(NAME, about(goal)), calendar)
        regular = [_regular(situation, goal, said, window) for window in _windows(goal, said, situation)]
        yield from regular
        if not any(ask.opens <= situation.now < ask.closes and not ask.settled for ask in regular):
            yield from _differing(situation, goal, said)


def _windows(goal: Goal, said: Sequence[CheckIn], situation: Situation) -> Iterator[_Window]:
    """Every window in which a check-in was or will be due, up to the first that is still to come. Each counts from the
    last check-in, whoever made it and wherever.
    """
    days, period, today = goal.rules.check_in_days, goal.period, situation.today
    if not days:
        return
    step, anchor = timedelta(days=days), period.start
    spoken = [each.on for each in said if period.start <= each.on <= today]
    for until in (*spoken, None):
        due = _first_due(anchor, step, situation.over)
        while due <= min(period.due, until or max(today, anchor) + step):
            yield _Window(due, min(due + step - timedelta(days=1), period.due))
            if until is None and due > today:
                break
            due += step
        anchor = until or anchor


def _first_due(anchor: date, step: timedelta, over: date | None) -> date:
    """The first day, in steps from `anchor`, whose window is not over by then."""
    skipped = (over - anchor) // step - 1 if over else 0
    return anchor + step * (1 + max(skipped, 0))


def _regular(situation: Situation, goal: Goal, said: Sequence[CheckIn], window: _Window) -> Ask:
    calendar = situation.calendar
    before = [each for each in said if each.on < window.due]
    within = next((each.on for each in said if window.due <= each.on <= window.last), None)
    span = calendar.midnight(window.due), calendar.midnight(window.last + timedelta(days=1))
    ask = _ask(situation, goal, window.due.isoformat(), span, before)
    return replace(ask, settled=calendar.midnight(within)) if within else ask


def _differing(situation: Situation, goal: Goal, said: Sequence[CheckIn]) -> Iterator[Ask]:
    """A question, as long as the newest check-in names another health than the evidence shows. Whoever has spoken since
    then has already said what they think of it.
    """
    assessment = situation.assessments.get(goal.id)
    signal = next((s for s in assessment.signals if s.kind is SignalKind.REPORTED), None) if assessment else None
    if signal is None or not said:
        return
    opens, calendar = _known_since(situation, signal), situation.calendar
    if said[-1].on < calendar.day(opens):
        closes = calendar.midnight(working_days_later(calendar, calendar.day(opens), _OPEN_FOR) + timedelta(days=1))
        yield _ask(situation, goal, f"differs {said[-1].on.isoformat()}", (opens, closes), said, differs=True)


def _known_since(situation: Situation, signal: Signal) -> datetime:
    return situation.since.get(signal.identity) or signal.since or situation.calendar.midnight(situation.today)


def _ask(
    situation: Situation, goal: Goal, occasion: str, span: tuple[datetime, datetime], said: Sequence[CheckIn],
    *, differs: bool = False,
) -> Ask:  # fmt: skip
    last = said[-1] if said else None
    return Ask(
        id=ask_id(NAME, about(goal), goal.owner, occasion),
        kind=NAME,
        person=goal.owner,
        about=about(goal),
        occasion=occasion,
        sheet=_sheet(last),
        opens=span[0],
        closes=span[1],
        question=_question(situation.assessments.get(goal.id), last, differs=differs),
        minutes=_MINUTES,
        goal=goal.id,
        version=situation.versions.get(goal.id),
    )


def _sheet(last: CheckIn | None) -> Sheet:
    """The fields. If there is an earlier check-in, one may also say that it is still true."""
    if last is None:
        return Sheet(FIELDS)
    values = {"confidence": round(last.confidence * 100, 6)} | ({"note": last.text} if last.text else {})
    return Sheet(FIELDS, (Shortcut(STILL_TRUE, values),))


def _question(assessment: Assessment | None, last: CheckIn | None, *, differs: bool) -> tuple[QuestionPart, ...]:
    """`We see at risk, 55 %, blocked by SHOP-77; you said 80 % two weeks ago`, as values."""
    seen = (_evidenced(assessment),) if assessment else ()
    return (*seen, SaidEarlier(last, differs)) if last else seen


def _evidenced(assessment: Assessment) -> Evidenced:
    blocked = tuple(dict.fromkeys(s.subject for s in assessment.signals if s.kind is SignalKind.BLOCKED))
    chance = assessment.forecast.on_time if assessment.forecast else None
    return Evidenced(assessment.health, assessment.progress, chance, blocked)


def _unasked(situation: Situation, subject: About, person: str) -> Sheet | None:
    """The owner and the stakeholders may say at any time how a goal goes."""
    goal = situation.goal(subject.id) if subject.topic is Topic.GOAL else None
    if goal is None or person not in (goal.owner, *goal.stakeholders):
        return None
    own = [s for s in check_ins(goal, situation.said(NAME, subject), situation.calendar) if s.by == person]
    return _sheet(own[-1] if own else None)


def _means(situation: Situation, answer: Answer) -> Iterator[Meaning]:
    day = situation.calendar.day(answer.at)
    yield GoalCheckIn(answer.about.id, _check_in(answer, day))
    yield from _needs(answer, day)


def _check_in(answer: Answer, day: date) -> CheckIn:
    confidence = answer.values["confidence"]
    assert isinstance(confidence, (int, float))
    return CheckIn(day, answer.person, confidence / 100, str(answer.values.get("note", "")))


def _needs(answer: Answer, day: date) -> Iterator[Need]:
    needs = answer.values.get("needs", ())
    assert isinstance(needs, tuple)
    for each in needs:
        assert isinstance(each, dict)
        yield Need(answer.about.id, str(each["from"]), str(each["what"]), each["by"], answer.person, day)


KIND = Kind(NAME, VERB, _asks, _unasked, _means, carries_on=True, example="70 waiting for the contract", fields=FIELDS)
