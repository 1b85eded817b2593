"""Kills the agent again and again while it pulls: `python -m benchmarks.crash.pulls`.

It dies at an answer of the tracker, before or after a commit of the store, or at any instant; then it begins anew, and
in the end it may finish. What it has stored then has to equal what was stored by one that was never killed.
"""

import argparse
import logging
import random
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.crash.nursery import Life, Nursery, nursery
from benchmarks.pull.desk import TOKEN, Desk, desk, known
from benchmarks.pull.serve import KINDS
from sync_agent.model import History
from sync_agent.sandbox.core import Exchange, Server
from sync_agent.store import Store

_PEOPLE = {"ada": {"name": "Ada", "role": "owner", "accounts": {"tracker": "ada"}}}
_YEAR = {"start": "2026-01-01", "due": "2026-12-31"}
_GOAL = {"id": "work", "objective": "The work is done", "owner": "ada", "period": _YEAR}
_LONGEST = 120.0
_KILLS_A_STORE = 3


@dataclass(frozen=True, slots=True)
class Whole:
    """An undisturbed pull: what it stored, the seconds from its first answer to its end, its answers and commits."""

    found: Mapping[str, History]
    seconds: float
    answers: int
    commits: int


def main(arguments: list[str] | None = None) -> int:
    """Prints the table; 1 when a store is not as it should be."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.crash.pulls", description=__doc__)
    options.add_argument("--kills", type=int, default=30, help="in all (30)")
    options.add_argument("--items", type=int, default=600, help="in each tracker (600)")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args(arguments)
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # It reports the connections that break off on purpose.
    print(f"{'':16}{'items':>8}{'answers':>9}{'commits':>9}{'kills':>7}{'stores':>8}{'unequal':>9}")
    bad = 0
    with nursery() as one:
        for kind in KINDS:
            bad += _tracker(
                one, desk(kind, asked.items), asked.kills // len(KINDS), random.Random(f"{asked.seed} {kind}")
            )
    return int(bad > 0)


def _tracker(one: Nursery, tracker: Desk, kills: int, chance: random.Random) -> int:
    """One row; how many stores are not as they should be."""
    with Server(tracker.sandbox.app) as server, tempfile.TemporaryDirectory(prefix="sync-agent-pulls-") as folder:
        agent = _Agent(one, tracker, Path(folder), server.url)
        whole = agent.undisturbed()
        killed = stores = unequal = 0
        while killed < kills:
            path = Path(folder) / f"{stores}.db"
            for _ in range(min(_KILLS_A_STORE, kills - killed)):
                killed += agent.killed(path, whole, chance)
            stores += 1
            unequal += agent.finished(path) != whole.found
    row = (len(whole.found), whole.answers, whole.commits, killed, stores, unequal)
    print("{:16}{:>8,}{:>9,}{:>9,}{:>7,}{:>8,}{:>9,}".format(tracker.kind, *row), flush=True)
    return unequal


class _Agent:
    """The agent with a configuration of one tracker; each life is a process of its own."""

    def __init__(self, one: Nursery, tracker: Desk, folder: Path, url: str) -> None:
        self._one = one
        self._tracker = tracker
        self._folder = folder
        (folder / "token").write_text(TOKEN)
        auth = {**tracker.options["auth"], "token": {"file": str(folder / "token")}}
        kind = tracker.kind.partition("-")[0]
        self._sources = {"tracker": {"type": kind, "url": url, **tracker.options, "auth": auth}}
        work = {"source": "tracker", "status": ["Done", "closed"]}
        result = {"id": "all", "title": "All of it", "delivers": work}
        (folder / "goals").mkdir()
        (folder / "goals" / "goals.yaml").write_text(yaml.safe_dump({"goals": [{**_GOAL, "key_results": [result]}]}))

    def undisturbed(self) -> Whole:
        """A pull that nobody kills."""
        path, sandbox = self._folder / "whole.db", self._tracker.sandbox
        life, begun = self._begin(path)
        _wait(life, begun)
        began = time.monotonic()
        life.wait(_LONGEST)
        seconds = time.monotonic() - began
        if life.status:
            sys.exit(f"the agent fails without any trouble: {life.errors}")
        commits = int(life.errors.split("transactions ")[1].split()[0])
        return Whole(self._stored(path), seconds, len(sandbox.journal.exchanges), commits)

    def killed(self, path: Path, whole: Whole, chance: random.Random) -> bool:
        """One life that ends somewhere; whether it was killed and not over before."""
        way = chance.choice(("answer", "commit", "instant"))
        if way == "commit":
            life, _ = self._begin(path, chance.choice(("before", "after")), chance.randint(1, whole.commits))
        else:
            life, begun = self._begin(path, kill_at=chance.randint(1, whole.answers) if way == "answer" else 0)
            if way == "instant":
                _wait(life, begun)
                life.wait(chance.uniform(0, whole.seconds))
                life.kill()
        life.wait(_LONGEST)
        return life.status == -signal.SIGKILL

    def finished(self, path: Path) -> Mapping[str, History]:
        """What is stored once a life may end by itself."""
        life, _ = self._begin(path)
        life.wait(_LONGEST)
        if life.status:
            sys.exit(f"the agent does not go on: {life.errors}")
        return self._stored(path)

    def _begin(
        self, path: Path, moment: str = "never", number: int = 0, kill_at: int = 0
    ) -> tuple[Life, threading.Event]:
        """A life, and what tells that it was given its first answer."""
        sandbox, begun, lives = self._tracker.sandbox, threading.Event(), list[Life]()
        sandbox.journal.clear()

        def answered(_exchange: Exchange) -> None:
            begun.set()
            if kill_at and len(sandbox.journal.exchanges) == kill_at:
                lives[0].kill()

        sandbox.after = answered
        settings = {"organisation": "Bench", "store": str(path), "sources": self._sources, "people": _PEOPLE}
        (self._folder / "sync-agent.yaml").write_text(yaml.safe_dump(settings))
        command = ["--config", str(self._folder), "reconcile"]
        lives.append(self._one.begin(0, moment, number, command))
        return lives[0], begun

    def _stored(self, path: Path) -> Mapping[str, History]:
        store = Store.open(f"sqlite:///{path}")
        try:
            return known(store)
        finally:
            store.close()


def _wait(life: Life, begun: threading.Event) -> None:
    """Until the first answer, or the end."""
    while not begun.wait(0.01) and not life.wait(0):
        pass


if __name__ == "__main__":
    sys.exit(main())
