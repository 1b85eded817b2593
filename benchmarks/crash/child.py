"""Gives birth to agents: a process that has imported everything and forks one for each line on its standard input.

Starting Python costs a second, the agent's cycle a part of that; so many lives can be ended only where each begins at
once. A life is the agent's own command line in a process of its own, told what time it is and, if so, when to die. A
line is JSON: {"later": SECONDS, "moment": "never" | "before" | "after", "number": N, "command": […], "errors": PATH}.
`before 7` kills it with SIGKILL before the seventh transaction is committed, `after 7` when it is. The answers are two
lines: its process id, and when it is over its wait status. What it has to say goes to the file `errors`, in the end
the number of transactions.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from sqlalchemy import Connection

from connectors.github.write import writer
from sync_agent import world
from sync_agent.config import installed_connectors
from sync_agent.store import Store


@dataclass
class LateClock:
    """The time, so much `later` than it is."""

    later: timedelta = timedelta()

    def __call__(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + self.later


def main() -> None:
    """One life after the other, until no more is asked for."""
    clock = LateClock()
    world.utc_now = clock
    writer._GAP = timedelta()  # The second that GitHub wants between two writes is most of a life.
    agent = import_module("sync_agent.cli").main  # It takes the clock from `world` when it is imported.
    for module in (
        "sync_agent.cli.commands.run",
        "alembic.command",
    ):  # Imported once, for all lives.
        import_module(module)
    installed_connectors()
    import_module("apprise").Apprise().add("json://localhost")  # It loads its plugins when it sees the first address.
    for line in sys.stdin:
        order = json.loads(line)
        process = os.fork()
        if not process:
            os._exit(_live(agent, clock, order))
        print(process, flush=True)
        print(os.waitpid(process, 0)[1], flush=True)


def _live(agent: Callable[[list[str]], None], clock: LateClock, order: dict[str, Any]) -> int:
    """Sets the stage and hands over to the agent; its exit code."""
    for stream, path in ((sys.stdin, os.devnull), (sys.stdout, os.devnull), (sys.stderr, order["errors"])):
        os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC), stream.fileno())
    clock.later = timedelta(seconds=order["later"])
    done = _count_transactions(Store, order["moment"], order["number"])
    code = 0
    try:
        agent(order["command"])
    except SystemExit as end:
        code = int(end.code or 0)
    print(f"transactions {len(done)}", file=sys.stderr, flush=True)
    return code


def _count_transactions(store: type[Store], moment: str, number: int) -> list[None]:
    """A list that grows by one with each transaction."""
    begin = store.begin
    done: list[None] = []

    @contextmanager
    def counted(self: Store) -> Iterator[Connection]:
        with begin(self) as connection:
            yield connection
            done.append(None)
            if moment == "before" and len(done) == number:
                _die()
        if moment == "after" and len(done) == number:
            _die()

    store.begin = counted  # type: ignore[method-assign]
    return done


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
