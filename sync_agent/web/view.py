"""What the pages show: the outcome of the newest cycle as one value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from connectors.contract import Usage
from sync_agent.decide.first_run import Waiting
from sync_agent.model import Assessment, Organisation, SourceState

STOPPED_AFTER = 3
"""This many cycles in a row. A lock or a restart of the database may make one or two fail."""


@dataclass(frozen=True, slots=True)
class CycleRun:
    """A cycle that is over: when it began, how long it took, and why it failed (empty if it did not)."""

    began: datetime
    seconds: float
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the daemon after its newest cycle.

    `began` and `ended` are of the newest cycle, None before the first. `beat` is when it began, or the daemon did, in
    seconds of a clock that nobody can set. `interval` is the time between cycles. `cycles` are the last ones, oldest
    first.

    `problem` is why the newest cycle failed as a whole: what kind of thing went wrong, and who can help. `problems`
    counts, by problem, the messages that cannot be delivered until somebody acts. `waiting` are goals that nobody is
    told about until somebody allows it. `missing` names what waits for a secret: sources, goals and settings. `usage`
    is what each source has cost. `revision` names the configuration files in use.
    """

    beat: float
    interval: timedelta
    organisation: Organisation | None = None
    assessments: tuple[Assessment, ...] = ()
    sources: tuple[SourceState, ...] = ()
    began: datetime | None = None
    ended: datetime | None = None
    problem: str | None = None
    pending: int = 0
    dead: int = 0
    problems: Mapping[str, int] = field(default_factory=dict)
    config_mistakes: tuple[str, ...] = field(default=())
    waiting: Waiting | None = None
    missing: tuple[str, ...] = ()
    cycles: tuple[CycleRun, ...] = ()
    usage: Mapping[str, Usage] = field(default_factory=dict)
    revision: str = ""

    @property
    def failing_since(self) -> datetime | None:
        """When the first of the latest failed cycles began, as far back as they are kept."""
        failed = takewhile(lambda run: run.failed, reversed(self.cycles))
        return min((run.began for run in failed), default=self.began)

    @property
    def failures(self) -> int:
        """How many of the latest cycles have failed in a row, as far back as they are kept."""
        return sum(1 for _ in takewhile(lambda run: run.failed, reversed(self.cycles)))

    @property
    def stopped(self) -> bool:
        """Whether so many have failed that nobody is told anything any more."""
        return self.failures >= STOPPED_AFTER

    def alive(self, seconds: float) -> bool:
        """Whether cycles still run: the newest began within three intervals, plus an hour for one long pull. `seconds`
        are from the same clock as `beat`.
        """
        return seconds - self.beat < (3 * self.interval + timedelta(hours=1)).total_seconds()

    def ready(self) -> bool:
        """Whether the pages show something true: a cycle has ended, now or in an earlier process, and they go on."""
        return self.ended is not None and not self.stopped
