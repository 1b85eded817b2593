"""The demo's organisation, with a chat and with marks on its trackers, on servers that misbehave."""

import random
import re
import time
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from benchmarks.crash.answers import Answering
from benchmarks.crash.arrived import Count, count
from benchmarks.crash.nursery import Life, Nursery
from sync_agent.demo.stage import Stage, staged
from sync_agent.demo.story import REPOSITORY
from sync_agent.sandbox.chat import ChatRoom
from sync_agent.sandbox.core import Clock, Exchange, Fault, Sandbox, Server
from sync_agent.store import Store
from sync_agent.store.outbox.rows import RowState, load_rows

_MEMORY = Path("/dev/shm")
"""Who is killed leaves to the system what was written: nothing here has to survive a power cut."""
_TIMEOUT = 2.0
_LATE = 2.3
_SIDE_BY_SIDE = 0.5
# So much later than the last is each run: long enough for what waits after a doubtful answer.
_LATER = (0, 6 * 60, 30 * 60, 2 * 3600, 7 * 3600, 16 * 3600)
# What writes are: each is carried out, and then goes wrong.
_JIRA = (Fault(r"/(comment|issue|issueLink|transitions)$", "POST"), Fault("/issue/", "PUT"))
_HUB = (Fault(r"/(comments|issues|labels)$", "POST"), Fault("/graphql$", "POST", asks="mutation"))
_CHAT = Fault("/hooks/", "POST")
_JUST_BEFORE = timedelta(minutes=10)
_SECRET = "crash-hook-secret"
_LABELS = "labels: {on_track: goal-on-track, at_risk: goal-at-risk, off_track: goal-off-track, blocked: goal-blocked}"
_MARKS = {
    "jira": f"{{{_LABELS}, field: {{name: Goal status}}, problems: {{project: PLAT}}}}",
    "github": (
        f"{{{_LABELS}, create_labels: true, problems: {{repository: {REPOSITORY}}},"
        " projects: [{owner: lantern, number: 1, goals: [fast-checkout, search]}]}"
    ),
}
# Told at any hour: a story that is played across five o'clock tells the same.
_ROUTES = """\
working_hours: always
routes:
  - {name: owners, match: {part: owner}, timing: immediate, channels: [email, comments, team]}
"""


@dataclass
class Play:
    """One story from the first run to the last. `exchanges` and `mails` count what the present run has asked for.
    The clock of the next run is so many seconds `behind`.
    """

    stage: Stage
    room: ChatRoom
    nursery: Nursery
    passed: int = 0
    behind: float = 0.0
    exchanges: int = 0
    mails: int = 0
    kill_at: tuple[str, int] = ("never", 0)
    life: Life | None = None
    losses: list[str | None] = field(default_factory=list)
    answering: Answering = field(init=False)

    def __post_init__(self) -> None:
        self.answering = Answering(self.stage, self.stage.clock.now())

    def start(self, moment: str = "never", number: int = 0, nursery: Nursery | None = None) -> Life:
        """A run of the agent; `moment` and `number` as in `child`, or killed by a server: `exchange`,
        `mail`, or `together`, at a mail while another channel has something on its way.
        """
        self.exchanges = self.mails = 0
        self.kill_at = (moment, number)
        inner = (moment, number) if moment in ("before", "after") else ("never", 0)
        command = ["--config", str(self.stage.config), "--log-level", "error", "run"]
        self.life = (nursery or self.nursery).begin(_LATER[self.passed] - self.behind, *inner, command)
        self.answering.fill_in()
        return self.life

    def time_passes(self) -> None:
        """The next run is some time later, when the servers have done what they were asked for."""
        while any(server.busy for server in self.servers):
            time.sleep(0.01)
        self.passed = min(self.passed + 1, len(_LATER) - 1)

    def misbehave(self, chance: random.Random) -> None:
        """The next writes are carried out, and then time out, break off or answer 500. A chat does so once: a post that
        nobody knows of twice takes another way.
        """
        for sandbox, writes in ((self.stage.jira, _JIRA), (self.stage.github, _HUB)):
            for number in range(8):
                _spoil(sandbox, chance.choice(writes), chance, after=chance.randint(0, 2) if number else 0)
        _spoil(self.room.sandbox, _CHAT, chance, after=chance.randint(0, 1))
        self.losses = [chance.choice(("250 OK", "451 try later", "late", None)) for _ in range(8)]

    def behave(self) -> None:
        """Everything works again."""
        for sandbox in self.servers:
            sandbox.faults.clear()
        self.losses = []
        self.behind = 0.0

    def lived_on(self) -> Count:
        """What has arrived once the agent has run, undisturbed, at each time to which a story can come."""
        for _ in _LATER[1:]:
            self.time_passes()
            self.start().wait(120)
        return self.count()

    def finish(self, wanted: Set[str] = frozenset()) -> str:
        """Undisturbed runs until nothing waits and all that is `wanted` has arrived; what waits after the last of them,
        or nothing. The first of them is no later than what was disturbed, for half a day after its time a digest is not
        worth sending. Comments are heard where the agent has written before, so two runs it takes at least.
        """
        self.behave()
        left = "was never run"
        for number in range(len(_LATER)):
            life = self.start()
            life.wait(120)
            left = self.left()
            if number and not left and wanted <= self.count().known:
                break
            self.time_passes()
        if left:
            return f"{left}; {life.errors.strip()[-300:]}"
        return "" if self.answering.fill_in() else "the form was never kept"

    def left(self) -> str:
        """What is not delivered, with its error."""
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

    def count(self) -> Count:
        """What the servers have got."""
        answers = self.answering.kept()
        return count(self.stage.story.jira, self.stage.story.github, self.room, self.stage.mail, answers)

    @property
    def servers(self) -> tuple[Sandbox, ...]:
        """Those that speak HTTP."""
        return self.stage.jira, self.stage.github, self.room.sandbox

    def on_exchange(self, _exchange: Exchange) -> None:
        """Called by a server when it has carried out a request and not answered yet."""
        self.exchanges += 1
        if self.kill_at == ("exchange", self.exchanges):
            self._kill()

    def on_mail(self, _mail: EmailMessage) -> str | None:
        """Called by the mail server when it has kept a mail and not answered yet."""
        self.mails += 1
        if self.kill_at == ("mail", self.mails) or (self.kill_at == ("together", self.mails) and self._two_at_once()):
            self._kill()
        answer = self.losses.pop(0) if self.losses else "250 OK"
        if answer == "late":
            time.sleep(_LATE)
            return "250 OK"
        return answer

    def _two_at_once(self) -> bool:
        """Once another channel has a message on its way, too; or where none has for a while."""
        patience = time.monotonic() + _SIDE_BY_SIDE
        while not any(server.busy for server in self.servers) and time.monotonic() < patience:
            time.sleep(0.001)
        return True

    def _kill(self) -> None:
        assert self.life is not None
        self.life.kill()


