"""Cycles come every interval, whatever anybody does to the clock; the real scheduler, with both clocks in the hand."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import apscheduler.schedulers.base as apscheduler
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.clocks import ClockWatch
from sync_agent.config import installed_connectors
from sync_agent.model import ClockJump
from sync_agent.run.process.daemon import Daemon
from sync_agent.run.process.scheduler import SteadyScheduler
from sync_agent.run.upkeep.timekeeping import wrong_by
from tests.support.theatre import MONDAY, Theatre, theatre

EVERY = timedelta(minutes=15)
YEAR, HOUR, MINUTE = timedelta(days=365), timedelta(hours=1), timedelta(minutes=1)


def body(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    return " ".join(plain.get_content().split()) if plain else ""


@dataclass
class Clocks:
    """The time of day and the seconds; APScheduler reads the same time of day."""

    at: datetime = MONDAY
    seconds: float = 1000.0

    def pass_(self, span: timedelta) -> None:
        """Time passes."""
        self.at, self.seconds = self.at + span, self.seconds + span.total_seconds()

    def now(self, _timezone: object = None) -> datetime:
        """What `datetime.now` gives."""
        return self.at


@dataclass
class Stand:
    """A scheduler with one job every interval. It looks at its clocks when it is told to, and not by itself."""

    clocks: Clocks
    scheduler: SteadyScheduler
    jumps: list[ClockJump]
    runs: list[float] = field(default_factory=list)

    def look(self) -> int:
        """What the scheduler's own thread does every few seconds; how many runs that were in all."""
        self.scheduler._keep_pace()
        self.scheduler._process_jobs()
        return len(self.runs)


class _Here:
    """Runs jobs at once, in the thread that asks."""

    def __init__(self, runs: list[float], clocks: Clocks) -> None:
        self._runs, self._clocks = runs, clocks

    def __call__(self) -> None:
        self._runs.append(self._clocks.seconds)


@contextmanager
def stand(clocks: Clocks) -> Iterator[Stand]:
    jumps: list[ClockJump] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apscheduler, "datetime", clocks)
        scheduler = SteadyScheduler(clocks.now, lambda: clocks.seconds, jumps.append)
        found = Stand(clocks, scheduler, jumps)
        executor = apscheduler.__dict__["BaseExecutor"]
        scheduler.add_executor(_direct(executor))
        job = _Here(found.runs, clocks)
        scheduler.add_job(job, "interval", seconds=EVERY.total_seconds(), next_run_time=clocks.at, coalesce=True)
        patch.setattr(SteadyScheduler, "_main_loop", lambda _self: None)
        scheduler.start()
        try:
            yield found
        finally:
            scheduler.shutdown()


def _direct(base: Any) -> Any:
    class Direct(base):  # type: ignore[misc]
        """APScheduler's own for tests lies in `executors.debug`, and swallows nothing either."""

        def _do_submit_job(self, job: Any, _run_times: object) -> None:
            job.func()
            self._run_job_success(job.id, [])

    return Direct()


@pytest.mark.parametrize("by", [-2 * HOUR, 3 * timedelta(days=1), YEAR, -YEAR, -10 * MINUTE, 10 * MINUTE], ids=str)
def test_the_next_run_comes_after_one_interval_wherever_the_clock_was_set(by: timedelta) -> None:
    with stand(Clocks()) as scene:
        assert scene.look() == 1
        scene.clocks.at += by
        assert scene.look() == 1, "not before its time"
        scene.clocks.pass_(EVERY - MINUTE)
        assert scene.look() == 1
        scene.clocks.pass_(MINUTE)
        assert scene.look() == 2
        assert [jump.by for jump in scene.jumps] == [by]


@given(st.lists(st.integers(-500_000, 500_000), max_size=12))
@settings(max_examples=30, deadline=None)
def test_whatever_the_clock_does_runs_are_one_interval_apart(hours: list[int]) -> None:
    with stand(Clocks(datetime(2100, 1, 1, tzinfo=UTC))) as scene:
        scene.look()
        for each in hours:
            scene.clocks.at = max(datetime(1970, 1, 2, tzinfo=UTC), scene.clocks.at + timedelta(hours=each / 100))
            scene.look()
            scene.clocks.pass_(EVERY)
            scene.look()
        apart = {round(b - a) for a, b in zip(scene.runs, scene.runs[1:], strict=False)}
        assert len(scene.runs) == len(hours) + 1
        assert apart <= {round(EVERY.total_seconds())}


def test_what_a_time_server_corrects_is_no_jump() -> None:
    with stand(Clocks()) as scene:
        for _ in range(10):
            scene.clocks.at += timedelta(seconds=30)
            scene.clocks.pass_(EVERY)
            scene.look()
        assert scene.jumps == []


