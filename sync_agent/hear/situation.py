"""What questions and answers depend on, read from the store."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from sync_agent.ask.fitting import parted
from sync_agent.ask.hearing import Listener
from sync_agent.ask.history import Histories, version_news, with_news
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.ask.worked_out import WorkedOut
from sync_agent.model import Assessment, Organisation
from sync_agent.model.asking import About, Answer, Ask, LeftOut
from sync_agent.store.memory.answers import answers_state, load_asks, load_stored
from sync_agent.store.memory.state import load_alerts
from sync_agent.store.memory.urns import load_results, load_rolls
from sync_agent.store.memory.versions import load_versions, versions_state

# For this long after its close, an answer finds the fields that its person saw.
_REMEMBERED = timedelta(days=180)


def recall(
    connection: Connection,
    organisation: Organisation,
    assessments: Iterable[Assessment],
    now: datetime,
    worked_out: WorkedOut | None = None,
    over: date | None = None,
) -> Situation:
    """The situation at `now` (aware UTC). `assessments` are the newest ones; `worked_out` is what the cycle before
    knew. `over` is as in `Situation`.
    """
    alerts = load_alerts(connection)
    worked_out = worked_out or WorkedOut()
    versions, known = worked_out.versions.of(organisation.goals), histories(connection, worked_out)
    answers = tuple(_as_called_now(all_said(connection, worked_out), known))
    return Situation(
        organisation=organisation,
        now=now,
        assessments={found.goal: found for found in assessments},
        answers=answers,
        needs=tuple(need for goal in organisation.goals for need in goal.needs),
        versions=versions,
        since={identity: alert.fired_at or alert.first_seen for identity, alert in alerts.items()},
        facilitator=organisation.facilitator,
        deputies={person.id: person.deputy for person in organisation.people.values() if person.deputy},
        over=over,
        shifts=worked_out.shifts,
        histories=with_news(known, version_news(organisation.goals, versions, known, now), now),
        left_out=worked_out.left_out,
        rolls=load_rolls(connection),
        results=load_results(connection),
    )


def _as_called_now(answers: Iterable[Answer], known: Histories) -> Iterable[Answer]:
    """The answers, with the present names of the versions that they are about."""
    signed = {each.signed_as: each.version for history in known.values() for each in history if each.signed_as}
    for answer in answers:
        yield replace(answer, version=signed[answer.version]) if answer.version in signed else answer


def said(connection: Connection, about: About | None = None) -> tuple[tuple[Answer, ...], tuple[LeftOut, ...]]:
    """The answers in the store, all or about something; and those left out because they do not fit their kind."""
    stored = load_stored(connection, about=about)
    answers, unfit = parted(stored.answers)
    return answers, (*stored.unreadable, *unfit)


def all_said(connection: Connection, worked_out: WorkedOut) -> tuple[Answer, ...]:
    """All stored answers that fit their kind. They are read again only if they have changed: ten thousand take a fifth
    of a second.
    """
    state = answers_state(connection)
    if worked_out.answers_state != state:
        worked_out.answers, worked_out.left_out = said(connection)
        worked_out.answers_state = state
    return worked_out.answers


def histories(connection: Connection, worked_out: WorkedOut) -> Histories:
    """The versions of goals in the store. They are read again only if they have changed."""
    state = versions_state(connection)
    if worked_out.histories_state != state:
        worked_out.histories, worked_out.histories_state = load_versions(connection), state
    return worked_out.histories


def at_hand(organisation: Organisation, now: datetime, answers: tuple[Answer, ...]) -> Situation:
    """What one answer depends on. What the trackers show is left out: the question has it, as it was asked."""
    return Situation(
        organisation=organisation,
        now=now,
        answers=answers,
        needs=tuple(need for goal in organisation.goals for need in goal.needs),
        facilitator=organisation.facilitator,
        deputies={person.id: person.deputy for person in organisation.people.values() if person.deputy},
    )


def remembered(connection: Connection, now: datetime) -> Mapping[str, Ask]:
    """The questions that people were asked, by id, except those that closed long ago."""
    return load_asks(connection, closing_after=now - _REMEMBERED)


def questions(wanted: Iterable[Ask], kept: Mapping[str, Ask]) -> Mapping[str, Ask]:
    """The wanted questions, by id. Those that were asked before (`kept`) have the fields that were shown then."""
    return {ask.id: replace(ask, sheet=kept[ask.id].sheet) if ask.id in kept else ask for ask in wanted}


def listener(connection: Connection, situation: Situation) -> Listener:
    """Understands what is said now: answers to the wanted questions, and to those that were asked and are no longer
    wanted.
    """
    kept = remembered(connection, situation.now)
    wanted = questions(asks(situation), kept)
    return Listener(situation, {**kept, **wanted}.values(), gone=kept.keys() - wanted.keys())
