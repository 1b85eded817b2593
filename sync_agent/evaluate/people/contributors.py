"""Who works on the items of each theme, by what the trackers show."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sync_agent.evaluate.items.mapping import Index, selectors
from sync_agent.model import Account, Organisation, WorkItem

_BOT = "[bot]"


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody with work of a theme (its id): `person` is their id, if the configuration knows the account. They are
    assigned to, or reported, so many `items`, which are that `share` of all of it.
    """

    theme: str
    source: str
    account: Account
    person: str | None
    items: int
    share: float


def contributors(organisation: Organisation, index: Index) -> Iterator[Contributor]:
    """Theme by theme, whoever has most of it first. Programs are left out."""
    known = {(s, account): p.id for p in organisation.people.values() for s, account in p.accounts.items()}
    for theme in organisation.themes:
        items = _items(theme, organisation, index)
        counts: Counter[tuple[str, Account]] = Counter()
        for item in items.values():
            counts.update({(item.source, account) for account in _people(item)})
        for (source, account), count in sorted(counts.items(), key=lambda each: (-each[1], each[0][1].name)):
            yield Contributor(theme, source, account, known.get((source, account.id)), count, count / len(items))


def _items(theme: str, organisation: Organisation, index: Index) -> Mapping[tuple[str, str], WorkItem]:
    """Each once, however many goals of the theme it counts for."""
    goals = (goal for goal in organisation.goals if goal.theme == theme)
    found = (history.item for goal in goals for selector in selectors(goal) for history in index.select(selector))
    return {item.identity: item for item in found if not item.cancelled}


def _people(item: WorkItem) -> tuple[Account, ...]:
    every = (*item.assignees, *((item.author,) if item.author else ()))
    return tuple(account for account in every if not account.name.endswith(_BOT) and not account.id.endswith(_BOT))
