"""Who works on what, over all goals, and how much of it they usually finish.

This is the one place that looks beyond a goal's own selectors: at all items that are assigned to the people of the
goal, and at the scopes of the other goals of the organisation.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.mapping import Index, cancelled
from sync_agent.model import Goal, History, Organisation, StatusCategory, WorkItem

_PACE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody whom work is assigned to: a person of the configuration (`id` is theirs), or an account alone.

    `accounts` are pairs of a source and an account id.
    """

    id: str
    name: str
    accounts: tuple[tuple[str, str], ...]


class Workload:
    """The work of everybody at one moment. `scopes` are those of all goals, by id."""

    def __init__(
        self,
        organisation: Organisation,
        scopes: Mapping[str, Sequence[History]],
        index: Index,
        calendar: Calendar,
        now: datetime,
    ) -> None:
        self._index = index
        self._calendar = calendar
        self._now = now
        self._goals = {goal.id: goal for goal in organisation.goals}
        self._people = {
            account: Worker(person.id, person.name, tuple(person.accounts.items()))
            for person in organisation.people.values()
            for account in person.accounts.items()
        }
        self._open: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
        for goal, scope in scopes.items():
            for item in (h.item for h in scope if not h.item.done):
                for worker in self.assignees(item):
                    self._open[worker.id][goal].add((item.source, item.id))

    def assignees(self, item: WorkItem) -> tuple[Worker, ...]:
        """Whom an item is assigned to."""
        return tuple(
            self._people.get((item.source, a.id)) or Worker(f"{item.source} {a.id}", a.name, ((item.source, a.id),))
            for a in item.assignees
        )

    def workers(self, items: Iterable[WorkItem]) -> tuple[Worker, ...]:
        """Everybody whom some items are assigned to, each once."""
        return tuple({worker.id: worker for item in items for worker in self.assignees(item)}.values())

    def in_progress(self, worker: Worker) -> tuple[WorkItem, ...]:
        """Everything that somebody has begun, within goals or not."""
        items = (h.item for h in self._index.assigned(worker.accounts))
        return tuple(item for item in items if item.category is StatusCategory.DOING)

    def open_by_goal(self, worker: Worker) -> Mapping[str, set[tuple[str, str]]]:
        """The open items of each goal that somebody is to do, by (source, id)."""
        return self._open.get(worker.id, {})

    def goal(self, name: str) -> Goal:
        """The goal of that id."""
        return self._goals[name]

    def finished_lately(self, worker: Worker) -> int:
        """How many items of somebody's were finished in the last 90 days."""
        since = self._now - timedelta(days=_PACE_DAYS)
        items = (h.item for h in self._index.assigned(worker.accounts))
        return sum(bool(i.done and i.finished and i.finished > since and not cancelled(i)) for i in items)

    def capacity(self, worker: Worker, until: Goal) -> float:
        """How many items somebody finishes by a goal's due date, at the pace of the last 90 days."""
        today = self._calendar.day(self._now)
        lately = self._calendar.working_days(today - timedelta(days=_PACE_DAYS), today - timedelta(days=1))
        return self.finished_lately(worker) * self._calendar.working_days(today, until.period.due) / max(1, lately)
