"""The agent's own command line in a process that is told what time it is and, if so, when to die.

python -m benchmarks.crash.child SECONDS_LATER never|before|after NUMBER COMMAND…

`before 7` kills it with SIGKILL before the seventh transaction is committed, `after 7` when it is. In the end it says
how many there were.
"""

import atexit
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from sync_agent import world
from sync_agent.store import Store


def main() -> None:
    """Sets the stage and hands over to the agent."""
    later, moment, number, *arguments = sys.argv[1:]
    world.utc_now = lambda: datetime.now(UTC) + timedelta(seconds=float(later))
    _count_transactions(Store, moment, int(number))
    from sync_agent.cli import main as agent  # noqa: PLC0415 - it takes the clock from `world` when it is imported

    agent(arguments)


def _count_transactions(store: type[Store], moment: str, number: int) -> None:
    begin = store.begin
    done = 0

    @contextmanager
    def counted(self: Store) -> Iterator[Connection]:
        nonlocal done
        with begin(self) as connection:
            yield connection
            done += 1
            if moment == "before" and done == number:
                _die()
        if moment == "after" and done == number:
            _die()

    store.begin = counted  # type: ignore[method-assign]
    atexit.register(lambda: print(f"transactions {done}", file=sys.stderr))


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
