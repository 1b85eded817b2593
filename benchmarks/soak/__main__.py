"""Plays half a year of an organisation on a virtual clock and checks every message.

Work gets done and stuck; Jira goes away for a day now and then; answers get lost, mailboxes fill up, the clock jumps,
goals get other ids, tokens are replaced, and Jira tells of dates that no calendar has.
The agent runs three real cycles a day over HTTP, SMTP and SQLite, and starts anew every week. What should be told is
worked out from what happens: each message in its window of time, and no other. Beside that people are asked every
week, and answer by every door, late, twice, by a vacation program, unclearly, or never.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.soak.answering import play
from benchmarks.soak.collector import Verdict, compare
from benchmarks.soak.plot import CYCLES, DAY, HOUR, START, Plot
from benchmarks.soak.scene import Scene, staged
from benchmarks.soak.world import AgentClock, PatientClock
from benchmarks.trials import with_trials
from sync_agent.config import Settings, installed_connectors, load
from sync_agent.run.cycle import run_cycle
from sync_agent.run.process import logs
from sync_agent.store import Store
from sync_agent.world import World, open_world

_SHOWN = 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints what was expected and what came; 1 when they differ."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    options.add_argument("--days", type=int, default=28, help="simulated days (180 for the long run)")
    options.add_argument("--goals", type=int, default=20, help="goals (200 for the long run)")
    options.add_argument("--trials", type=int, default=1000, help="of each forecast, which decides nothing here (1000)")
    options.add_argument(
        "--clock-jumps", action=argparse.BooleanOptionalAction, default=True,
        help="every other week the agent's clock is wrong for a cycle: 2 hours behind, 3 days or a year ahead (on)",
    )  # fmt: skip
    options.add_argument(
        "--mail-outages", action=argparse.BooleanOptionalAction, default=True,
        help="every fourth week nobody listens at the mail server for two days (on)",
    )  # fmt: skip
    asked = options.parse_args(arguments)
    logs.configure(level="critical", json=False)
    began = time.monotonic()
    with staged(Plot(asked.goals, asked.days, asked.clock_jumps, asked.mail_outages)) as scene:
        cycles = _play(scene, asked.trials)
        verdict = _verdict(scene)
    _print(verdict)
    seconds, busy = time.monotonic() - began, time.process_time()
    wrong = play(asked.days, asked.goals)
    for each in wrong[:_SHOWN]:
        print(f"  {each}")
    print(f"  otherwise than it should be: {len(wrong)}")
    print(f"{asked.days} days, {asked.goals} goals, {cycles} cycles in {seconds:.0f} s, {busy:.0f} s of them at work")
    return int(not verdict.good or bool(wrong))


def _play(scene: Scene, trials: int) -> int:
    """Week after week, with a new process in each; the number of cycles. Says on stderr how it goes."""
    organisation = scene.organisation
    plot, cycles = organisation.plot, 0
    jumps = dict(plot.jumps())
    for week in range(plot.weeks):
        hours = [(day, hour) for day in range(7 * week, min(7 * week + 7, plot.days)) for hour in range(24)]
        if plot.away(week):
            for day, hour in hours:
                _advance(scene, day, hour)
            continue
        organisation.write_goals(scene.config, week)
        with _running(scene, trials) as agent:
            for day, hour in hours:
                _advance(scene, day, hour)
                wrong = jumps.get(START + day * DAY + hour * HOUR)
                if hour in CYCLES or wrong:
                    agent.cycle(wrong or timedelta())
                    cycles += 1
        print(f"week {week + 1} of {plot.weeks}: {_differences(_verdict(scene))}", file=sys.stderr)
    return cycles


@dataclass
class _Agent:
    """A process that runs. After a failure it opens the trackers anew, as `serve` does: a token may be another."""

    settings: Settings
    store: Store
    clock: AgentClock
    stop: PatientClock
    systems: ExitStack
    world: World | None = None

    def cycle(self, wrong: timedelta) -> None:
        """One cycle, while its clock is wrong by so much."""
        self.clock.jump(wrong)
        self.world = self.world or self._opened()
        report = run_cycle(self.settings, self.store, self.world, jump=self.clock.jumped)
        self.clock.jumped = None
        if any(pull.failed for pull in report.pulls):
            self.systems.close()
            self.world = None

    def _opened(self) -> World:
        opening = open_world(self.settings, installed_connectors(), {}, self.clock.now, self.stop)
        return self.systems.enter_context(opening)


@contextmanager
def _running(scene: Scene, trials: int) -> Iterator[_Agent]:
    settings, clock = _loaded(scene, trials), scene.organisation.clock
    store = Store.open(settings.store)
    with closing(store), ExitStack() as systems:
        yield _Agent(settings, store, AgentClock(clock), PatientClock(clock), systems)


def _loaded(scene: Scene, trials: int) -> Settings:
    return with_trials(load(scene.config, {}, installed_connectors()), trials)


def _verdict(scene: Scene) -> Verdict:
    """What has come until now, against what should have."""
    played = scene.organisation
    return compare(played.expected(), played.arrived(), played.clock.now())


def _advance(scene: Scene, day: int, hour: int) -> None:
    """The next hour begins, unless the agent has waited into it."""
    clock = scene.organisation.clock
    clock.set(max(clock.now() + timedelta(microseconds=1), START + day * DAY + hour * HOUR))
    scene.organisation.happens(day, hour)
    scene.misbehave(day, hour)


def _differences(verdict: Verdict) -> str:
    """How many there are, and the first of them."""
    count = f"missing: {len(verdict.missing)}, unexpected or twice: {len(verdict.unexpected)}, copies: {verdict.copies}"
    count += f", out of order: {len(verdict.out_of_order)}, stale: {verdict.stale}"
    missing = (f"missing: {e.kind} {e.goal} to {e.target}, {e.begins} to {e.ends}" for e in verdict.missing[:_SHOWN])
    found = (f"unexpected: {a.kind} {a.goal} to {a.target} at {a.at}" for a in verdict.unexpected[:_SHOWN])
    early = (f"out of order: {a.kind} {a.goal} to {a.target} at {a.at}" for a in verdict.out_of_order[:_SHOWN])
    return "\n  ".join([count, *missing, *found, *early])


def _print(verdict: Verdict) -> None:
    print(f"{'message':<12} {'in its time':>12}")
    for kind, number in sorted(verdict.met.items()):
        print(f"{kind:<12} {number:>12,}")
    print(_differences(verdict))


if __name__ == "__main__":
    sys.exit(main())
