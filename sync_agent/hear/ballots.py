"""Answers to anonymous surveys: into the urn, and nowhere else."""

from dataclasses import replace

from sqlalchemy import Connection

from sync_agent.ask.hearing import Listener, Misheard, Unheard
from sync_agent.ask.kind import Situation
from sync_agent.ask.rounds.steps import found_step
from sync_agent.ask.rounds.urns import cast, opened
from sync_agent.hear.understanding import Hearing, Result
from sync_agent.model.asking import Answer, Ask, Heard
from sync_agent.model.rounds import RoundSurvey, Urn
from sync_agent.store.memory.urns import load_results, load_rolls, load_urn, save_urn


def with_rolls(connection: Connection, situation: Situation) -> Situation:
    """The same, knowing who has answered which anonymous survey."""
    return replace(situation, rolls=load_rolls(connection), results=load_results(connection))


def vote(connection: Connection, heard: Heard, listener: Listener, ask: Ask) -> Result:
    """Casts what a form sent. Nobody can take it back or change it: nobody knows which it is."""
    found = listener.understand(heard)
    if not isinstance(found, Answer):
        return Result(Hearing.MISHEARD, found)
    urn = _urn(connection, ask, listener.situation)
    if found.late or urn is None:
        return Result(Hearing.IGNORED, found)
    if found.person not in urn.roll.electorate:
        return Result(Hearing.MISHEARD, Misheard(heard, Unheard.ASKED_OF_OTHERS))
    after = cast(urn, found.person, found.values)
    if after:
        save_urn(connection, after)
    return Result(Hearing.KEPT if after else Hearing.KNOWN, found)


def _urn(connection: Connection, ask: Ask, situation: Situation) -> Urn | None:
    """The open urn. Where the store was lost since people were asked, a new one; none once the result is published, or
    the survey is not asked any more.
    """
    name, found = ask.about.id, found_step(situation.organisation, ask.about)
    if name in situation.results or found is None or not isinstance(found[1], RoundSurvey) or not found[1].anonymous:
        return None
    return load_urn(connection, name) or opened(name, found[1], situation.organisation.people, ask.closes)
