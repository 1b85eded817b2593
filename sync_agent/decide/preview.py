"""Who would be told of a finding, when and how, and where the routes lead nowhere. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync_agent.decide.notices.sources import ways_to_operator
from sync_agent.decide.readers.addressing import ways_to
from sync_agent.decide.readers.audience import followed, operators
from sync_agent.decide.readers.readers import SOLVABLE
from sync_agent.decide.readers.routes import Occasion, all_nodes, find_route
from sync_agent.evaluate.signals import KINDS
from sync_agent.model import (
    EMAIL,
    AvailableChannels,
    Channel,
    Goal,
    Organisation,
    Part,
    Person,
    Route,
    RouteNode,
    Severity,
    SignalKind,
    Timing,
)


class WhyDeaf(StrEnum):
    """Why somebody would hear nothing though a route tells them."""

    NO_DIGEST = "no digest"
    NO_WAY = "no way"


@dataclass(frozen=True, slots=True)
class Told:
    """How one person would be told. `after` is the number of working days until they are asked, for escalations."""

    person: Person
    part: Part
    route: Route
    ways: tuple[Channel, ...]
    after: int = 0

    @property
    def out_of_reach(self) -> WhyDeaf | None:
        """Why they would hear nothing; None if they would hear it."""
        if self.route.timing is Timing.NEVER:
            return None
        if self.route.timing is Timing.DIGEST and not (self.person.digest and EMAIL in self.ways):
            return WhyDeaf.NO_DIGEST
        return None if self.ways else WhyDeaf.NO_WAY


def preview(
    organisation: Organisation, options: AvailableChannels, goal: Goal, kind: SignalKind, severity: Severity
) -> Iterator[Told]:
    """Returns everybody who has something to do with such a finding, and everybody who might, if they could help."""
    if kind is SignalKind.SOURCE_DOWN:
        yield from preview_source(organisation, options, [goal])
        return
    for person, part, after in _people(organisation, goal, kind, severity):
        route = find_route(organisation.routes, _occasion(goal, kind, severity, person, part))
        yield Told(person, part, route, ways_to(options, goal, person, part, route.channels), after)


def preview_source(organisation: Organisation, options: AvailableChannels, goals: Iterable[Goal]) -> Iterator[Told]:
    """Returns everybody who is told that a source cannot be read. `goals` are those that would be affected, or all."""

    def reached(person: Person) -> bool:
        return bool(ways_to_operator(organisation, options, person, Severity.ALERT)[1])

    for person in operators(organisation, goals, reached):
        yield Told(person, Part.OPERATOR, *ways_to_operator(organisation, options, person, Severity.ALERT))


def unused(organisation: Organisation) -> Iterator[tuple[tuple[str, ...], RouteNode]]:
    """Returns the configured branches that nothing ever reaches, with their path through the tree."""
    left = dict(all_nodes(organisation.routes))
    for occasion in _occasions(organisation):
        if not left:
            return
        taken = find_route(organisation.routes, occasion).path
        for length in range(1, len(taken) + 1):
            left.pop(taken[:length], None)
    yield from left.items()


def deaf(organisation: Organisation, options: AvailableChannels) -> Iterator[tuple[Person, Goal, Told]]:
    """Returns people whom the routes tell of a goal's alerts in a way that never reaches them, each person and route
    once.
    """
    known: set[tuple[str, tuple[str, ...]]] = set()
    for goal in _kinds_of_goals(organisation):
        for told in preview(organisation, options, goal, SignalKind.SLIPPING, Severity.ALERT):
            key = told.person.id, told.route.path
            if told.part is not Part.HELPER and told.out_of_reach and key not in known:
                known.add(key)
                yield told.person, goal, told


def _occasion(goal: Goal, kind: SignalKind, severity: Severity, person: Person, part: Part) -> Occasion:
    """An occasion about a source belongs to no goal, whichever goals are affected."""
    return Occasion(None if kind is SignalKind.SOURCE_DOWN else goal, kind, severity, person, part)


def _people(
    organisation: Organisation, goal: Goal, kind: SignalKind, severity: Severity
) -> Iterator[tuple[Person, Part, int]]:
    everybody = organisation.people
    if kind is SignalKind.SOURCE_DOWN:
        yield from ((person, Part.OPERATOR, 0) for person in operators(organisation, [goal], lambda _: True))
        return
    owner = everybody.get(goal.owner)
    if owner:
        yield owner, Part.OWNER, 0
    if severity is Severity.ALERT and kind in SOLVABLE:
        yield from ((p, Part.HELPER, 0) for p in everybody.values() if p.accounts and p != owner)
    for person in everybody.values():
        if goal in followed(organisation, person) and person != owner:
            yield person, Part.STAKEHOLDER, 0
    for step in goal.rules.escalation if severity is Severity.ALERT else ():
        asked = (everybody[name] for name in step.to if name in everybody)
        yield from ((person, Part.ESCALATION, step.after_working_days) for person in asked)


def _occasions(organisation: Organisation) -> Iterator[Occasion]:
    for goal in _kinds_of_goals(organisation):
        for kind in KINDS:
            for severity in Severity:
                people = _people(organisation, goal, kind, severity)
                yield from (_occasion(goal, kind, severity, person, part) for person, part, _ in people)


def _kinds_of_goals(organisation: Organisation) -> Sequence[Goal]:
    """Returns one goal of each kind that the routes do not tell apart."""
    named = {name for _, node in all_nodes(organisation.routes) for name in node.match.goal}
    return list({_looks(goal, named): goal for goal in organisation.goals}.values())


def _looks(goal: Goal, named: Iterable[str]) -> tuple[object, ...]:
    steps = tuple(step.to for step in goal.rules.escalation)
    sources = frozenset(place.source for place in goal.report_on)
    named_here = goal.id if goal.id in named else None
    return named_here, goal.theme, goal.owner, goal.stakeholders, goal.priority.critical, steps, sources
