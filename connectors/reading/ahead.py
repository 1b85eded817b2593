"""Produces values while earlier ones are used, so that fetching, decoding and storing overlap."""

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from queue import Full, Queue
from typing import Generic, TypeVar

T = TypeVar("T")
_PATIENCE_SECONDS = 0.1


def ahead(source: Iterator[T], depth: int = 2) -> Iterator[T]:
    """Yields the values of `source` in order; another thread makes up to `depth` of them in advance."""
    return merged([source], workers=1, depth=depth)


def merged(sources: Iterable[Iterator[T]], workers: int, depth: int = 2) -> Iterator[T]:
    """Yields the values of several iterators as they come; `workers` threads run one iterator each at a time.

    The first error in any of them ends all. Once nobody wants more values, the threads stop at their next one.
    """
    line: _Line[T] = _Line(sources, depth)
    threads = [threading.Thread(target=line.work, name="ahead", daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        yield from line.values(len(threads))
    finally:
        line.stopped.set()


@dataclass(frozen=True, slots=True)
class _Passed(Generic[T]):
    value: T


class _Line(Generic[T]):
    """Passes values from the threads to whoever uses them. An exception ends it; None is the end of one thread."""

    def __init__(self, sources: Iterable[Iterator[T]], depth: int) -> None:
        self._todo = deque(sources)
        self._queue: Queue[_Passed[T] | BaseException | None] = Queue(depth)
        self.stopped = threading.Event()

    def work(self) -> None:
        """Runs in each thread."""
        try:
            while not self.stopped.is_set() and self._todo:
                source = self._next()
                for value in source:
                    if not self._put(_Passed(value)):
                        break
        except BaseException as error:  # noqa: BLE001  raised again where the values are used
            self._put(error)
        else:
            self._put(None)

    def values(self, threads: int) -> Iterator[T]:
        """Yields what the threads make until all of them have ended."""
        while threads:
            found = self._queue.get()
            if isinstance(found, BaseException):
                raise found
            if found is None:
                threads -= 1
            else:
                yield found.value

    def _next(self) -> Iterator[T]:
        try:
            return self._todo.popleft()
        except IndexError:  # Another thread was faster.
            return iter(())

    def _put(self, value: _Passed[T] | BaseException | None) -> bool:
        while not self.stopped.is_set():
            try:
                self._queue.put(value, timeout=_PATIENCE_SECONDS)
            except Full:
                continue
            return True
        return False
