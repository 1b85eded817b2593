"""Before a cycle, carries over what the store knows of goals, people and sources that were renamed in the files."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection

from sync_agent.ask.identity.ids import ask_id, need_id
from sync_agent.ask.kinds.need import needs
from sync_agent.ask.reports import reports
from sync_agent.config import Settings
from sync_agent.hear.situation import recall
from sync_agent.model import Goal, Organisation
from sync_agent.model.asking import Ask, Topic
from sync_agent.model.renames import Named
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_asks
from sync_agent.store.memory.renamed import load_renamed
from sync_agent.store.upkeep.renaming import rename, retopic

log = structlog.get_logger(__name__)

RenameStep = tuple[Named, str, str]
"""The kind of thing, its former and its present name."""


def carry_over(settings: Settings, store: Store, now: datetime) -> tuple[RenameStep, ...]:
    """Renames in the store what `renamed_from` says, each once. Renames back what has its former name again. Returns
    what there was to do.
    """
    with store.read() as connection:
        steps = due(settings, load_renamed(connection))
    if not steps:
        return ()
    with store.begin() as connection:
        before = _Derived.of(connection, _formerly(settings.organisation, steps), now)
        for step in steps:
            rename(connection, *step, now)
            log.info("renamed", what=step[0].value, former=step[1], name=step[2])
        _carry_ids(connection, settings.organisation, before, now)
    return steps


def due(settings: Settings, done: Mapping[tuple[Named, str], str]) -> tuple[RenameStep, ...]:
    """What is still to be renamed. `done` is what was, as in `load_renamed`."""
    wanted = settings.renames.every
    fresh = [(kind, old, new) for kind, old, new in wanted if done.get((kind, old)) != new]
    present = {
        Named.GOAL: {goal.id for goal in settings.organisation.goals},
        Named.PERSON: set(settings.organisation.people),
        Named.SOURCE: set(settings.sources),
        Named.ASK: set[str](),
    }
    elsewhere = {(kind, old) for kind, old, _ in wanted}
    # The newest first: of several former names, the one that was given up last counts.
    back = {
        (kind, name): former
        for (kind, former), name in done.items()
        if former in present[kind] and name not in present[kind] and (kind, name) not in elsewhere
    }
    return (*fresh, *((kind, name, former) for (kind, name), former in back.items()))


@dataclass(frozen=True, slots=True)
class _Derived:
    """Ids that are made from names: of needs, of reports of others' answers, and of questions."""

    needs: tuple[str, ...]
    reports: tuple[str, ...]
    asks: Mapping[str, Ask]

    @classmethod
    def of(cls, connection: Connection, organisation: Organisation, now: datetime) -> "_Derived":
        """Those that follow from the present content of the store."""
        situation = recall(connection, organisation, (), now)
        return cls(
            needs=tuple(need_id(need) for need in needs(situation)),
            reports=tuple(report.id for report in reports(situation)),
            asks={name: ask for name, ask in load_asks(connection).items() if name == _id(ask)},
        )


def _carry_ids(connection: Connection, organisation: Organisation, before: _Derived, now: datetime) -> None:
    situation = recall(connection, organisation, (), now)
    for old, new in _pairs(before.needs, [need_id(need) for need in needs(situation)]):
        retopic(connection, Topic.NEED.value, old, new)
    told = [report.id for report in reports(recall(connection, organisation, (), now))]
    asked = load_asks(connection, ids=before.asks)
    for old, new in (*_pairs(before.reports, told), *((name, _id(ask)) for name, ask in asked.items())):
        if old != new:
            rename(connection, Named.ASK, old, new, now)


def _id(ask: Ask) -> str:
    return ask_id(ask.kind, ask.about, ask.person, ask.occasion)


def _pairs(before: Iterable[str], after: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Old and new ids come in the same order, unless two things have become one."""
    olds, news = tuple(before), tuple(after)
    if len(olds) == len(news):
        yield from ((old, new) for old, new in zip(olds, news, strict=True) if old != new)


def _formerly(organisation: Organisation, steps: Iterable[RenameStep]) -> Organisation:
    """The organisation by its former names, as far as ids are made of them."""
    former = {(kind, new): old for kind, old, new in steps}

    def goal_was(name: str) -> str:
        return former.get((Named.GOAL, name), name)

    def was(name: str) -> str:
        return former.get((Named.PERSON, name), name)

    def goal_as_it_was(goal: Goal) -> Goal:
        name = goal_was(goal.id)
        wanted = tuple(replace(n, goal=name, giver=was(n.giver), asker=was(n.asker)) for n in goal.needs)
        return replace(goal, id=name, owner=was(goal.owner), needs=wanted)

    people = {was(name): replace(person, id=was(name)) for name, person in organisation.people.items()}
    return replace(organisation, goals=tuple(map(goal_as_it_was, organisation.goals)), people=people)
