"""What everything is decided from, once the alerts have moved on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sync_agent.model import Alert, Assessment, Goal, Notice, Organisation, SourceState

Identity = tuple[str, str, str]
"""(goal, kind, subject) of an alert."""


@dataclass(frozen=True, slots=True)
class Options:
    """Which channels exist: comments on the trackers, mail."""

    comments: bool
    email: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """One moment. `assessments` are keyed by goal; `now` is aware UTC."""

    organisation: Organisation
    assessments: Mapping[str, Assessment]
    sources: Mapping[str, SourceState]
    options: Options
    now: datetime

    def judged(self) -> Iterable[tuple[Goal, Assessment]]:
        """The goals with their judgement, in the order of the configuration."""
        for goal in self.organisation.goals:
            if goal.id in self.assessments:
                yield goal, self.assessments[goal.id]


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told, the alerts as they are once that is done, and why others were not told.

    `alerts` and `untold` hold only the alerts that this telling is about.
    """

    notices: tuple[Notice, ...] = ()
    alerts: Mapping[Identity, Alert] | None = None
    untold: Mapping[Identity, str] | None = None
