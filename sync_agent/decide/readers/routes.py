"""The tree of routes: who is told of what, when and how. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from sync_agent.model import (
    COMMENTS,
    EMAIL,
    Goal,
    Grouping,
    Match,
    Part,
    Person,
    Role,
    Route,
    RouteNode,
    Severity,
    SignalKind,
    Timing,
    Urgency,
)

_TOUCHES_PARTNERS = (SignalKind.BLOCKED, SignalKind.DEPENDENCY, SignalKind.SLIPPING, SignalKind.DUE_LATER)
_TOUCHES_PROMISES = (
    SignalKind.SLIPPING,
    SignalKind.OFF_PACE,
    SignalKind.KPI_OFF_TARGET,
    SignalKind.KPI_THRESHOLD,
    SignalKind.DUE_LATER,
)


def _part(name: str, part: Part, **how: bool) -> RouteNode:
    return RouteNode(name, Match(part=frozenset({part.value})), timing=Timing.IMMEDIATE, urgent=how.get("urgent"))


def _only(name: str, role: Role, inner: str, kinds: Iterable[SignalKind]) -> RouteNode:
    """Makes a route for a role that reads of some findings in its digest, and of the others only how the goal
    stands.
    """
    wanted = RouteNode(inner, Match(signal=frozenset(kind.value for kind in kinds)), timing=Timing.DIGEST)
    return RouteNode(name, Match(role=frozenset({role.value})), timing=Timing.NEVER, routes=(wanted,))


def _digest(name: str, role: Role) -> RouteNode:
    return RouteNode(name, Match(role=frozenset({role.value})), timing=Timing.DIGEST)


DEFAULT_ROUTES = (
    _part("operators", Part.OPERATOR, urgent=True),
    _part("escalation", Part.ESCALATION),
    _part("owner", Part.OWNER),
    _part("those who can help", Part.HELPER),
    _digest("senior leaders", Role.SENIOR_LEADER),
    _digest("technical experts", Role.TECHNICAL_EXPERT),
    _only("business partners", Role.BUSINESS_PARTNER, "what touches their dependency", _TOUCHES_PARTNERS),
    _only("customer representatives", Role.CUSTOMER_REPRESENTATIVE, "what was promised", _TOUCHES_PROMISES),
)
"""The routes that hold where sync-agent.yaml says nothing else. They are asked last."""

_LAST_RESORT = frozenset({Part.ESCALATION, Part.OPERATOR})
_ROOT = Route((), (EMAIL, COMMENTS), Timing.DIGEST, Grouping.GOAL, urgent=False)
# Those who run the agent are told at any hour, unless a route says otherwise.
_OPERATORS = replace(_ROOT, urgent=True)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A kind of finding about a goal (None: about a source) with a severity, and somebody who plays a part in it."""

    goal: Goal | None
    kind: SignalKind
    severity: Severity
    person: Person
    part: Part

    @property
    def urgency(self) -> Urgency:
        """Returns the severity as routes see it."""
        if self.severity is Severity.NOTICE:
            return Urgency.NOTICE
        return Urgency.CRITICAL if self.goal and self.goal.priority.critical else Urgency.ALERT

    def answers(self, wanted: Match) -> bool:
        """Tells whether a node wants it."""
        goal = self.goal
        said = (
            (wanted.goal, goal.id if goal else None),
            (wanted.theme, goal.theme if goal else None),
            (wanted.owner, goal.owner if goal else None),
            (wanted.signal, self.kind.value),
            (wanted.severity, self.urgency.value),
            (wanted.role, self.person.role.value),
            (wanted.person, self.person.id),
            (wanted.part, self.part.value),
        )
        return all(not values or value in values for values, value in said)


def find_route(own: Iterable[RouteNode], occasion: Occasion) -> Route:
    """Finds the way of an occasion down the tree: at each node, the first branch that wants it. A person's `own` routes
    are asked first.

    A notice is never told at once: at most, it is in the digest. Whoever is the last resort is always told at once.
    """
    root = _OPERATORS if occasion.part is Part.OPERATOR else _ROOT
    route = _down(root, (*own, *DEFAULT_ROUTES), occasion)
    if occasion.part in _LAST_RESORT:
        return replace(route, timing=Timing.IMMEDIATE)
    if occasion.severity is Severity.NOTICE and route.timing is Timing.IMMEDIATE:
        return replace(route, timing=Timing.DIGEST)
    return route


def all_nodes(nodes: Iterable[RouteNode], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], RouteNode]]:
    """Returns every node below, each after its parent, with its path through the tree."""
    for node in nodes:
        path = (*above, node.name)
        yield path, node
        yield from all_nodes(node.routes, path)


def _down(route: Route, nodes: Iterable[RouteNode], occasion: Occasion) -> Route:
    node = next((each for each in nodes if occasion.answers(each.match)), None)
    if node is None:
        return route
    below = Route(
        path=(*route.path, node.name),
        channels=route.channels if node.channels is None else node.channels,
        timing=node.timing or route.timing,
        group=node.group or route.group,
        urgent=route.urgent if node.urgent is None else node.urgent,
    )
    return _down(below, node.routes, occasion)