@contextmanager
def play(nursery: Nursery, began: datetime) -> Iterator[Play]:
    """What happened until it `began` (aware UTC), with nothing told yet."""
    room = ChatRoom(_SECRET, Clock())
    with (
        TemporaryDirectory(prefix="sync-agent-crash-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder,
        staged(Path(folder), began) as stage,
        Server(room.sandbox.app) as chat,
    ):
        address = Path(folder) / "chat"
        address.write_text(
            f"{chat.url.replace('http://', 'json://')}/hooks/{_SECRET}?rto={_TIMEOUT:g}&cto={_TIMEOUT:g}"
        )
        _configure(stage.config, address, began)
        stage.story.jira.add_field("Goal status", options=["On track", "At risk", "Off track", "Done"])
        stage.story.github.add_project("lantern", {})
        playing = Play(stage, room, nursery)
        for server in playing.servers:
            server.after = playing.on_exchange
        stage.mail.after = playing.on_mail
        playing.answering.speak()
        yield playing


def _configure(config: Path, address: Path, began: datetime) -> None:
    """The demo's configuration with marks, a chat, and a goal that reports on both trackers. Nobody waits half a minute
    for an answer here. Digests are due just before the story begins: a clock that is behind has yet to get there.
    """
    settings, goals = config / "sync-agent.yaml", config / "goals" / "quarter.yaml"
    text = settings.read_text()
    for kind, marks in _MARKS.items():
        more = f"    marks: {marks}\n    timeout: {_TIMEOUT:g}\n    give_up_after: 0.5\n"
        text = text.replace(f"    type: {kind}\n", f"    type: {kind}\n{more}")
    text = text.replace("    host: 127.0.0.1\n", f"    host: 127.0.0.1\n    timeout: {_TIMEOUT:g}\n", 1)
    chat = f"  apprise: {{team: {{url: {{file: {address}}}}}}}\n"
    slot = (began - _JUST_BEFORE).astimezone(ZoneInfo("Europe/Lisbon"))  # Where the demo's people live.
    text = re.sub(r"digest: daily \d\d:\d\d", f"digest: daily {slot:%H:%M}", text)
    settings.write_text(text.replace("channels:\n", f"channels:\n{chat}") + _ROUTES)
    places = f'    report_on: [{{source: jira, issue: SHOP-1}}, {{source: github, issue: "{REPOSITORY}#2"}}]\n'
    goals.write_text(goals.read_text().replace("    theme: readers\n", f"    theme: readers\n{places}", 1))


def _spoil(sandbox: Sandbox, write: Fault, chance: random.Random, after: int) -> None:
    """One of the writes to come goes wrong, or none."""
    write = replace(write, times=1, after=after)
    fault = {
        "500": replace(write, status=500, lost=True),
        "busy": replace(write, status=503, headers={"retry-after": "1"}, lost=True),
        "reset": replace(write, reset=True),
        "late": replace(write, latency=_LATE),
        "early": replace(write, status=500),
    }.get(chance.choice(("500", "busy", "reset", "late", "early", "fine")))
    if fault:
        sandbox.faults.add(fault)
