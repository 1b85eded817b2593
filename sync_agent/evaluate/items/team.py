"""What the teams behind a goal have delivered."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Facts, History, TeamPast


class Teams:
    """Counts what projects and repositories delivered, each only once."""

    def __init__(self, facts: Facts, index: Index, calendar: Calendar) -> None:
        self._index, self._calendar = index, calendar
        self._known = dict(facts.teams)

    def past(self, scope: Iterable[History]) -> tuple[TeamPast, ...]:
        """Returns the past of every project and repository that the scope lies in."""
        return tuple(self._of(*team) for team in sorted(places(scope)))

    def _of(self, source: str, container: str) -> TeamPast:
        if (source, container) not in self._known:
            self._known[source, container] = team_past(self._index.members(source, container), self._calendar)
        return self._known[source, container]


def places(scope: Iterable[History]) -> set[tuple[str, str]]:
    """Returns the projects and repositories that the scope lies in, as source and case-folded name."""
    return {(h.item.source, h.item.container.casefold()) for h in scope}


def team_past(histories: Sequence[History], calendar: Calendar) -> TeamPast:
    """Counts what one project or repository delivered per day."""
    delivered = Counter(calendar.day(h.item.delivered) for h in histories if h.item.delivered)
    oldest = min((calendar.day(h.item.created) for h in histories), default=None)
    return TeamPast(delivered, oldest, tuple(sorted(h.item.points for h in histories if h.item.points is not None)))
