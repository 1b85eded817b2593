"""Runs cycles on a schedule until it is told to stop; shows on its pages how it is doing."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry
from starlette.applications import Starlette

from connectors.contract import Connector, Runtime, Usage
from connectors.errors import ClockWrong, ConnectorError
from connectors.redact import Keyring
from sync_agent.clocks import Clock, Steady
from sync_agent.config import ConfigErrors, Settings, fingerprint
from sync_agent.decide.first_run import WhyWaiting
from sync_agent.model import ClockJump, FirstRun
from sync_agent.render.waiting import say_waiting
from sync_agent.run.cycle import find_out, hear_mails_now, tell_all
from sync_agent.run.listening.mail_watch import MailboxWatch
from sync_agent.run.process.alarm import Alarm
from sync_agent.run.process.damage import DamageWatch
from sync_agent.run.process.doors import answering_forms, subscriptions, warn_of_short_secrets
from sync_agent.run.process.ending import Signals
from sync_agent.run.process.hooks import HookBell, HookGate
from sync_agent.run.process.reloading import reloaded
from sync_agent.run.process.scheduler import SteadyScheduler
from sync_agent.run.process.snapshots import remembered, with_findings, with_outbox
from sync_agent.run.process.wishes import LOOK_SECONDS, CycleWishes
from sync_agent.run.proposal.days import fill_past
from sync_agent.run.report import CycleReport
from sync_agent.run.telling.delivery_time import DeliveryTime
from sync_agent.store import Store, StoreError
from sync_agent.store.upkeep.pruning import prune
from sync_agent.web import (
    CycleRun,
    CycleStage,
    Metrics,
    PageAccess,
    Snapshot,
    WebServer,
    build_app,
    build_metrics_app,
)
from sync_agent.words import say_trouble
from sync_agent.world import World, open_links, open_world

log = structlog.get_logger(__name__)

_GRACE_SECONDS = 8.0  # Docker waits for ten in all.
_CYCLES = 60
"""How many of the last ones are shown."""
_WATCH_SECONDS = 2.0


class Daemon:
    """One agent at work on one store."""

    def __init__(
        self,
        directory: Path,
        settings: Settings,
        store: Store,
        connectors: Mapping[str, Connector],
        environ: Mapping[str, str],
        clock: Clock,
        steady: Steady,
        *,
        first_run: FirstRun | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        """`first_run` wins over the one of the files. `keyring` is that of the log."""
        self._directory = directory
        self._settings = settings
        self._store = store
        self._connectors = connectors
        self._environ = environ
        self._clock = clock
        self._steady = steady
        self._damage = DamageWatch(store, steady)
        self._jump: ClockJump | None = None
        self._first_run = first_run
        self._stop = threading.Event()
        self._context = Runtime(environ, clock, self._stop, keyring=keyring or Keyring())
        self._idle = threading.Event()
        self._idle.set()
        self._working = threading.Lock()
        self._serving = False
        self._watch = MailboxWatch(self.hear)
        self._hold: Callable[[], None] = lambda: None
        self._systems = ExitStack()
        self._world: World | None = None
        self._files: str | None = None
        self._metrics = Metrics()
        self._alarm = Alarm()
        self._wishes = CycleWishes(store)
        self._bell = HookBell()
        self._scheduler = SteadyScheduler(clock, steady, self._jumped)
        fresh = Snapshot(beat=steady(), interval=settings.every, organisation=settings.organisation)
        self.snapshot = remembered(fresh, settings, store)
        self._metrics.show(self.snapshot)

    def serve(self) -> bool:
        """Works until SIGTERM or SIGINT. Returns whether the last cycle ended cleanly within the grace period. Raises
        StoreError while another agent has the store.
        """
        with self._store.exclusive() as self._hold:
            return self._serve()

    def _serve(self) -> bool:
        warn_of_short_secrets(self._settings, self._context)
        scheduler = self._scheduler
        scheduler.every(self._settings.every.total_seconds(), self.cycle, at_once=True)
        scheduler.every(LOOK_SECONDS, self._look)
        with ExitStack() as serving:
            server = serving.enter_context(WebServer(self._pages(), self._settings.web_host, self._settings.web_port))
            if metrics := self._settings.web_metrics:
                machines = build_metrics_app(lambda: self.snapshot, self._counted, self._steady)
                serving.enter_context(WebServer(machines, *metrics))
            serving.enter_context(Signals(self.stop, self.wake))
            log.info("serving", port=server.port, every=str(self._settings.every), store=self._store.where)
            self._serving = True
            scheduler.start()
            self._stop.wait()
            scheduler.shutdown(wait=False)
            self._watch.end()
            clean = self._idle.wait(_GRACE_SECONDS)
            if clean:
                self._close()
                self._watch.join(_WATCH_SECONDS)
        log.info("stopped", clean=clean)
        return clean

    def _pages(self) -> Starlette:
        """The pages. Metrics are among them, unless they have a port of their own."""
        registry = None if self._settings.web_metrics else self._counted
        access = PageAccess(lambda: self._settings.access, lambda: open_links(self._settings, self._context))
        ending = subscriptions(lambda: self._settings, self._store, self._context)
        forms = answering_forms(lambda: self._settings, self._store, self._context, self._steady)
        gate = HookGate(
            lambda: self._settings, self._connectors, self._context, self._steady, self._bell, self._metrics.hooked
        )
        return build_app(
            lambda: self.snapshot, registry, self._clock, self._steady, ending, forms, self._store, access,
            hooks=gate.take,
        )  # fmt: skip

    def stop(self) -> None:
        """Finishes or abandons the present cycle and returns from `serve`."""
        self._stop.set()

    def wake(self) -> None:
        """Has a cycle run at once, or after the present one, that reads files and secrets anew."""
        self._files = None
        self._scheduler.soon(self.cycle)

    def _look(self) -> None:
        if self._wishes.open():
            self.wake()
        elif self._bell.due(self._steady()):
            self._scheduler.soon(self.cycle)

    def hear(self) -> None:
        """Hears the mailbox at once, between two cycles. Whatever goes wrong is logged, and the next cycle hears it."""
        with self._at_work() as wanted:
            if not wanted:
                return
            try:
                self._hold()
                time = DeliveryTime(self._settings.every / 5, self._steady)
                hear_mails_now(self._settings, self._store, self._opened(), time)
            except (ConnectorError, StoreError) as error:
                log.warning("mails are heard in the next cycle", problem=self._context.keyring.clean(str(error)))
            except Exception:
                log.exception("mails are heard in the next cycle")

    def cycle(self) -> None:
        """Runs one cycle. Whatever goes wrong is shown and logged; the next cycle comes all the same."""
        with self._at_work() as wanted:
            if wanted:
                self._cycle()

    @contextmanager
    def _at_work(self) -> Iterator[bool]:
        """One at a time; False where the agent is to stop."""
        with self._working:
            if self._stop.is_set():
                yield False
                return
            self._idle.clear()
            try:
                yield True
            finally:
                self._idle.set()

    def _cycle(self) -> None:
        began, beat = self._clock(), self._steady()
        self.snapshot = replace(self.snapshot, began=began, beat=beat)
        self._wishes.take()
        self._bell.heard()
        try:
            with self._metrics.cycle_seconds.time():
                self._hold()
                self._damage.look()
                self._reload()
                self._work()
            self._fill_past()
            self._metrics.weigh(self._store)
            self._metrics.cycles.labels("ok").inc()
            self._metrics.succeeded(CycleStage.CYCLE, self._clock())
            self._alarm.went_well()
        except ClockWrong as error:  # Those who run the agent have been told of it.
            self._fail(say_trouble(error.trouble), str(error))
        except ConnectorError as error:
            self._fail(say_trouble(error.trouble), str(error))
            self._sound(str(error))
        except StoreError as error:
            text = self._context.keyring.clean(str(error))
            self._fail("the agent cannot use its store; whoever runs it has to look at its log", text)
            self._sound(text)
        except Exception as error:
            log.exception("cycle failed unexpectedly")
            text = f"unexpected {type(error).__name__}; the log has the details"
            self._fail(text, text)
            self._sound(text)
        finally:
            self._bell.rest(beat, self._steady())
            done = CycleRun(began, self._steady() - beat, self.snapshot.problem or "")
            self.snapshot = replace(self.snapshot, cycles=(*self.snapshot.cycles, done)[-_CYCLES:], usage=self._usage())
            self._metrics.show(self.snapshot)
            self._wishes.answer(self.snapshot.problem)
            if self._serving:
                self._watch.tend(self._settings, self._context)

    def _fill_past(self) -> None:
        """Works out one day of the past per cycle, and tidies up, once everything there is to tell has been sent."""
        settings = self._settings
        if not self._stop.is_set():
            fill_past(settings.organisation, self._store, self._clock(), settings.history)
            prune(self._store, settings.keep, self._clock())

    def _jumped(self, jump: ClockJump) -> None:
        log.warning("the clock jumped", before=f"{jump.before}", after=f"{jump.after}", seconds=jump.by.total_seconds())
        self._metrics.clock_jumps.inc()
        self._jump = jump

    def _counted(self) -> CollectorRegistry:
        """The metrics, with what the sources have cost so far: a first pull may take an hour."""
        world = self._world
        for name, source in (world.sources if world else {}).items():
            self._metrics.count(name, source.usage)
        return self._metrics.registry

    def _usage(self) -> Mapping[str, Usage]:
        """What the sources have cost; those that are not open, as far as is known."""
        sources = self._world.sources if self._world else {}
        return {**self.snapshot.usage, **{name: source.usage for name, source in sources.items()}}

    def _work(self) -> None:
        """Shows what was found before anything is sent, for sending may take a while."""
        time = DeliveryTime(self._settings.every, self._steady)
        found = self._find_out()
        self._show(found)
        if (waiting := self.snapshot.waiting) and waiting.why is WhyWaiting.OLD_COPY:
            self._alarm.sound(say_waiting(waiting), self._settings, self._opened, self._clock())
        done = tell_all(self._settings, self._store, self._opened(), found, time)
        self._show_delivery(done)
        # While we only wait, the world stays open: a new one would know nothing of the limits that servers set.
        failed = any(pull.failed for pull in done.pulls) or (done.delivery and done.delivery.waiting)
        if failed or self._opened().was_down:
            self._close()  # Perhaps a secret was changed where it is kept, or what was down is back.
        if found.problem:
            raise ClockWrong(found.problem)

    def _find_out(self) -> CycleReport:
        jump = self._jump
        if jump:
            self._close()  # Waits that servers asked for were counted by a clock that is another now.
        shown = self.snapshot.assessments
        report = find_out(self._settings, self._store, self._opened(), at_hand=shown, jump=jump)
        if self._jump is jump:
            self._jump = None
        return report

    def _opened(self) -> World:
        if self._world is None:
            opening = open_world(
                self._settings,
                self._connectors,
                self._environ,
                self._clock,
                self._stop,
                keyring=self._context.keyring,
                down=frozenset(state.source for state in self.snapshot.sources if state.error),
            )
            self._world = self._systems.enter_context(opening)
        return self._world

    def _close(self) -> None:
        world, self._world = self._world, None
        for name, source in (world.sources if world else {}).items():
            self._metrics.count(name, source.usage)
            self._metrics.forget(name)
        self._systems.close()

    def _reload(self) -> None:
        """Takes over what changed in the files; while they are wrong, the last good configuration stays in use."""
        found = fingerprint(self._directory)
        if found and found == self._files:
            return
        anew, self._files = self._files is None, found
        try:
            fresh = reloaded(self._directory, self._environ, self._connectors, self._settings, self._first_run)
        except ConfigErrors as errors:
            mistakes = tuple(str(mistake) for mistake in errors.mistakes)
            log.error("configuration has mistakes; the last good one stays in use", mistakes=mistakes)
            self.snapshot = replace(self.snapshot, config_mistakes=mistakes)
            self._metrics.reloaded(well=False)
            return
        self._metrics.reloaded(well=True)
        if fresh != self._settings or anew:
            self._close()
            warn_of_short_secrets(fresh, self._context)
        self._settings = fresh
        self.snapshot = replace(
            self.snapshot, config_mistakes=(), organisation=fresh.organisation, revision=str(found or "")
        )

    def _show(self, report: CycleReport) -> None:
        for pull in report.pulls:
            self._metrics.pulled(pull.source, pull.seconds, pull.waits_until)
        if report.pulls and not any(pull.failed for pull in report.pulls):
            self._metrics.succeeded(CycleStage.PULL, self._clock())
        if report.proposal is None:
            return
        self._metrics.succeeded(CycleStage.JUDGE, self._clock())
        self._metrics.taken_over.inc(len(report.proposal.told_before))
        if report.proposal.waiting:
            log.warning(say_waiting(report.proposal.waiting), goals=report.proposal.waiting.goals)
        self.snapshot = with_findings(self.snapshot, report, report.proposal, self._settings, self._clock())
        self._show_outbox()
        for each in report.missing:
            log.error("secret missing", needed_by=each.needed.name, fix=each.fix)

    def _show_delivery(self, report: CycleReport) -> None:
        if report.delivery:
            self._metrics.delivered(report.delivery, self._clock())
        self._show_outbox()

    def _show_outbox(self) -> None:
        self.snapshot = with_outbox(self.snapshot, self._store)
        self._metrics.show(self.snapshot)

    def _fail(self, problem: str, details: str) -> None:
        """Shows `problem` on the page, which anybody may see, and logs `details`."""
        log.error("cycle failed", problem=details)
        self._metrics.cycles.labels("failed").inc()
        self.snapshot = replace(self.snapshot, problem=problem)

    def _sound(self, why: str) -> None:
        self._alarm.failed(why, self._settings, self._opened, self._clock())