def test_a_jump_is_seen_once() -> None:
    clocks = Clocks()
    watch = ClockWatch(clocks.now, lambda: clocks.seconds)
    clocks.pass_(HOUR)
    assert watch.look(MINUTE) is None
    clocks.at -= 2 * HOUR
    assert watch.look(MINUTE) == ClockJump(MONDAY + HOUR, MONDAY - HOUR)
    assert watch.look(MINUTE) is None


DAYS = timedelta(days=3)


@pytest.mark.parametrize(
    ("skews", "wrong"),
    [
        ([-DAYS, -DAYS - MINUTE], -DAYS),
        ([YEAR - 2 * HOUR, None], YEAR - 2 * HOUR),
        ([-DAYS, timedelta(0)], None),
        ([-DAYS, DAYS], None),
        ([-14 * HOUR], None),  # A server that gives the time of its place for that of UTC.
        ([None], None),
        ([], None),
    ],
)
def test_a_clock_is_wrong_where_every_server_says_that_it_is_days_off(
    skews: list[timedelta | None], wrong: timedelta | None
) -> None:
    assert wrong_by(skews) == wrong


def serve(stage: Theatre, clocks: Clocks, play: Callable[[Daemon, Callable[[], None]], None]) -> Daemon:
    """The daemon as it serves, while `play` has both clocks; it gets what lets the scheduler look and a cycle end."""
    port = {"web_host": "127.0.0.1", "web_port": 0}
    running = Daemon(
        stage.directory, replace(stage.settings, **port), stage.store, installed_connectors(), stage.environ,
        clocks.now, lambda: clocks.seconds,
    )  # fmt: skip
    ended = threading.Semaphore(0)
    cycle = running.cycle

    def counted() -> None:
        cycle()
        ended.release()

    running.cycle = counted  # type: ignore[method-assign]
    failures: list[BaseException] = []

    def next_cycle() -> None:
        running._scheduler.wakeup()
        assert ended.acquire(timeout=20), "no cycle came"

    def driven() -> None:
        try:
            assert ended.acquire(timeout=20)
            play(running, next_cycle)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        finally:
            running.stop()

    driver = threading.Thread(target=driven)
    driver.start()
    running.serve()
    driver.join()
    for failure in failures:
        raise failure
    return running


def test_the_daemon_goes_on_when_the_clock_is_set_back_and_tells_operations_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks()
    monkeypatch.setattr(apscheduler, "datetime", clocks)
    with theatre(tmp_path) as stage:

        def play(running: Daemon, next_cycle: Callable[[], None]) -> None:
            clocks.at -= 2 * HOUR
            for _ in range(3):
                clocks.pass_(EVERY)
                next_cycle()
            assert running.snapshot.problem is None
            assert running.snapshot.began == MONDAY - 2 * HOUR + 3 * EVERY
            assert running.snapshot.alive(clocks.seconds)
            clocks.seconds += 3 * HOUR.total_seconds()
            assert not running.snapshot.alive(clocks.seconds), "though the time of day says nothing of it"

        serve(stage, clocks, play)
        told = [mail for mail in stage.mails_to("ops@example.org") if "clock" in str(mail["Subject"])]
        assert [mail["Subject"] for mail in told] == ["[Goals] The clock jumped back by 2 hours"]
        assert "It should have shown 2026-10-05 09:15 UTC and showed 2026-10-05 07:15 UTC." in body(told[0])


def test_a_clock_three_days_ahead_tells_nobody_about_goals_where_the_trackers_know_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clocks = Clocks()
    monkeypatch.setattr(apscheduler, "datetime", clocks)
    with theatre(tmp_path) as stage:

        def play(running: Daemon, next_cycle: Callable[[], None]) -> None:
            before = len(stage.mail.messages)
            clocks.at += 3 * 24 * HOUR
            for _ in range(2):
                clocks.pass_(EVERY)
                stage.clock.advance(EVERY)
                next_cycle()
            assert "the clock is wrong by days" in (running.snapshot.problem or "")
            assert [mail["To"] for mail in stage.mail.messages[before:]] == ["ops@example.org"]
            clocks.at -= 3 * 24 * HOUR
            clocks.pass_(EVERY)
            stage.clock.advance(EVERY)
            next_cycle()
            assert running.snapshot.problem is None
            assert all(found.at <= clocks.at for found in running.snapshot.assessments)
            assert all(state.complete_at == clocks.at for state in running.snapshot.sources)

        serve(stage, clocks, play)
        subjects = [str(mail["Subject"]) for mail in stage.mails_to("ops@example.org")]
        assert subjects == ["[Goals] The clock jumped ahead by 3 days", "[Goals] The clock jumped back by 3 days"]
