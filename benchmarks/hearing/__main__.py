"""Lets many mails wait for one cycle, and sends a megabyte of hostile text through every door.

The mails lie in a Maildir: feedback to goals, answers of vacation programs, what nobody understands, and letters of
strangers. Beside them something is due that people have to be told.
"""

import argparse
import logging
import mailbox
import os
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection

from benchmarks.hearing.hostile import costs
from sync_agent.config import installed_connectors, load
from sync_agent.demo.files import TOKENS
from sync_agent.demo.stage import Stage, staged
from sync_agent.run.cycle import run_cycle
from sync_agent.run.process import logs
from sync_agent.run.report import CycleReport
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers
from sync_agent.world import open_world

_MOST = 100.0
"""Milliseconds of the processor that a megabyte of text may cost."""
_PEOPLE = ("mira", "tomas", "ines", "board", "partner")
_GOALS = ("fast-checkout", "platform-upgrade", "search", "fewer-crashes")


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints both; 1 where a mail was lost or left, or a text costs too much."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.hearing", description=__doc__)
    options.add_argument("--mails", type=int, default=1_000, help="that wait (10000 for the long run)")
    asked = options.parse_args(arguments)
    logs.configure(level="critical", json=False)
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
    good = _crowded(asked.mails)
    print(f"\n{'a megabyte through':<24} {'ms, at worst':>12}  of")
    for cost in costs():
        print(f"{cost.door:<24} {cost.worst:>12.0f}  {cost.piece!r}")
        good &= cost.worst < _MOST
    return int(not good)


def _crowded(mails: int) -> bool:
    """Whether one cycle hears all of them, and sends what is due."""
    now = datetime.now(UTC)
    with TemporaryDirectory(prefix="sync-agent-hearing-") as folder, staged(Path(folder), now) as stage:
        settings = load(stage.config, TOKENS, installed_connectors())
        store = Store.open(settings.store)
        with open_world(settings, installed_connectors(), TOKENS, stage.clock.now, threading.Event()) as world:
            run_cycle(settings, store, world)
            quiet, _ = _timed(lambda: run_cycle(settings, store, world))
            wanted = _deliver(stage, mails)
            told = len(stage.mail.messages)
            with _held(store) as held:
                busy, report = _timed(lambda: run_cycle(settings, store, world))
        with store.read() as connection:
            kept = Counter(answer.kind for answer in load_answers(connection))
        store.close()
        left = len(list(stage.inbox.glob("new/*")))
        sent = len(stage.mail.messages) - told
    each, memory = (busy[1] - quiet[1]) * 1000 / mails, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{mails:,} mails: a cycle of {busy[0]:.1f} s ({quiet[0]:.1f} s without them), left for the next: {left}")
    print(f"  {each:.2f} ms of the processor for each, {memory} MB")
    print(f"  kept: {kept['feedback']:,} of {wanted:,}; mails sent: {sent}; store held for {max(held):.2f} s at most")
    return left == 0 and kept["feedback"] == wanted and report.delivery is not None and not report.delivery.waiting


def _timed(cycle: Callable[[], CycleReport]) -> tuple[tuple[float, float], CycleReport]:
    """Seconds, seconds of the processor, and the report."""
    began, spent = time.monotonic(), time.process_time()
    report = cycle()
    return (time.monotonic() - began, time.process_time() - spent), report


@contextmanager
def _held(store: Store) -> Iterator[list[float]]:
    """How many seconds each transaction keeps others from writing."""
    begin, held = store.begin, [0.0]

    @contextmanager
    def timed() -> Iterator[Connection]:
        began = time.monotonic()
        with begin() as connection:
            yield connection
        held.append(time.monotonic() - began)

    store.begin = timed  # type: ignore[method-assign]
    try:
        yield held
    finally:
        store.begin = begin  # type: ignore[method-assign]


def _deliver(stage: Stage, mails: int) -> int:
    """The mails arrive, a minute ago; how many of them are feedback that counts."""
    box, feedback = mailbox.Maildir(stage.inbox), 0
    at = (stage.clock.now() - timedelta(minutes=1)).timestamp()
    for number in range(mails):
        message, counts = _letter(number)
        feedback += counts
        key = box.add(message.as_bytes())
        os.utime(stage.inbox / "new" / key, (at, at))
    return feedback


def _letter(number: int) -> tuple[EmailMessage, bool]:
    """Of ten mails seven are feedback; the others are of a vacation program, of a stranger, and not understood."""
    message, part = EmailMessage(), number % 10
    who = _PEOPLE[number % len(_PEOPLE)]
    message["From"] = "somebody@elsewhere.example" if part == 7 else f"{who}@lantern.example"
    message["To"], message["Message-ID"] = "goals@lantern.example", f"<{number}@mail.lantern.example>"
    message["Subject"] = "unsubscribe" if part == 9 else f"About {_GOALS[number % len(_GOALS)]}"
    if part == 8:
        message["Auto-Submitted"] = "auto-replied"
    message.set_content(f"Number {number}: receipts arrive an hour late.\n\n-- \n{who}\n")
    return message, part < 7


if __name__ == "__main__":
    sys.exit(main())
