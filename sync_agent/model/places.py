"""Where on a tracker something is said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An issue to comment on: a source and the issue's key there."""

    source: str
    key: str
