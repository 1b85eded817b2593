"""A store that dies at a commit, as the process would that is killed then."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from sync_agent.store import Store


class Killed(BaseException):
    """As a kill: nobody catches it."""


class Mortal(Store):
    """Dies before (an odd number) or after (an even one) a commit; 0: never. Counts the moments at which it could."""

    moments = 0
    dies_at = 0

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with super().begin() as connection:
            yield connection
            self._pass()
        self._pass()

    def _pass(self) -> None:
        self.moments += 1
        if self.moments == self.dies_at:
            raise Killed
