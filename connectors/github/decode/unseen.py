"""What an issue refers to and nobody here can see: blockers and sub-issues in repositories that are not read."""

from collections import Counter
from collections.abc import Collection, Iterator

from connectors.github.decode.items import nodes, reference
from connectors.reading.values import Raw, mapping_or_empty

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


def unseen_below(raw: Raw, read: Collection[str], source: str) -> str:
    """Says which sub-issues are not read; nothing if all are. `read` are the repositories (folded names)."""
    known = nodes(raw.get("subIssues"))
    where = Counter(str(mapping_or_empty(each.get("repository")).get("nameWithOwner")) for each in known)
    said = [
        f"{count} of its sub-issues lie in {name}, which {source} does not read"
        for name, count in sorted(where.items())
        if name.casefold() not in read
    ]
    total = mapping_or_empty(raw.get("subIssuesSummary")).get("total")
    if isinstance(total, int) and total > len(known):
        said.append(f"{total - len(known)} of its sub-issues cannot be seen with this login")
    return "; ".join(said)
