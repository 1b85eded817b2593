"""What part of a team's work goes to a goal, and how surely that is known.

Of what the team has finished since the goal began, some was for the goal. Until that tells enough, the goal's part of
the open work that somebody touched lately stands in for it. Each trial of a forecast draws a part of its own from what
both leave possible (a beta distribution), because nobody knows it.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

# Items that are finished together say less than as many single ones (the correlation within a team's days).
_ALIKE = 0.04
# How many finished items the assumption is worth.
_PRIOR_ITEMS = 4.0
_LIMITS = (0.01, 0.99)


@dataclass(frozen=True, slots=True)
class Share:
    """`done` of the `of` items that the team finished `since` the goal's work was begun to be planned were for it;
    `assumed` is what is believed without them.
    """

    done: int
    of: int
    assumed: float
    since: date

    @property
    def observed(self) -> bool:
        """Whether what was seen counts for more than what is assumed."""
        return self._effective > _PRIOR_ITEMS

    @property
    def mean(self) -> float:
        """The part to expect."""
        mine, others = self._counts()
        return mine / (mine + others)

    def draw(self, random: np.random.Generator, trials: int) -> NDArray[np.float64]:
        """Draws one part for each trial."""
        return random.beta(*self._counts(), size=trials)

    @property
    def _effective(self) -> float:
        return self.of / (1 + _ALIKE * (self.of - 1)) if self.of else 0.0

    def _counts(self) -> tuple[float, float]:
        seen = min(self.done, self.of) / self.of if self.of else 0.0
        believed = float(np.clip(self.assumed, *_LIMITS))
        mine = self._effective * seen + _PRIOR_ITEMS * believed
        return mine, self._effective + _PRIOR_ITEMS - mine
