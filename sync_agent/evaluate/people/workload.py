"""Who works on what across all goals, and how much they usually finish.

Only this module looks beyond a goal's own selectors: at all items assigned to the goal's people (or at the counts in
`Facts.accounts` where the items are not loaded), and at what other goals want of them (`Assessment.commitments`).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import AccountWork, Commitment, Facts, Goal, History, Organisation, StatusCategory, WorkItem

PACE = timedelta(days=90)
"""How far back the pace of a person is counted."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody with work assigned: a configured person (`id` is theirs) or a bare account.

    `accounts` are pairs of source and account id.
    """

    id: str
    name: str
    accounts: tuple[tuple[str, str], ...]


class Staff:
    """Maps the accounts of trackers to the configured persons behind them."""

    def __init__(self, organisation: Organisation) -> None:
        self._people = {
            account: Worker(person.id, person.name, tuple(person.accounts.items()))
            for person in organisation.people.values()
            for account in person.accounts.items()
        }

    def assignees(self, item: WorkItem) -> tuple[Worker, ...]:
        """Returns the people an item is assigned to."""
        return tuple(
            self._people.get((item.source, a.id)) or Worker(f"{item.source} {a.id}", a.name, ((item.source, a.id),))
            for a in item.assignees
        )

    def accounts(self, histories: Iterable[History]) -> set[tuple[str, str]]:
        """Returns all accounts of everybody with unfinished work among these items."""
        items = (h.item for h in histories if not h.item.closed)
        return {account for item in items for worker in self.assignees(item) for account in worker.accounts}

    def commitments(self, scope: Iterable[History]) -> tuple[Commitment, ...]:
        """Returns what everybody still has to do for a goal with that scope."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for item in (h.item for h in scope if not h.item.done):
            for worker in self.assignees(item):
                found[worker.id].add(item.identity)
        return tuple(Commitment(worker, tuple(sorted(items))) for worker, items in sorted(found.items()))


class Workload:
    """The work of everybody at one instant. `commitments` are those of all goals by id, judged now or earlier."""

    def __init__(
        self,
        organisation: Organisation,
        commitments: Mapping[str, Iterable[Commitment]],
        facts: Facts,
        index: Index,
        calendar: Calendar,
        now: datetime,
    ) -> None:
        self._accounts = dict(facts.accounts)
        self._staff = Staff(organisation)
        self._index = index
        self._calendar = calendar
        self._now = now
        self._goals = {goal.id: goal for goal in organisation.goals}
        self._open: dict[str, dict[str, Collection[tuple[str, str]]]] = defaultdict(dict)
        for goal in self._goals:
            for commitment in commitments.get(goal, ()):
                self._open[commitment.worker][goal] = commitment.items
        self._owned: dict[str, list[Goal]] = defaultdict(list)
        for owned in self._goals.values():
            self._owned[owned.owner].append(owned)

    def workers(self, items: Iterable[WorkItem]) -> tuple[Worker, ...]:
        """Returns everybody these items are assigned to, each once."""
        return tuple({worker.id: worker for item in items for worker in self._staff.assignees(item)}.values())

    def in_progress(self, worker: Worker) -> int:
        """Counts the items somebody has in progress, for goals or not."""
        return sum(self._work(account).in_progress for account in worker.accounts)

    def begun(self, worker: Worker) -> tuple[WorkItem, ...]:
        """Returns the items somebody has in progress, as far as they are loaded."""
        return tuple(h.item for h in self._index.assigned(worker.accounts) if h.item.category is StatusCategory.DOING)

    def open_by_goal(self, worker: Worker) -> Mapping[str, Collection[tuple[str, str]]]:
        """Returns the open items assigned to somebody, as (source, id), by goal."""
        return self._open.get(worker.id, {})

    def owned_by(self, person: str) -> tuple[Goal, ...]:
        """Returns the goals that a person owns."""
        return tuple(self._owned.get(person, ()))

    def goal(self, name: str) -> Goal:
        """Returns the goal with that id. Raises KeyError."""
        return self._goals[name]

    def finished_lately(self, worker: Worker) -> int:
        """Counts the items of somebody's that were delivered in the last 90 days."""
        return sum(self._work(account).delivered for account in worker.accounts)

    def capacity(self, worker: Worker, until: Goal) -> float:
        """Estimates how many items somebody finishes by a goal's due date, at the pace of the last 90 days."""
        today = self._calendar.day(self._now)
        lately = self._calendar.working_days(today - PACE, today - timedelta(days=1))
        return self.finished_lately(worker) * self._calendar.working_days(today, until.period.due) / max(1, lately)

    def _work(self, account: tuple[str, str]) -> AccountWork:
        if account not in self._accounts:
            self._accounts[account] = account_work((h.item for h in self._index.assigned([account])), self._now)
        return self._accounts[account]


def account_work(items: Iterable[WorkItem], now: datetime) -> AccountWork:
    """Counts the work assigned to one account."""
    since, known = now - PACE, list(items)
    return AccountWork(
        in_progress=sum(item.category is StatusCategory.DOING for item in known),
        delivered=sum(item.delivered is not None and item.delivered > since for item in known),
    )
