"""What the commands say about questions."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync_agent.ask.diary import Diary
from sync_agent.ask.fields.short import write_short
from sync_agent.ask.identity.ids import input_id
from sync_agent.ask.kinds import feedback, objection, one_on_one
from sync_agent.ask.quiet import minutes_a_week
from sync_agent.config import Settings
from sync_agent.decide.asking import AskEntry, Inquiry, entries
from sync_agent.judge.judge import kept_assessments
from sync_agent.model.asking import Answer, Ask, AskTold, Door, Known, NotAsked, State, Step, Topic
from sync_agent.render.asking.asks import say_question
from sync_agent.render.asking.not_asked import say_not_asked
from sync_agent.run.proposal.asking import inquire
from sync_agent.run.proposal.outlook import PastAsk
from sync_agent.words import say_count

_AHEAD = timedelta(weeks=2)
_STEPS = {Step.ASK: "asked", Step.REMIND: "reminded", Step.WITHDRAW: "told that it is withdrawn"}

_ENDS = {State.ANSWERED: "answered", State.LAPSED: "not answered", State.WITHDRAWN: "not wanted any more"}
_UNASKED = {feedback.NAME: "gave feedback", objection.NAME: "objected", one_on_one.NAME: "wrote to the agent"}
"""What people did who said something that nobody had asked for. `sync-agent outcome` names it by its id."""
_DOORS = {Door.COMMENT: "in a comment", Door.MAIL: "by mail", Door.FORM: "in a form", Door.TERMINAL: "at a terminal"}
_USUAL = {
    Door.COMMENT: Known.ACCOUNT,
    Door.MAIL: Known.MAIL,
    Door.FORM: Known.LINK,
    Door.TERMINAL: Known.TERMINAL,
}
"""How who comes through a door is known, where nothing else is said."""


def look(connection: Connection, settings: Settings, now: datetime) -> Inquiry:
    """Works out what is asked now, by the newest judgements in the store."""
    return inquire(connection, settings.organisation, kept_assessments(connection).values(), now)


def open_entries(every: Iterable[AskEntry], person: str | None = None, goal: str | None = None) -> list[AskEntry]:
    """The open questions: of one person, about one goal, or all. Answered ones are left out, and so are anonymous ones:
    whoever was missing among them would have answered.
    """
    over = (NotAsked.ANSWERED, NotAsked.CLOSED, NotAsked.WITHDRAWN)
    found = (e for e in every if e.fate not in over and e.step is not Step.WITHDRAW and not e.ask.anonymous)
    return [e for e in found if person in (None, e.ask.person) and goal in (None, e.ask.goal)]


def say_entry(entry: AskEntry, inquiry: Inquiry) -> str:
    """`4kq1… dana: “Checkout …”: how likely …? Open until 2026-11-30; asked 2026-11-24.`"""
    ask = entry.ask
    instead = f" in the place of {ask.instead_of}" if ask.instead_of else ""
    heard = _heard(told_of(inquiry, ask), inquiry)
    fate = "due to be told" if entry.step else f"not told now: {say_not_asked(entry.fate)}"
    return f"{ask.id} {ask.person}{instead}: {_question(ask, inquiry)}; {', '.join([*heard, fate])}."


def say_past(past: PastAsk, inquiry: Inquiry) -> str:
    """The same of a question that is open no more. Several people may have heard of it."""
    ask, people = past.ask, dict.fromkeys(each.person for each in past.told)
    heard = [f"{who} {each}" for who in people for each in _heard((t for t in past.told if t.person == who), inquiry)]
    return f"{ask.id} {ask.person}: {_question(ask, inquiry)}; {', '.join([*heard, _ENDS[past.state]])}."


def _question(ask: Ask, inquiry: Inquiry) -> str:
    situation = inquiry.situation
    last = situation.calendar.day(ask.closes - timedelta(minutes=1))
    named = f" (input {ask.about.id})" if ask.about.topic is Topic.INPUT else ""
    return f"{say_question(ask, situation.organisation, situation.now)}{named} Open until {last}"


def _heard(told: Iterable[AskTold], inquiry: Inquiry) -> list[str]:
    return [f"{_STEPS[each.step]} {_at(inquiry, each.at)}" for each in told if each.step in _STEPS]


def as_json(entry: AskEntry, inquiry: Inquiry) -> dict[str, object]:
    """The same as JSON."""
    ask = entry.ask
    return {
        "id": ask.id,
        "kind": ask.kind,
        "person": ask.person,
        "instead_of": ask.instead_of,
        "goal": ask.goal or None,
        "question": say_question(ask, inquiry.situation.organisation, inquiry.situation.now),
        "opens": ask.opens.isoformat(),
        "closes": ask.closes.isoformat(),
        "minutes": ask.minutes,
        "told": [{"step": t.step.value, "at": t.at.isoformat()} for t in told_of(inquiry, ask)],
        "now": entry.fate.value,
    }


def told_of(inquiry: Inquiry, ask: Ask) -> list[AskTold]:
    """What the person asked has been told about a question."""
    return [each for each in inquiry.told if (each.ask, each.person) == (ask.id, ask.person)]


def say_minutes(inquiry: Inquiry) -> Iterator[str]:
    """`dana: 4 minutes in the week of 2026-11-23`, for questions that are open or will be within two weeks."""
    for (person, week), minutes in sorted(_minutes(inquiry).items()):
        yield f"{person}: {say_count(minutes, 'minute')} in the week of {week}"


def minutes_json(inquiry: Inquiry) -> list[dict[str, object]]:
    """The same as JSON."""
    return [
        {"person": person, "week": week.isoformat(), "minutes": minutes}
        for (person, week), minutes in sorted(_minutes(inquiry).items())
    ]


def _minutes(inquiry: Inquiry) -> Mapping[tuple[str, date], int]:
    situation = inquiry.situation
    open_now = [_counted_from(entry, situation.now) for entry in open_entries(entries(inquiry))]
    coming = [ask for ask in inquiry.asks.values() if situation.now < ask.opens <= situation.now + _AHEAD]
    people = {ask.person for ask in (*open_now, *coming)}.intersection(situation.organisation.people)
    diaries = {person: Diary(situation.organisation.people[person]) for person in people}
    return minutes_a_week([*open_now, *coming], diaries)


def _counted_from(entry: AskEntry, now: datetime) -> Ask:
    """When a question takes time: one that opened long ago counts in the week in which its person hears of it."""
    return replace(entry.ask, opens=max(entry.ask.opens, now)) if entry.step is Step.ASK else entry.ask


def say_answers(inquiry: Inquiry, goal: str, past: Iterable[PastAsk]) -> Iterator[str]:
    """What people answered about a goal, oldest first; `past` are its questions that are open no more."""
    asks = {each.ask.id: each.ask for each in past} | {**inquiry.kept, **inquiry.asks}
    for answer in inquiry.situation.answers:
        ask = asks.get(answer.ask)
        if goal in (answer.about.id, ask.goal if ask else ""):
            late = ", too late to count" if answer.late else ""
            by = f", noted by {answer.by}" if answer.by else ""
            known = "" if answer.known is _USUAL[answer.door] else f" ({answer.known.value})"
            how = f"{_DOORS[answer.door]}{known}{by}{late}"
            said = "takes back an answer" if answer.takes_back else f"“{_said(answer, ask)}”"
            did = _UNASKED.get(answer.kind, f"answered a {answer.kind}")
            named = f", input {input_id(answer.origin)}" if answer.kind in _UNASKED else ""
            yield f"{_at(inquiry, answer.at)} {answer.person} {did} {how}{named}: {said}"


def _said(answer: Answer, ask: Ask | None) -> str:
    """An answer as it was written; one from a form as it could have been written."""
    filled_in = write_short(ask.sheet.fields, answer.values) if ask else ""
    return " ".join((answer.raw or filled_in).split())


def _at(inquiry: Inquiry, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(inquiry.situation.organisation.timezone)):%Y-%m-%d %H:%M %Z}"
