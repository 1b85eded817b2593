"""What a goal needs from somebody by a day. They accept, name another day or decline, and later say that it is done."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sync_agent.ask.identity.ids import need_id
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds.check_in import needs_said
from sync_agent.ask.needs import NAME, about, ask_of, occasion, reply_of, state
from sync_agent.ask.spans import working_days_later
from sync_agent.model import Need
from sync_agent.model.asking import (
    Answer,
    Ask,
    Meaning,
    NeedState,
    Reply,
    Wanted,
)
from sync_agent.model.asking.fields import Choice, Day, FreeText, Option, Sheet

VERB = "need"
_MINUTES = 2
_OPEN_WHEN_LATE = 5
_LABELS = {
    Reply.ACCEPT: "I will do it by then",
    Reply.COUNTER: "By another day",
    Reply.DECLINE: "I will not",
    Reply.DONE: "It is done",
}
_NEEDS = {Reply.COUNTER: ("day",), Reply.DECLINE: ("reason",)}


def needs(situation: Situation) -> tuple[Need, ...]:
    """All needs of configured goals: those written in the goals, and those that only check-ins named."""
    said = needs_said(situation.of_kind("check-in"), situation.calendar)
    every = {need_id(need): need for need in (*said, *situation.needs)}
    return tuple(need for need in every.values() if situation.goal(need.goal))


def late(situation: Situation) -> tuple[Need, ...]:
    """Needs that were accepted and whose day is over. They make a goal slip."""
    return tuple(need for need in needs(situation) if _state(situation, need) is NeedState.LATE)


def _state(situation: Situation, need: Need) -> NeedState:
    return state(need, situation.said(NAME, about(need)), situation.today)


def _asks(situation: Situation) -> Iterator[Ask]:
    for need in needs(situation):
        yield _first(situation, need)
        answered = any(answer.ask == ask_of(need, is_late=True) for answer in situation.said(NAME, about(need)))
        if answered or _state(situation, need) is NeedState.LATE:
            yield _when_late(situation, need)


def _first(situation: Situation, need: Need) -> Ask:
    """“Will you?” Open from when the need was named, or the goal's period began, until the end of its day."""
    calendar, goal = situation.calendar, situation.goal(need.goal)
    assert goal
    opens = min(need.since or goal.period.start, need.by)
    span = calendar.midnight(opens), calendar.midnight(need.by + timedelta(days=1))
    return _ask(situation, need, span, (Reply.ACCEPT, Reply.COUNTER, Reply.DECLINE, Reply.DONE), is_late=False)


def _when_late(situation: Situation, need: Need) -> Ask:
    """“Is it done?” Asked when the day that was accepted is over."""
    calendar = situation.calendar
    closes = working_days_later(calendar, need.by, _OPEN_WHEN_LATE) + timedelta(days=1)
    span = calendar.midnight(need.by + timedelta(days=1)), calendar.midnight(closes)
    return _ask(situation, need, span, (Reply.DONE, Reply.COUNTER, Reply.DECLINE), is_late=True)


def _ask(
    situation: Situation, need: Need, span: tuple[datetime, datetime], offered: tuple[Reply, ...], *, is_late: bool
) -> Ask:
    return Ask(
        id=ask_of(need, is_late=is_late),
        kind=NAME,
        person=need.giver,
        about=about(need),
        occasion=occasion(need, is_late=is_late),
        sheet=sheet(offered),
        opens=span[0],
        closes=span[1],
        question=(Wanted(need.what, need.by, need.asker, is_late),),
        minutes=_MINUTES,
        goal=need.goal,
        version=situation.versions.get(need.goal),
    )


def sheet(offered: Iterable[Reply]) -> Sheet:
    """The fields, with the replies to choose from."""
    options = tuple(Option(reply.value, _LABELS[reply], _NEEDS.get(reply, ())) for reply in offered)
    return Sheet((
        Choice(name="reply", label="Answer", options=options),
        Day(name="day", label="Another day", required=False, help="When it will be there instead"),
        FreeText(name="reason", label="Why", required=False),
    ))  # fmt: skip


def _means(_situation: Situation, answer: Answer) -> Iterator[Meaning]:
    yield reply_of(answer)


KIND = Kind(NAME, VERB, _asks, means=_means, example="accept", fields=sheet(Reply).fields)
