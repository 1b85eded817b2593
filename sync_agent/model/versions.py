"""The versions of a goal that have been configured, and when."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sync_agent.model.days import GoalDay

SHOWN = 8
"""Characters of a version that are shown."""


@dataclass(frozen=True, slots=True)
class ConfiguredVersion:
    """A stretch of time in which a goal was configured in one way. `until` is None while it still is.

    `version` is the hash of `definition`, the canonical JSON of what is agreed. A stretch also ends when only the
    titles change: `titles` are those of the key results by their ids. `why` is the reason that the goal gave for its
    newest change, `continues` the id of the goal whose work it carries on. `signed_as` is the hash that people saw,
    where something that the definition names has another id by now (None: the same).
    """

    goal: str
    version: str
    definition: str
    since: datetime
    until: datetime | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    continues: str | None = None
    signed_as: str | None = None

    @property
    def short(self) -> str:
        """The version as it is shown."""
        return self.version[:SHOWN]

    @property
    def agreed(self) -> Mapping[str, Any]:
        """What the version says."""
        found: Mapping[str, Any] = json.loads(self.definition)
        return found


@dataclass(frozen=True, slots=True)
class DayChange:
    """What had changed about a goal by the end of a day: how it was when the day began, and when it ended or now."""

    day: date
    before: ConfiguredVersion
    after: ConfiguredVersion

    @property
    def material(self) -> bool:
        """Whether what is agreed has changed, and not only titles."""
        return self.before.version != self.after.version


@dataclass(frozen=True, slots=True)
class Retitled:
    """A day that changed the titles of key results. `until` is the last day for objections, `by` are the ids of those
    who objected.
    """

    change: DayChange
    until: date
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeNote:
    """What one person is told about a goal that changed on a day or has `ended`. `why` is the reason that was given, ""
    if none. `touches` are the ids of the others who are told; `sign_by` is until when the reader is asked to sign. If
    the goal has ended, `last` is how it stood, and `goes_on` the goal that continues it.
    """

    goal: str
    day: date
    before: ConfiguredVersion
    after: ConfiguredVersion
    why: str = ""
    touches: tuple[str, ...] = ()
    sign_by: date | None = None
    ended: bool = False
    last: GoalDay | None = None
    goes_on: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Something that the goal promises differently from when the period began: its place in the definition, what it was
    and is, and the day of the latest change. `title` is that of its key result.
    """

    path: tuple[str, ...]
    before: str | float | None
    after: str | float | None
    on: date
    title: str = ""
    unit: str = ""
