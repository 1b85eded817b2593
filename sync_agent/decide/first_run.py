"""Decides which goals wait before anybody hears of them: those of a first run, and many new ones at once. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sync_agent.model import FirstRun

# Fewer new goals are told at once. From this many on, somebody looks at them first, unless far more are known.
_MANY = 10
_SHARE = 0.5


class WhyWaiting(StrEnum):
    """Why nobody is told anything yet."""

    FIRST_RUN = "first run"
    MANY_NEW = "many new goals"
    OLD_COPY = "old copy"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Goals that nobody hears of until somebody has looked at the plan, and how many messages that would be.
    `evidence` is what shows that the store is an old copy, for people to read.
    """

    goals: tuple[str, ...]
    messages: int
    why: WhyWaiting
    evidence: str = ""

    @property
    def of_everything(self) -> bool:
        """Whether nobody is told anything at all."""
        return self.why is not WhyWaiting.MANY_NEW


def waiting_goals(goals: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """Returns the goals to keep quiet about. `known` are those that were decided about before."""
    fresh = tuple(goal for goal in goals if goal not in known)
    many = len(fresh) >= _MANY and len(fresh) >= _SHARE * len(known)
    return fresh if fresh and (many or not known) else ()


def goals_told_before(goals: Sequence[str], known: Mapping[str, bool], chosen: FirstRun) -> frozenset[str]:
    """Returns the goals that count as already told. In a new store that is started with `told`, these are all. Later,
    they are the `known` ones whose source could not be read then.
    """
    if chosen is FirstRun.TOLD and not known:
        return frozenset(goals)
    return frozenset(goal for goal, left in known.items() if left)


def may_wait(known: Collection[str], chosen: FirstRun) -> bool:
    """Tells whether new goals may have to wait. `told` may have been left as it is, as with `plan`."""
    return chosen is FirstRun.PLAN or (chosen is FirstRun.TOLD and bool(known))
