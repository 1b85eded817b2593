"""Decides which goals wait before anybody hears of them: those of a first run, and many new ones at once. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sync_agent.model import FirstRun

# Fewer new goals are told at once. From this many on, somebody looks at them first, unless far more are known.
_MANY = 10
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Waiting:
    """Goals that nobody hears of until somebody has looked at the plan, and how many messages that would be. `old` is
    why the store seems to be an old copy.
    """

    goals: tuple[str, ...]
    messages: int
    first: bool
    old: str = ""

    @property
    def text(self) -> str:
        """What is waited for, and how to go on."""
        if self.old:
            return self._of_old_copy
        what = "This is the first run" if self.first else "Many new goals have come at once"
        return (
            f"{what}: nobody is told anything about {len(self.goals)} goal{'' if len(self.goals) == 1 else 's'} yet. "
            f"{self.messages} message{'' if self.messages == 1 else 's'} would be sent; sync-agent plan shows them. "
            "To send them, set first_run: send in sync-agent.yaml, or start once with --first-run send; "
            "if people were told before and the store was lost, with --first-run told."
        )

    @property
    def _of_old_copy(self) -> str:
        return (
            f"The store is older than what people were told: {self.old}. Probably a backup was restored. Until "
            "somebody says how to go on, nothing is sent and nobody is heard. Start once with --first-run told: people "
            "know what is open now, nothing of it is sent again, and what was waiting to be sent is dropped; or with "
            f"--first-run send: whatever this store has not sent is sent ({self.messages} "
            f"message{'' if self.messages == 1 else 's'}; sync-agent plan shows them)."
        )


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
