"""Prints what each client needs to read everything, and what it loses while people work."""

import argparse
import json
import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.pull import peers
from benchmarks.pull.world import Tracker, tracker

_WHO = {
    "jira-cloud": ("floor", "ours", "jira"),
    "jira-server": ("floor", "ours", "jira"),
    "github": ("floor", "ours", "PyGithub"),
}
_PERCEVAL = ("jira-server", "github")


@dataclass(frozen=True, slots=True)
class Run:
    """What one process needed: seconds, megabytes at its peak, requests; and what it said it had read."""

    seconds: float
    megabytes: float
    requests: int
    found: dict[str, str]


def main() -> None:
    """One table a tracker."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.pull", description=__doc__)
    options.add_argument("--items", type=int, default=1000, help="items in each tracker (1000)")
    options.add_argument("--latency", type=float, default=0.05, help="seconds that each answer takes longer (0.05)")
    options.add_argument("--tracker", choices=sorted(_WHO), action="append", help="only this one; may be repeated")
    options.add_argument("--peers", type=Path, help="directory for clients that need an environment of their own")
    chosen = options.parse_args()
    if chosen.peers:
        peers.install(chosen.peers)
    for kind in chosen.tracker or sorted(_WHO):
        _compare(kind, chosen.items, chosen.latency, chosen.peers)


def _compare(kind: str, items: int, latency: float, folder: Path | None) -> None:
    print(f"\n{kind}: {items:,} items with 3 changes each, {latency * 1000:.0f} ms an answer")
    print(f"{'':10}{'requests':>10}{'seconds':>10}{'× floor':>10}{'MB':>8}{'lost while edited':>20}", flush=True)
    names = (*_WHO[kind], "Perceval") if folder and kind in _PERCEVAL else _WHO[kind]
    base = None
    for name in names:
        with tracker(kind, items, latency) as calm:
            run = measure(name, calm, folder)
        base = base or run
        lost = "" if name == "floor" else f"{_lost(name, kind, items, run.requests, folder)} of {items:,}"
        ratio = run.seconds / base.seconds
        print(
            f"{name:10}{run.requests:>10,}{run.seconds:>10.2f}{ratio:>10.2f}{run.megabytes:>8.0f}{lost:>20}", flush=True
        )


def _lost(name: str, kind: str, items: int, answers: int, folder: Path | None) -> int:
    """How many items are not known as they are in the end, when one was edited after each answer of the first pull.

    Ours pulls a second time into the same store, as the next cycle does, and reads only what is new; the others begin
    anew whenever they are called, so they are called once.
    """
    with tracker(kind, items, 0.0) as busy:
        busy.restless(items, answers)
        run = measure(name, busy, folder, pulls=2)
        truth = busy.truth()
    return sum(run.found.get(key) != mark for key, mark in truth.items())


def measure(name: str, served: Tracker, folder: Path | None, pulls: int = 1) -> Run:
    """Runs a client in a process of its own."""
    served.sandbox.journal.clear()
    with tempfile.TemporaryDirectory() as scratch:
        output = Path(scratch) / "found.json"
        command = [sys.executable, "-m", "benchmarks.pull.clients", name, served.kind, served.url, str(output)]
        if name == "Perceval" and folder:
            command = peers.perceval(folder, served.kind, served.url, output)
        began = time.monotonic()
        pid = os.posix_spawn(command[0], command, {**os.environ, "BENCH_PULLS": str(pulls)}, file_actions=_QUIET)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.monotonic() - began
        if status:
            sys.exit(f"{name} failed on {served.kind}")
        found = peers.found_by_perceval(output) if name == "Perceval" else json.loads(output.read_text())
        return Run(seconds, usage.ru_maxrss / 1024, served.requests, found)


_QUIET = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_WRONLY, 0) for stream in (1, 2)]

if __name__ == "__main__":
    main()
