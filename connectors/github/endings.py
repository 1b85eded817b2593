"""What closed issues and pull requests count as."""

from collections.abc import Mapping
from typing import Literal

from sync_agent.model import StatusCategory

Ending = Literal["completed", "not_planned", "duplicate", "merged", "declined"]
"""Why something is closed: the state reasons of issues, and what became of a pull request."""

# https://docs.github.com/en/graphql/reference/enums#issuestatereason
# A pull request has no reason: it is merged or not.
_CANCELLED = ("not_planned", "duplicate", "declined")

Endings = Mapping[str, StatusCategory]
"""What the configuration says that endings count as."""


def counted(ending: str, said: Endings) -> StatusCategory:
    """Done, unless it was closed as not planned or as a duplicate, or without being merged."""
    usual = StatusCategory.CANCELLED if ending in _CANCELLED else StatusCategory.DONE
    return said.get(ending, usual)
