"""What an issue refers to and nobody here can see: blockers and sub-issues in repositories that are not read."""

from collections.abc import Iterator

from connectors.github.decode.items import nodes, reference
from connectors.reading.values import Raw, mapping_or_empty

_MOST = 10_000  # GitHub allows a hundred.
# Who may not see an issue gets null in its place.
_BLOCKED = {"BlockedByAddedEvent": 1, "BlockedByRemovedEvent": -1}


def unseen_blockers(raw: Raw) -> Iterator[str]:
    """Says that an open issue waits for something that cannot be seen."""
    if str(raw.get("state")).upper() != "OPEN":
        return
    events = nodes(raw.get("timelineItems"))
    hidden = (
        _BLOCKED.get(str(each.get("__typename")), 0) for each in events if not reference(each.get("blockingIssue"))
    )
    if sum(hidden) > 0:
        yield "it is blocked by an issue that this login cannot see, or that was deleted"


def count_parts(raw: Raw) -> int | None:
    """How many sub-issues an issue has, whoever may see them; None if it has none."""
    total = mapping_or_empty(raw.get("subIssuesSummary")).get("total")
    return total if isinstance(total, int) and 0 < total < _MOST else None
