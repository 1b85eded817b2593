"""The time that goals have."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    """The time a goal has, from `start` to `due`; both days belong to it. `name` is what people call it: `FY27-Q2`."""

    start: date
    due: date
    name: str = field(default="", compare=False, repr=False)  # A digest of the rest is stored with every status.
