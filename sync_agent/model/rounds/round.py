"""One run of goal setting."""

from dataclasses import dataclass
from datetime import date

from sync_agent.model.periods import Period
from sync_agent.model.rounds.steps import RoundStep


@dataclass(frozen=True, slots=True)
class Round:
    """A round for the goals of a `period`. People are named by their ids: the `facilitator` runs it, `decides` are
    those who decide, `invited` those who are heard unless a step names others. `answer_days` after a step closes
    everybody knows what becomes of what they said.
    """

    id: str
    title: str
    period: Period
    facilitator: str
    decides: tuple[str, ...]
    invited: tuple[str, ...]
    steps: tuple[RoundStep, ...]
    answer_days: int = 10
    where: str = ""

    @property
    def first(self) -> date:
        """The first day on which something is asked."""
        return min(step.open.first for step in self.steps)

    @property
    def last(self) -> date:
        """The day on which the last step closes."""
        return max(step.open.last for step in self.steps)
