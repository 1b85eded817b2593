"""What a goal needs from somebody by a day. They accept, name another day or decline, and later say that it is done."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from sync_agent.ask.identity.ids import ask_id, need_id
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds.check_in import needs_said
from sync_agent.ask.spans import working_days_later
from sync_agent.ask.states import in_force
from sync_agent.model import Need
from sync_agent.model.asking import (
    About,
    Answer,
    Ask,
    Meaning,
    NeedReply,
    NeedState,
    Reply,
    Topic,
    Wanted,
)
from sync_agent.model.asking.fields import Choice, Day, FreeText, Option, Sheet

NAME, VERB = "need", "need"
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


def about(need: Need) -> About:
    """What the questions about a need are about."""
    return About(Topic.NEED, need_id(need))


def replies(need: Need, answers: Iterable[Answer]) -> tuple[NeedReply, ...]:
    """What was said to a need in time, oldest first."""
    own = (answer for answer in answers if answer.kind == NAME and answer.about == about(need))
    return tuple(_reply(answer) for answer in in_force(own) if not answer.late)


def state(need: Need, answers: Iterable[Answer], today: date) -> NeedState:
    """Where a need stands. An answer holds for the day that was asked for. If the day is moved, they are asked again,
    unless they themselves named that day or an earlier one.
    """
    own = [a for a in in_force(answers) if a.kind == NAME and a.about == about(need) and not a.late]
    if not own:
        return NeedState.ASKED
    last, present = own[-1], own[-1].ask in (_id(need, False), _id(need, True))
    reply = _reply(last)
    agreed = present if reply.reply is Reply.ACCEPT else bool(reply.day and reply.day <= need.by)
    if reply.reply is Reply.DONE:
        return NeedState.DONE
    if agreed:
        return NeedState.LATE if today > need.by else NeedState.ACCEPTED
    if not present:
        return NeedState.ASKED
    return NeedState.DECLINED if reply.reply is Reply.DECLINE else NeedState.COUNTERED


def late(situation: Situation) -> tuple[Need, ...]:
    """Needs that were accepted and whose day is over. They make a goal slip."""
    return tuple(need for need in needs(situation) if _state(situation, need) is NeedState.LATE)


def _state(situation: Situation, need: Need) -> NeedState:
    return state(need, situation.said(NAME, about(need)), situation.today)


def _asks(situation: Situation) -> Iterator[Ask]:
    for need in needs(situation):
        yield _first(situation, need)
        answered = any(answer.ask == _id(need, True) for answer in situation.said(NAME, about(need)))
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
        id=_id(need, is_late),
        kind=NAME,
        person=need.giver,
        about=about(need),
        occasion=_occasion(need, is_late),
        sheet=sheet(offered),
        opens=span[0],
        closes=span[1],
        question=(Wanted(need.what, need.by, need.asker, is_late),),
        minutes=_MINUTES,
        goal=need.goal,
        version=situation.versions.get(need.goal),
    )


def _occasion(need: Need, is_late: bool) -> str:
    return f"{need.by.isoformat()}{' late' if is_late else ''}"


def _id(need: Need, is_late: bool) -> str:
    return ask_id(NAME, about(need), need.giver, _occasion(need, is_late))


def ask_of(need: Need) -> str:
    """The id of the question whether the need will be met."""
    return _id(need, False)


def sheet(offered: Iterable[Reply]) -> Sheet:
    """The fields, with the replies to choose from."""
    options = tuple(Option(reply.value, _LABELS[reply], _NEEDS.get(reply, ())) for reply in offered)
    return Sheet((
        Choice(name="reply", label="Answer", options=options),
        Day(name="day", label="Another day", required=False, help="When it will be there instead"),
        FreeText(name="reason", label="Why", required=False),
    ))  # fmt: skip


def _reply(answer: Answer) -> NeedReply:
    values = answer.values
    day = values.get("day")
    return NeedReply(
        answer.about.id, answer.person, answer.at, Reply(str(values["reply"])),
        day if isinstance(day, date) else None, str(values.get("reason", "")),
    )  # fmt: skip


def _means(_situation: Situation, answer: Answer) -> Iterator[Meaning]:
    yield _reply(answer)


KIND = Kind(NAME, VERB, _asks, means=_means, example="accept", fields=sheet(Reply).fields)
