"""What the teams behind a goal have delivered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Facts, History, TeamPast, WorkItem

TOUCHED_LATELY = timedelta(days=30)
"""Open work touched this recently tells what a team is working on."""


class Teams:
    """Counts what projects and repositories delivered, each only once."""

    def __init__(self, facts: Facts, index: Index, calendar: Calendar, now: datetime) -> None:
        self._index, self._calendar, self._now = index, calendar, now
        self._known = dict(facts.teams)

    def past(self, scope: Iterable[History]) -> tuple[TeamPast, ...]:
        """Returns the past of every project and repository that the scope lies in."""
        return tuple(self._of(*team) for team in sorted(places(scope)))

    def _of(self, source: str, container: str) -> TeamPast:
        if (source, container) not in self._known:
            members = self._index.members(source, container)
            self._known[source, container] = team_past(members, self._calendar, self._now)
        return self._known[source, container]


def places(scope: Iterable[History]) -> set[tuple[str, str]]:
    """Returns the projects and repositories that the scope lies in, as source and case-folded name."""
    return {(h.item.source, h.item.container.casefold()) for h in scope}


def team_past(histories: Sequence[History], calendar: Calendar, now: datetime) -> TeamPast:
    """Counts what one project or repository delivered per day."""
    delivered = Counter(calendar.day(h.item.delivered) for h in histories if h.item.delivered)
    points = tuple(sorted(h.item.points for h in histories if h.item.points is not None))
    today = calendar.midnight(calendar.day(now))
    return TeamPast(delivered, min(delivered, default=None), points, count_touched((h.item for h in histories), today))


def count_touched(items: Iterable[WorkItem], today: datetime) -> int:
    """Counts the open items that somebody touched in the 30 days before midnight or since."""
    since = today - TOUCHED_LATELY
    return sum(not item.closed and item.active >= since for item in items)
