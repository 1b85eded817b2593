"""What others wait for: answers to needs, discussions of versions, and outcomes of inputs."""

from collections.abc import Iterator

from sync_agent.ask import needs
from sync_agent.ask.identity.ids import report_id
from sync_agent.ask.inputs import settled
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import need, outcome, override, sign_off
from sync_agent.ask.round_standing import results, runs
from sync_agent.model.agreement import Override, Stance, Stand
from sync_agent.model.asking import Report


def reports(situation: Situation) -> Iterator[Report]:
    """All reports there ever were. Nobody is told what they said themselves."""
    people = situation.organisation.people
    every = (*_of_needs(situation), *_of_inputs(situation), *_of_sign_offs(situation), *_of_rounds(situation))
    yield from (each for each in every if each.person in people and each.person != each.said_by)


def _of_sign_offs(situation: Situation) -> Iterator[Report]:
    """The owner is told what is discussed and who asks to wait; all signers, what was decided in spite of it."""
    for goal in (each for each in situation.organisation.goals if each.sign_off):
        for stance in sign_off.stances(situation, goal):
            if stance.stand in (Stand.DISCUSS, Stand.HOLD):
                yield _told(goal.owner, stance)
        for each in override.overrides(situation, goal):
            for person in dict.fromkeys((goal.owner, *sign_off.signers(situation, goal))):
                yield _told(person, each)


def _of_rounds(situation: Situation) -> Iterator[Report]:
    """Whoever was asked hears what came of it."""
    for one in (each for each in situation.organisation.rounds if runs(each, situation)):
        for result, step in results(one, situation):
            for person in step.invited:
                yield Report(report_id("round", f"{one.id}/{step.id}", person, result.at), person, result)


def _told(person: str, said: Stance | Override) -> Report:
    return Report(report_id("sign-off", said.goal, person, said.at), person, said)


def _of_needs(situation: Situation) -> Iterator[Report]:
    """Whoever has the need is told each answer."""
    for each in need.needs(situation):
        for said in needs.replies(each, situation.said(needs.NAME, needs.about(each))):
            yield Report(report_id("need", said.need, each.asker, said.at), each.asker, said, each)


def _of_inputs(situation: Situation) -> Iterator[Report]:
    """The author is told the outcome."""
    every = outcome.inputs(situation)
    ended = settled(every, outcome.outcomes(situation))
    for each in (each for each in every if each.id in ended):
        said = ended[each.id]
        yield Report(report_id("outcome", each.id, each.person, each.at), each.person, said, each)
