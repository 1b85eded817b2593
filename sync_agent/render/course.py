"""How a KPI has moved, for whoever draws it: its levels, where days and values lie, and the same in words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sync_agent.model import KeyResult, KpiStep
from sync_agent.words import say_amount, say_day

LEAST = 3
"""Entries below which a line shows nothing that a number does not."""


@dataclass(frozen=True, slots=True)
class CourseLevel:
    """A number that stays, what it is, and whether it is one to keep away from."""

    value: float
    name: str
    bad: bool


def levels(result: KeyResult, say: Callable[[float], str], said: Callable[[str], str]) -> Iterator[CourseLevel]:
    """The range that a KPI should keep or else its target, and its thresholds. `say` words a number, `said` brings what
    people wrote of a threshold to the length that there is room for.
    """
    for value in result.between or ():
        yield CourseLevel(value, say(value), bad=False)
    if result.target is not None and not result.between:
        yield CourseLevel(result.target, f"target {say(result.target)}", bad=False)
    for each in result.thresholds:
        yield CourseLevel(each.value, f"{say(each.value)} {said(each.text)}".strip(), bad=True)


class Plane:
    """Days along and values up, each as a share of the way; the due date lies within. Values begin with `least`."""

    def __init__(self, days: Sequence[date], due: date, values: Sequence[float], least: float | None = None) -> None:
        self.first, self.last = days[0], max(days[-1], due)
        self.low, self.high = min(values) if least is None else least, max(values)

    def along(self, day: date) -> float:
        """From 0, the first day, to 1."""
        return max((day - self.first).days, 0) / max((self.last - self.first).days, 1)

    def up(self, value: float) -> float:
        """From 0, the lowest value, to 1."""
        return (value - self.low) / ((self.high - self.low) or 1)


def say_course(steps: Sequence[KpiStep], key_result: KeyResult, due: date) -> str:
    """What a chart of them shows, for those who do not see it."""
    first, last = steps[0], steps[-1]
    unit = key_result.unit
    wanted = "" if last.expected is None else f", {say_amount(last.expected, unit)} expected"
    return (
        f"{key_result.title} from {say_day(first.day, last.day)} to {say_day(last.day, last.day)}:"
        f" {say_amount(first.value, unit)} at the beginning, {say_amount(last.value, unit)} now{wanted}."
        f" Due {say_day(due, last.day)}."
    )
