"""Trackers that run in processes of their own, over HTTPS, and clients that are measured in processes of their own."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from sync_agent.sandbox.certificates import Certificates


@dataclass(frozen=True, slots=True)
class Task:
    """What a client has to read: a tracker of a `kind` with so many items, in so many repositories of a GitHub, or
    `spread` over the projects of a Jira. It answers so many seconds late.
    """

    kind: str
    items: int
    repositories: int = 1
    latency: float = 0.0
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Tracker:
    """One served tracker; `authority` is the file with the certificate to trust."""

    task: Task
    url: str
    authority: Path

    def requests(self) -> int:
        """How many were answered since this was last asked."""
        return int(self._control("requests"))

    def truth(self) -> Mapping[str, str]:
        """What tells whether an item was read as it is now, by its key."""
        return dict(self._control("truth"))

    def edit(self, first: int, count: int) -> None:
        """Somebody edits so many items from a first one on."""
        self._control(f"edit/{first}/{count}")

    def _control(self, name: str) -> Any:
        host = self.url.removesuffix("/api/v3")
        return requests.get(f"{host}/_sandbox/{name}", timeout=60, verify=str(self.authority)).json()


@dataclass(frozen=True, slots=True)
class Run:
    """What one process needed: seconds on the clock and of the processor, megabytes at its peak, requests."""

    seconds: float
    processor: float
    megabytes: float
    requests: int


@contextmanager
def served(task: Task, *, edits: int = 0, record: Path | None = None) -> Iterator[Tracker]:
    """A tracker while it is entered. An item is edited after each of the first `edits` answers."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        files = Certificates.make(Path(folder))
        command = [
            sys.executable, "-m", "benchmarks.pull.serve", task.kind, str(task.items), "--latency", str(task.latency),
            "--repositories", str(task.repositories), "--edits", str(edits), "--certificate", str(files.server),
            *(("--record", str(record)) if record else ()), *(("--spread",) if task.spread else ()),
        ]  # fmt: skip
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin is not None
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            yield Tracker(task, f"{url}/api/v3" if task.kind == "github" else url, files.authority)
        finally:
            process.stdin.close()
            process.wait()
            process.stdout.close()


def measure(command: list[str], tracker: Tracker, environ: Mapping[str, str], log: Path) -> Run:
    """Runs a client; exits with its last words where it fails."""
    tracker.requests()
    trust = {"REQUESTS_CA_BUNDLE": str(tracker.authority), "SSL_CERT_FILE": str(tracker.authority)}
    words = [
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    began = time.monotonic()
    pid = os.posix_spawn(command[0], command, {**os.environ, **trust, **environ}, file_actions=words)
    _, status, usage = os.wait4(pid, 0)
    seconds = time.monotonic() - began
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{log.read_text()[-3000:]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, tracker.requests())


def read_json(path: Path) -> dict[str, str]:
    """What a client wrote of what it knows: the mark of each key."""
    return dict(json.loads(path.read_text()))
