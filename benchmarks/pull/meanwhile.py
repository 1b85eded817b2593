"""What is lost when people work while a tracker is read: `python -m benchmarks.pull.meanwhile`.

Items are edited after each answer, or every item as soon as it, or a part of its history, was served, four times at
most. After two such pulls and a third in peace, what is stored is compared with what somebody knows who reads all anew.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle

from benchmarks.pull.desk import Desk, desk, known, opened, pull_into
from benchmarks.pull.serve import KINDS
from sync_agent.sandbox.core import Exchange
from sync_agent.store import Store

WAYS = ("after each answer", "while histories are fetched")
_STRIDE = 7
_TIMES = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many items there are, how many edits and requests were made while they were read, how many items were edited,
    and the keys of those that are not known as they are in the end.
    """

    items: int
    edits: int
    edited: int
    requests: int
    lost: tuple[str, ...]


def main() -> None:
    """One row for each tracker and way to work."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.pull.meanwhile", description=__doc__)
    options.add_argument("--items", type=int, default=1000, help="items in each tracker (1000)")
    options.add_argument("--tracker", choices=KINDS, action="append", help="only this one; may be repeated")
    chosen = options.parse_args()
    print(f"{'':42}{'edits':>8}{'requests':>10}{'as they are':>16}")
    for kind in chosen.tracker or KINDS:
        for way in WAYS:
            found = disturbed(kind, chosen.items, way)
            right = f"{found.items - len(found.lost):,} of {found.items:,}"
            print(f"{f'{kind}, {way}':42}{found.edits:>8,}{found.requests:>10,}{right:>16}", flush=True)


def disturbed(kind: str, items: int, way: str) -> Outcome:
    """Two pulls while people work, and one after that."""
    tracker, edits = desk(kind, items), Counter[str]()
    work = _work_on_all(tracker, edits) if way == WAYS[1] else _work_on_one(tracker, edits)
    with opened(tracker) as source, Store.temporary() as store, Store.temporary() as fresh:
        tracker.sandbox.after = work
        pull_into(store, source)
        pull_into(store, source)
        tracker.sandbox.after = lambda _exchange: None
        pull_into(store, source)
        requests = len(tracker.sandbox.journal.exchanges)
        pull_into(fresh, source)
        found, truth = known(store), known(fresh)
    assert set(truth) == set(tracker.keys)
    lost = tuple(key for key in truth if found.get(key) != truth[key])
    return Outcome(items, edits.total(), len(edits), requests, lost)


def _work_on_one(tracker: Desk, edits: Counter[str]) -> Callable[[Exchange], None]:
    keys = cycle(tracker.keys[::_STRIDE])

    def work(_exchange: Exchange) -> None:
        key = next(keys)
        edits[key] += 1
        tracker.edit(key)

    return work


def _work_on_all(tracker: Desk, edits: Counter[str]) -> Callable[[Exchange], None]:
    def work(exchange: Exchange) -> None:
        for key in tracker.served(exchange):
            if edits[key] < _TIMES:
                edits[key] += 1
                tracker.edit(key)

    return work


if __name__ == "__main__":
    main()
