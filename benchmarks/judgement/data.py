"""Recorded throughput and sprints, read from a directory of CSV files."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sprint:
    """A sprint when half of its `days` are over, in points: what is `done` and `open` then, and `difference`, what it
    delivered in the end beyond what it had promised.
    """

    days: float
    done: float
    open: float
    difference: float

    @property
    def slipped(self) -> bool:
        """Whether it delivered less than it had promised."""
        return self.difference < 0

    @property
    def delivered(self) -> float:
        """What it had delivered in the end."""
        return max(0.0, self.done + self.open + self.difference)

    @property
    def open_share(self) -> float:
        """The part of its scope that was open."""
        whole = self.done + self.open
        return self.open / whole if whole else 0.0


def throughput(directory: Path) -> Mapping[str, tuple[date, Series]]:
    """Each team's first day and its finished items a day."""
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for row in _rows(directory / "throughput_daily.csv.gz"):
        counts[row["series"]][date.fromisoformat(row["date"])] = int(float(row["done"]))
    return {name: (min(days), _filled(days)) for name, days in counts.items()}


def boards(directory: Path) -> Mapping[str, list[Sprint]]:
    """The sprints of each board, oldest first, when half of their time was over."""
    found: dict[str, dict[int, Sprint]] = defaultdict(dict)
    for row in _rows(directory / "sprint_snapshots.csv.gz"):
        if row["pct"] == "50":
            left = float(row["vel_todo"]) + float(row["vel_inprogress"])
            sprint = Sprint(float(row["planday"]), float(row["vel_done"]), left, float(row["vel_diff"]))
            found[f"{row['repo']} {row['boardid']}"][int(row["sprintid"])] = sprint
    return {board: [each for _, each in sorted(sprints.items())] for board, sprints in sorted(found.items())}


def _filled(days: Mapping[date, int]) -> Series:
    first = min(days)
    found = np.zeros((max(days) - first).days + 1, dtype=np.int64)
    for day, count in days.items():
        found[(day - first) // timedelta(days=1)] = count
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
