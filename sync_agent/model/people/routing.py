"""Who is told what, when and how: the tree of routes, and people's working hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from sync_agent.model.people.channels import Channel


class Part(StrEnum):
    """What somebody has to do with a goal's alert. A person plays one part in each alert."""

    OWNER = "owner"
    HELPER = "helper"
    ESCALATION = "escalation"
    STAKEHOLDER = "stakeholder"
    OPERATOR = "operator"


class Urgency(StrEnum):
    """The severity of a signal as routes see it; `critical` is an alert about a goal of critical priority."""

    CRITICAL = "critical"
    ALERT = "alert"
    NOTICE = "notice"


class FirstRun(StrEnum):
    """What happens to goals that the store has not told of yet: only planned, told, or taken over as already told."""

    PLAN = "plan"
    SEND = "send"
    TOLD = "told"


class Timing(StrEnum):
    """When a reader is told: in the same cycle (during working hours), in their digest, or never."""

    IMMEDIATE = "immediate"
    DIGEST = "digest"
    NEVER = "never"


class Grouping(StrEnum):
    """What shares a mail: all news about a goal, all signals of one kind, or nothing."""

    GOAL = "goal"
    SIGNAL = "signal"
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Match:
    """What a node matches: each field that is given must hold one of these values. All are plain words, as in the
    file.
    """

    goal: frozenset[str] = frozenset()
    theme: frozenset[str] = frozenset()
    owner: frozenset[str] = frozenset()
    signal: frozenset[str] = frozenset()
    severity: frozenset[str] = frozenset()
    role: frozenset[str] = frozenset()
    person: frozenset[str] = frozenset()
    part: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RouteNode:
    """A branch of the tree. Whatever is None is inherited from the node above. `where` is `file:line`, "" for the
    defaults.
    """

    name: str
    match: Match = Match()
    channels: tuple[Channel, ...] | None = None
    timing: Timing | None = None
    group: Grouping | None = None
    urgent: bool | None = None
    routes: "tuple[RouteNode, ...]" = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """How somebody is told something. `path` holds the names of the branches that were taken down the tree.

    An `urgent` route waits for no working hours and counts against no daily limit.
    """

    path: tuple[str, ...]
    channels: tuple[Channel, ...]
    timing: Timing
    group: Grouping
    urgent: bool

    @property
    def name(self) -> str:
        """What people read: `business-partners / what they wait for`."""
        return say_path(self.path) or "everybody else"


def say_path(path: Iterable[str]) -> str:
    """Says a path down the tree, for people to read only: names may have slashes of their own."""
    return " / ".join(path)


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody works, by their own clock: from `begins` until `ends` on `days` (0 is Monday)."""

    begins: time = time(9)
    ends: time = time(17)
    days: frozenset[int] = frozenset(range(5))


NINE_TO_FIVE = Hours()
"""9 to 5, Monday to Friday."""
