"""A list that shows edits late, by any time up to the overlap, and pulls at any times: in the end all is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.reading.keyset import Entry, Page, Position, millis, walk
from tests.support.theatre import MONDAY

OVERLAP = timedelta(seconds=60)
ITEMS = 5
PAGE = 3

# Seconds that pass, and then an item that is edited and how late that is shown, or (None) a pull.
Step = tuple[int, tuple[int, int] | None]
edits = st.tuples(st.integers(0, ITEMS - 1), st.sampled_from((0, 1, 40, 60)))
steps = st.lists(st.tuples(st.sampled_from((0, 1, 2, 25, 61, 130)), st.none() | edits), max_size=25)


@dataclass
class LateList:
    """Times are those of the server, cut to a second as on GitHub. One edit more may come between two pages.

    Of two edits of an item in one second no list tells which it shows: the second one is shown within a second then.
    """

    now: int = 0
    edits: list[tuple[int, int, int]] = field(default_factory=lambda: [(n, 0, 0) for n in range(ITEMS)])
    meanwhile: list[tuple[int, int]] = field(default_factory=list)

    def edit(self, item: int, late: int) -> None:
        again = any(other == item and at == self.now for other, at, _ in self.edits)
        self.edits.append((item, self.now, self.now + (min(late, 1) if again else late)))

    def shown(self) -> dict[int, tuple[int, int]]:
        """Of each item the time of its newest edit that is shown, and which one it is."""
        return {item: (at, n) for n, (item, at, from_) in enumerate(self.edits) if from_ <= self.now}

    def fetch(self, since: int, mark: Any, left_out: Sequence[str]) -> Page:
        place = {str(item): millis(MONDAY) + at * 1000 for item, (at, _) in self.shown().items()}
        found = sorted((at, key) for key, at in place.items() if at >= since and (at > since or key not in left_out))
        start = mark or 0
        page, following = found[start : start + PAGE], start + PAGE
        told = self.shown()
        date = MONDAY + timedelta(seconds=self.now)
        entries = [Entry.listed(key, MONDAY + (place[key] - millis(MONDAY)) * _MS, {"edit": told[int(key)][1]}, date)
                   for _, key in page]  # fmt: skip
        if self.meanwhile:
            self.edit(*self.meanwhile.pop())
        return Page(tuple(entries), following if following < len(found) else None, without=left_out)


_MS = timedelta(milliseconds=1)


@settings(max_examples=150, deadline=None)
@given(steps, st.lists(edits, max_size=12))
@example([(5, (0, 60)), (1, (1, 0)), (25, None), (25, None)], [])  # It must not rest as soon as nothing new comes.
def test_whatever_is_shown_late_is_known_in_the_end(story: list[Step], meanwhile: list[tuple[int, int]]) -> None:
    server, position, known = LateList(meanwhile=meanwhile), Position(), dict[str, int]()

    def pull() -> None:
        nonlocal position
        start, looked = position, MONDAY + timedelta(seconds=server.now)
        for fresh in walk(server.fetch, start.since, start.seen):
            known.update((entry.id, entry.raw["edit"]) for entry in fresh)
            position = position.after(fresh, OVERLAP, server_time=MONDAY + timedelta(seconds=server.now))
        if position is start:
            position = position.at_rest(OVERLAP, looked)

    for seconds, edited in story:
        server.now += seconds
        if edited:
            server.edit(*edited)
        else:
            pull()
    server.meanwhile.clear()
    server.now += 61
    pull()
    assert known == {str(item): n for item, (_, n) in server.shown().items()}
    for _ in range(3):
        pull()
        server.now += 200
    assert position.seen == {}, "it rests"
    server.edit(3, 0)
    server.now += 5
    pull()
    assert known["3"] == len(server.edits) - 1
