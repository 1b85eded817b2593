"""The agents' lives as the benchmark sees them: begun at once, waited for, ended with SIGKILL."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sync_agent.demo.files import TOKENS


@dataclass
class Life:
    """One run of the agent, a process of its own. `status` is its exit code; -9: it was killed, None: it runs."""

    pid: int
    told: IO[bytes]
    path: Path
    status: int | None = None

    def wait(self, seconds: float) -> bool:
        """Whether it is over within some time."""
        if self.status is None and select.select([self.told], [], [], seconds)[0]:
            self.status = os.waitstatus_to_exitcode(int(self.told.readline()))
        return self.status is not None

    def kill(self) -> None:
        """Ends it now, wherever it is."""
        if self.status is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    @property
    def errors(self) -> str:
        """What it has said."""
        return self.path.read_text()


@dataclass
class Nursery:
    """Begins lives, one at a time."""

    process: subprocess.Popen[bytes]
    errors: Path

    def begin(self, later: float, moment: str, number: int, command: Sequence[str]) -> Life:
        """The agent's `command` so many seconds `later`; killed at a `moment` as in `child`."""
        order = {"later": later, "moment": moment, "number": number, "command": command, "errors": str(self.errors)}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return Life(int(self.process.stdout.readline()), self.process.stdout, self.errors)


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A nursery that is closed in the end."""
    with tempfile.TemporaryDirectory(prefix="sync-agent-crash-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.crash.child"],
            env={**os.environ, **TOKENS},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        yield Nursery(process, Path(folder) / "errors")
        process.communicate(timeout=120)
