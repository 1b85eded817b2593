"""What the cycle before worked out, used again while it holds: with thousands of goals hardly anything changes between
two cycles.
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
    """The versions of goals and the questions of the newest situation. The goals' histories, and the answers with those
    that were left out, are as the store had them in `histories_state` and `answers_state`. `shifts` are those of a
    situation, `known_shifts` what they were worked out from.
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
        """All questions, as `kinds.asks` gives them: they change with what is known, and with the day."""
        if self._situation is None or not _alike(self._situation, situation):
            self._asks = asks(situation)
            self._situation = situation
        return self._asks


def _alike(one: Situation, other: Situation) -> bool:
    return one.today == other.today and all(getattr(one, name) == getattr(other, name) for name in _COMPARED)
