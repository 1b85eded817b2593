"""Things that follow each other without a longer pause."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

_Thing = TypeVar("_Thing")


def runs(things: Iterable[_Thing], at: Callable[[_Thing], datetime], pause: timedelta) -> Iterator[list[_Thing]]:
    """Yields things in runs, the oldest first; `at` is when one happened, `pause` how long one may last."""
    run: list[_Thing] = []
    for thing in sorted(things, key=at):
        if run and at(thing) - at(run[-1]) > pause:
            yield run
            run = []
        run.append(thing)
    yield run
