"""A mailbox that tells of new mail is heard at once; whatever happens to the watch, nothing is lost or spins."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from imapclient import IMAPClient
from structlog.testing import capture_logs

from connectors.contract import Finding, Level, MailBatch, Runtime
from connectors.errors import Unavailable
from sync_agent.clocks import steady_now
from sync_agent.run.listening.mail_watch import MailboxWatch, MailWatch
from sync_agent.run.process.daemon import Daemon
from sync_agent.store.memory.answers import load_answers
from tests.support.letters import Postbox, with_inbox
from tests.support.servers.dovecot import MISSING, dovecot
from tests.support.theatre import CONNECTORS, Theatre, theatre

PATIENCE = 20.0


@dataclass
class Box:
    """A mailbox whose watching does what a test says, one thing after the other; then it waits for its end."""

    acts: list[Callable[[], Iterator[None]]]
    ended: threading.Event = field(default_factory=threading.Event)

    def watch(self, stop: threading.Event) -> Iterator[None]:
        if self.acts:
            yield from self.acts.pop(0)()
            return
        self.ended.set()
        stop.wait(PATIENCE)

    def read(self, _cursor: str | None) -> Iterator[MailBatch]:
        return iter(())

    def put_away(self, batch: MailBatch) -> None:
        """Nothing is there."""

    def check(self) -> Finding:
        return Finding(Level.OK, "email.inbox", "")


def news(times: int = 1) -> Callable[[], Iterator[None]]:
    return lambda: iter([None] * times)


def fails(error: BaseException) -> Callable[[], Iterator[None]]:
    def act() -> Iterator[None]:
        raise error
        yield

    return act


class Waits:
    """Waits for nothing, and notes for how long it should have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, stop: threading.Event, seconds: float) -> bool:
        self.seconds.append(seconds)
        return stop.is_set()


def test_a_connection_that_breaks_is_made_again_and_longer_waited_for_each_time() -> None:
    def some_then_down() -> Iterator[None]:
        yield
        yield
        raise Unavailable("gone")

    box, heard, waits = (
        Box([*[fails(Unavailable("down"))] * 3, some_then_down, fails(RuntimeError("odd"))]),
        [],
        Waits(),
    )
    watch = MailWatch(box, lambda: heard.append(1), waits)
    assert box.ended.wait(PATIENCE)
    assert waits.seconds == [5, 15, 60, 5, 5, 5, 15], "two pauses to gather mails, and those after failures"
    assert len(heard) == 2
    assert not watch.died
    watch.end()


def test_without_idle_the_watch_ends_and_cycles_hear() -> None:
    watch = MailWatch(Box([news(0)]), lambda: None)
    watch.join(PATIENCE)
    assert not watch.died


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_is_noticed_by_the_next_cycle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box, heard = Box([fails(SystemExit()), news(1)]), threading.Event()
    monkeypatch.setattr("sync_agent.run.listening.mail_watch.open_mailbox", lambda *_: box)
    monkeypatch.setattr("sync_agent.run.listening.mail_watch._GATHER_SECONDS", 0.0)
    with theatre(tmp_path) as stage, capture_logs() as logs:
        with_inbox(stage, tmp_path / "inbox")
        watch = MailboxWatch(heard.set)
        watch.tend(stage.settings, runtime(stage))
        watch.join(PATIENCE)
        watch.tend(stage.settings, runtime(stage))
        assert heard.wait(PATIENCE)
        watch.end()
    assert [each["event"] for each in logs if "has died" in each["event"]]


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_a_mail_is_heard_at_once_where_the_server_has_idle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync_agent.run.listening.mail_watch._GATHER_SECONDS", 0.1)
    with dovecot() as (port, _folder), theatre(tmp_path) as stage:
        box = at_dovecot(stage, tmp_path, port)
        running = Daemon(
            stage.directory, stage.settings, stage.store, CONNECTORS, stage.environ, stage.clock.now, steady_now
        )
        stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", status="Blocked")
        stage.cycle()
        heard = threading.Event()

        def hear() -> None:
            running.hear()
            heard.set()

        watch = MailboxWatch(hear)
        with IMAPClient("127.0.0.1", port, ssl=False) as client:
            client.login("goals", "secret")
            watch.tend(stage.settings, runtime(stage))
            for _ in range(int(PATIENCE)):  # The watch may not be there yet: then the next mail tells of both.
                client.append("INBOX", box.write("It is late.", Subject="checkout").as_bytes())
                if heard.wait(2):
                    break
        watch.end()
        assert watch.join(PATIENCE), "it ends within seconds"
        with stage.store.read() as connection:
            assert {answer.raw for answer in load_answers(connection)} == {"It is late."}


def runtime(stage: Theatre) -> Runtime:
    return Runtime(stage.environ, stage.clock.now, threading.Event())


def at_dovecot(stage: Theatre, folder: Path, port: int) -> Postbox:
    login = {"username": "goals", "password": {"env": "IMAP_PASSWORD"}}
    stage.environ["IMAP_PASSWORD"] = "secret"
    imap = {"host": "127.0.0.1", "port": port, "security": "none", **login}
    return with_inbox(stage, folder / "unused", maildir=None, imap=imap)
