"""The demo's organisation on servers that misbehave, and what they have got in the end."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.crash.nursery import Life, Nursery
from sync_agent.demo.stage import Stage, staged
from sync_agent.sandbox.core import Exchange, Fault
from sync_agent.store import Store
from sync_agent.store.outbox import RowState, load_rows

_TIMEOUT = 1.0
_LATE = 1.3
# So much later than the last is each run: long enough for what waits after a doubtful answer.
_LATER = (0, 6 * 60, 30 * 60, 2 * 3600, 7 * 3600, 16 * 3600)
_MARKER = re.compile(r"<!-- goal-sync-agent:(.*) -->")


@dataclass(frozen=True)
class Count:
    """What the servers have: how often each comment and each mail by its Message-ID, and the Dates of each mail."""

    comments: Counter[str]
    mails: Counter[str]
    dates: dict[str, set[str]]

    @property
    def known(self) -> set[str]:
        """Everything that arrived."""
        return {*self.comments, *self.mails}


@dataclass
class Play:
    """One story from the first run to the last. `exchanges` and `mails` count what the present run has asked for."""

    stage: Stage
    nursery: Nursery
    passed: int = 0
    exchanges: int = 0
    mails: int = 0
    kill_at: tuple[str, int] = ("never", 0)
    life: Life | None = None
    losses: list[str | None] = field(default_factory=list)

    def start(self, moment: str = "never", number: int = 0, nursery: Nursery | None = None) -> Life:
        """A run of the agent; `moment` and `number` as in `child`, or `exchange` or `mail`: killed by the server."""
        self.exchanges = self.mails = 0
        self.kill_at = (moment, number)
        inner = (moment, number) if moment in ("before", "after") else ("never", 0)
        command = ["--config", str(self.stage.config), "--log-level", "error", "run"]
        self.life = (nursery or self.nursery).begin(_LATER[self.passed], *inner, command)
        return self.life

    def time_passes(self) -> None:
        """The next run is some time later, when the servers have done what they were asked for."""
        while self.stage.jira.busy or self.stage.github.busy:
            time.sleep(0.01)
        self.passed = min(self.passed + 1, len(_LATER) - 1)

    def misbehave(self, chance: random.Random) -> None:
        """The next writes are carried out, and then time out, break off or answer 500."""
        for sandbox in (self.stage.jira, self.stage.github):
            for number in range(6):
                kind = chance.choice(("500", "reset", "late", "early", "fine"))
                after = chance.randint(0, 2) if number else 0
                fault = {
                    "500": Fault(path="/comment", method="POST", status=500, lost=True, times=1, after=after),
                    "reset": Fault(path="/comment", method="POST", reset=True, times=1, after=after),
                    "late": Fault(path="/comment", method="POST", latency=_LATE, times=1, after=after),
                    "early": Fault(path="/comment", method="POST", status=500, times=1, after=after),
                }.get(kind)
                if fault:
                    sandbox.faults.add(fault)
        self.losses = [chance.choice(("250 OK", "451 try later", "late", None)) for _ in range(8)]

    def behave(self) -> None:
        """Everything works again."""
        self.stage.jira.faults.clear()
        self.stage.github.faults.clear()
        self.losses = []

    def finish(self) -> str:
        """Undisturbed runs until nothing waits; what is left then, or nothing."""
        self.behave()
        left = "was never run"
        for _ in range(len(_LATER)):
            self.time_passes()
            life = self.start()
            life.wait(120)
            left = self._left()
            if not left:
                return ""
        return f"{left}; {life.errors.strip()[-300:]}"

    def count(self) -> Count:
        """What the servers have got."""
        jira = [
            f"{issue}: {entry['value']['key']}"
            for issue, comments in self.stage.story.jira.comments.items()
            for comment in comments
            for entry in comment["properties"]
            if entry["key"] == "goal-sync-agent"
        ]
        marks = (
            (thread, _MARKER.match(str(comment["body"])))
            for thread in self.stage.story.github.threads()
            for comment in thread.comments
        )
        hub = [f"{thread.repository}#{thread.number}: {mark.group(1)}" for thread, mark in marks if mark]
        dates: dict[str, set[str]] = {}
        for mail in self.stage.mail.messages:
            dates.setdefault(str(mail["Message-ID"]), set()).add(str(mail["Date"]))
        return Count(Counter([*jira, *hub]), Counter(str(m["Message-ID"]) for m in self.stage.mail.messages), dates)

    def on_exchange(self, _exchange: Exchange) -> None:
        """Called by a tracker when it has carried out a request and not answered yet."""
        self.exchanges += 1
        if self.kill_at == ("exchange", self.exchanges):
            self._kill()

    def on_mail(self, _mail: EmailMessage) -> str | None:
        """Called by the mail server when it has kept a mail and not answered yet."""
        self.mails += 1
        if self.kill_at == ("mail", self.mails):
            self._kill()
        answer = self.losses.pop(0) if self.losses else "250 OK"
        if answer == "late":
            time.sleep(_LATE)
            return "250 OK"
        return answer

    def _kill(self) -> None:
        assert self.life is not None
        self.life.kill()

    def _left(self) -> str:
        path = self.stage.config.parent / "state.db"
        store = Store.open(f"sqlite:///{path}")
        try:
            with store.read() as connection:
                rows = load_rows(connection).values()
        finally:
            store.close()
        return ", ".join(
            f"{r.message.key} {r.state.value}: {r.error}" for r in rows if r.state is not RowState.DELIVERED
        )


@contextmanager
def play(nursery: Nursery) -> Iterator[Play]:
    """A new story, with nothing told yet."""
    with TemporaryDirectory(prefix="sync-agent-crash-") as folder, staged(Path(folder), datetime.now(UTC)) as stage:
        _hurry(stage.config / "sync-agent.yaml")
        playing = Play(stage, nursery)
        stage.jira.after = stage.github.after = playing.on_exchange
        stage.mail.after = playing.on_mail
        yield playing


def _hurry(settings: Path) -> None:
    """Nobody waits half a minute for an answer here."""
    quick = f"    timeout: {_TIMEOUT:g}\n    give_up_after: 0.5\n"
    text = settings.read_text()
    for kind in ("jira", "github"):
        text = text.replace(f"    type: {kind}\n", f"    type: {kind}\n{quick}")
    settings.write_text(text.replace("    host: 127.0.0.1\n", f"    host: 127.0.0.1\n    timeout: {_TIMEOUT:g}\n", 1))
