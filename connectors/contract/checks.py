"""What a check of a system finds before anything depends on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Level(StrEnum):
    """How bad a finding of an online check is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of an online check: what was checked and, unless it is ok, how to fix it."""

    level: Level
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What a tracker has to offer.

    `containers` are projects or repositories by key, with their titles. `account` and `login` are the user whom the
    credentials belong to: `account` for people, `login` as comments mention them. `targets` are the open epics or
    milestones of each container, as (key, title, due or "").
    """

    account: str
    login: str
    containers: tuple[tuple[str, str], ...] = ()
    targets: Mapping[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)


class Probe(Protocol):
    """Checks a source before anything depends on it."""

    def check(self) -> Iterator[Finding]:
        """Yields one finding each for credentials, permissions, projects or repositories, and fields.

        Never raises for what a person can fix.
        """
        ...

    def survey(self) -> "Survey":
        """Returns what the source has, for writing a first configuration."""
        ...
