"""What the last cycle worked out, reused while it holds. With thousands of goals, hardly anything changes from cycle to
cycle.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sync_agent.ask.history import Histories
from sync_agent.ask.identity.versions import Versions
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.model.asking import Answer, Ask, LeftOut

_COMPARED = tuple(each.name for each in fields(Situation) if each.compare and each.name != "now")


class WorkedOut:
    """The versions of goals and the questions of the latest situation. The goals' histories are as of `histories_state`
    of the store; the answers, and those that were left out, as of `answers_state`. `shifts` belong to one situation;
    `known_shifts` are what they were worked out from.
    """

    def __init__(self) -> None:
        self.versions = Versions()
        self.histories: Histories = {}
        self.shifts: Mapping[tuple[str, str], int] = {}
        self.known_shifts: dict[Any, int] = {}
        self.histories_state: tuple[int, int, int] | None = None
        self.answers: tuple[Answer, ...] = ()
        self.left_out: tuple[LeftOut, ...] = ()
        self.answers_state: tuple[int, ...] | None = None
        self._situation: Situation | None = None
        self._asks: tuple[Ask, ...] = ()

    def asks(self, situation: Situation) -> tuple[Ask, ...]:
        """All questions, as `kinds.asks` gives them. They change with what is known, and with the day."""
        if self._situation is None or not _alike(self._situation, situation):
            self._asks = asks(situation)
            self._situation = situation
        return self._asks


def _alike(one: Situation, other: Situation) -> bool:
    return one.today == other.today and all(getattr(one, name) == getattr(other, name) for name in _COMPARED)
