"""What a command has the agent at work do."""

import time
from itertools import count

import click

from sync_agent.store import Store, StoreError
from sync_agent.store.memory.wishes import WishedCycle, want_cycle, wished_cycle

_LOOK_SECONDS = 0.5
_LOOKS = 60
"""After so many looks it is time to see whether the agent is still there."""


def at_work(store: Store) -> bool:
    """Whether an agent has the store."""
    try:
        with store.exclusive():
            return False
    except StoreError:
        return True


def have_it_run(store: Store) -> bool:
    """Has the agent at work run a cycle; returns whether it went well. Raises StoreError if the agent stops first."""
    with store.begin() as connection:
        number = want_cycle(connection)
    click.echo("The running agent has been asked for a cycle. Ctrl-C ends the waiting, not the cycle.", err=True)
    cycle = _wait_for(store, number)
    click.echo(f"The cycle failed: {cycle.problem}" if cycle.failed else "The cycle went well.")
    return not cycle.failed


def _wait_for(store: Store, number: int) -> WishedCycle:
    for look in count(1):
        with store.read() as connection:
            cycle = wished_cycle(connection, number)
        if cycle:
            return cycle
        if look % _LOOKS == 0 and not at_work(store):
            break
        time.sleep(_LOOK_SECONDS)
    raise StoreError("the agent has stopped before it ran the cycle; it does so when it starts again")
