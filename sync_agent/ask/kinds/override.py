"""Asks the decider of a goal whether a version holds although it is discussed, once the discussion has lasted for a
while.

Without a decider, a discussion ends only when its author says so or the goal changes.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from sync_agent.ask.identity.ids import ask_id
from sync_agent.ask.kind import Kind, Situation
from sync_agent.ask.kinds import sign_off
from sync_agent.ask.kinds.check_in import about
from sync_agent.ask.spans import working_days_later
from sync_agent.model import Goal
from sync_agent.model.agreement import Override, Stance, Stand
from sync_agent.model.asking import Answer, Ask, Discussed, Meaning, Weight
from sync_agent.model.asking.fields import FreeText, Sheet

NAME, VERB = "override", "override"
_WAITS = 5
"""Working days that a discussion is given to end by itself."""
_OPEN_FOR = 10
FIELDS = (FreeText(name="reason", label="Why it holds all the same", help="Everybody who has to sign reads it"),)


def overrides(situation: Situation, goal: Goal) -> tuple[Override, ...]:
    """What deciders decided about a goal, oldest first."""
    said = situation.said(NAME, about(goal))
    return tuple(_override(answer) for answer in said if answer.version)


def _asks(situation: Situation) -> Iterator[Ask]:
    for goal in situation.organisation.goals:
        decider = goal.sign_off.decider if goal.sign_off else None
        open_ones = discussed(situation, goal) if decider else ()
        if decider and decider in situation.organisation.people and open_ones:
            yield _ask(situation, goal, decider, open_ones)


def discussed(situation: Situation, goal: Goal) -> tuple[Stance, ...]:
    """The newest stances that discuss the present version, oldest first, whether they were overridden or not."""
    version = situation.versions.get(goal.id)
    newest = {each.signer: each for each in sign_off.stances(situation, goal)}
    found = (each for each in newest.values() if each.version == version and each.stand is Stand.DISCUSS)
    return tuple(sorted(found, key=lambda each: (each.at, each.origin)))


def _ask(situation: Situation, goal: Goal, decider: str, found: tuple[Stance, ...]) -> Ask:
    """One question about everything that is discussed. Another discussion makes it another question."""
    calendar, last = situation.calendar, found[-1]
    opens = calendar.midnight(working_days_later(calendar, calendar.day(found[0].at), _WAITS))
    closes = working_days_later(calendar, calendar.day(max(opens, last.at)), _OPEN_FOR) + timedelta(days=1)
    assert goal.sign_off
    return Ask(
        id=ask_id(NAME, about(goal), decider, f"{last.version} {last.origin}"),
        kind=NAME,
        person=decider,
        about=about(goal),
        occasion=f"{last.version} {last.origin}",
        sheet=Sheet(FIELDS),
        opens=opens,
        closes=calendar.midnight(closes),
        question=tuple(Discussed(each.signer, each.reason, each.matter) for each in found),
        weight=Weight.WEIGHS,
        minutes=_WAITS,
        goal=goal.id,
        version=last.version,
        accepts=sign_off.accepted(goal.sign_off),
    )


def _override(answer: Answer) -> Override:
    return Override(
        answer.about.id, answer.version or "", answer.person, answer.at, str(answer.values.get("reason", ""))
    )


def _means(_situation: Situation, answer: Answer) -> Iterable[Meaning]:
    return (_override(answer),) if answer.version else ()


KIND = Kind(NAME, VERB, _asks, means=_means, example="and why", fields=FIELDS, of_version=True, late_counts=True)
