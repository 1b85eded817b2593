"""Prints what it costs to judge everything, one cycle after a hundred changes, and the charts of twenty mails, in
stores of several sizes.

Such a cycle pulls the changes from a sandbox Jira in another process, stores them, judges and decides. Seconds are of
the processor, so that other work on the machine matters little.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median

import numpy as np
from sqlalchemy import text

from benchmarks.pull.cycles import opened, projects, pull_into
from benchmarks.pull.served import Task, Tracker, served
from benchmarks.scale.organisation import NOW, PERIOD, READ, TRIALS, organisation, work
from connectors.contract import Source
from sync_agent.decide import AvailableChannels, Memory, decide
from sync_agent.judge.judge import Judged, judge_now, keep
from sync_agent.model import Assessment, Forecast, Organisation, SourceState
from sync_agent.run.process import interpreter
from sync_agent.run.telling.charts import charts
from sync_agent.store import Store
from sync_agent.store.facts.facts import save_changes, save_items, save_source
from sync_agent.store.facts.touched import claim_touched
from sync_agent.store.memory.state import load_alerts, load_judged, save_alerts, save_judged

_CHANGES = 100
_CYCLES = 5
_MAILS = 20
_WEEKS, _WEEKS_IN_A_PART = 104, 13


def main() -> None:
    """One row a size."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    options.add_argument("--items", type=int, nargs="+", default=[10_000, 50_000], help="sizes (10000 50000)")
    options.add_argument("--goals", type=int, help="goals, however many items there are (one for each hundred items)")
    options.add_argument(
        "--trials", type=int, default=TRIALS, help="of a forecast; few where memory is asked for (10000)"
    )
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(_measure(chosen.one, chosen.goals or chosen.one // 100, chosen.trials)))
        return
    head = f"{'items':>10}{'goals':>8}{'all, s':>9}{'× floor':>9}{'100 changes, s':>16}{'× smallest':>12}"
    print(f"{head}{'20 charts, s':>14}{'MB':>7}")
    base = None
    for items in chosen.items:
        row = _in_a_process(items, chosen.goals, chosen.trials)
        base = base or row["changed"]
        print(
            f"{items:>10,}{row['goals']:>8,.0f}{row['all']:>9.1f}{row['all'] / row['floor']:>9.2f}"
            f"{row['changed']:>16.2f}{row['changed'] / base:>12.2f}{row['charts']:>14.2f}{row['megabytes']:>7.0f}",
            flush=True,
        )


def _in_a_process(items: int, goals: int | None, trials: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.scale", "--one", str(items), "--trials", str(trials)]
    if goals:
        command += ["--goals", str(goals)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return row


def _measure(items: int, goals: int, trials: int) -> dict[str, float]:
    interpreter.tune()
    site = Task("jira-cloud", items, spread=True)
    with Store.temporary() as store, served(site) as tracker, opened(tracker) as source:
        _fill(store, items, projects(site))
        organised = organisation(goals, trials)
        began = time.process_time()
        judged = _cycle(store, organised)
        whole = time.process_time() - began
        changed = []
        for turn in range(_CYCLES):
            spent, judged = _after_changes(store, organised, source, tracker, turn, judged)
            changed.append(spent)
        drawn = _charts(store, organised, judged)
        floor = _floor(store, judged, trials)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "goals": goals, "all": whole, "changed": median(changed), "charts": drawn, "floor": floor, "megabytes": peak,
    }  # fmt: skip


def _fill(store: Store, items: int, scope: list[str]) -> None:
    """As if everything had been pulled."""
    read = {"since": int(READ.timestamp() * 1000), "seen": {}, "scope": scope}
    with store.begin() as connection:
        save_source(connection, SourceState("jira", complete_at=NOW, reconciled_at=datetime.now(UTC)), json.dumps(read))
    for part in work(items):
        with store.begin() as connection:
            touched = save_items(connection, (found for found, _ in part))
            save_changes(connection, (change for _, changes in part for change in changes), touched)


def _cycle(store: Store, organised: Organisation, at_hand: Sequence[Assessment] = ()) -> Judged:
    """Judges, decides and remembers, as a cycle of the daemon does; nothing is worded or sent."""
    with store.begin() as connection:
        claim_touched(connection, "agent", NOW)
    with store.read() as connection:
        judged = judge_now(connection, organised, NOW, timedelta(days=1), at_hand, "agent")
        memory = Memory(load_alerts(connection), load_judged(connection))
    outcome = decide(organised, judged.assessments, memory, AvailableChannels(), NOW)
    with store.begin() as connection:
        keep(connection, judged)
        save_alerts(connection, outcome.alerts, memory.alerts)
        save_judged(connection, (a for a in outcome.judged if a.goal in judged.fresh))
    return judged


def _after_changes(
    store: Store, organised: Organisation, source: Source, tracker: Tracker, turn: int, before: Judged
) -> tuple[float, Judged]:
    """A hundred items, next to each other as a team's work of a morning is, are edited; then one cycle. `before` is
    what the cycle before has left at hand.
    """
    tracker.edit(turn * _CHANGES * 3 % tracker.task.items, _CHANGES)
    began = time.process_time()
    pull_into(store, source)
    judged = _cycle(store, organised, before.assessments)
    spent = time.process_time() - began
    if not judged.fresh:
        raise SystemExit("the changes touched no goal: something else was measured")
    return spent, judged


def _charts(store: Store, organised: Organisation, judged: Judged) -> float:
    """CPU seconds for the charts of mails about some goals."""
    began = time.process_time()
    pairs = zip(organised.goals[:_MAILS], judged.assessments, strict=False)
    charts(store, organised, {(goal.id, None): (goal, found) for goal, found in pairs}, NOW)
    return time.process_time() - began


def _floor(store: Store, judged: Judged, trials: int) -> float:
    """The random numbers of the same forecasts, drawn by NumPy alone, and one scan of the items; CPU seconds."""
    began = time.process_time()
    random = np.random.default_rng(1)
    for assessment in judged.assessments:
        random.standard_normal(trials)
        for _part in range(_parts(assessment.forecast)):
            shape = (trials, _WEEKS_IN_A_PART)
            finished = random.integers(10, 30, size=shape)
            random.random(shape)
            random.binomial(finished, 0.2)
            random.poisson(0.5, size=shape)
    with store.read() as connection:
        for _row in connection.execute(text("SELECT source, id, data FROM items")):
            pass
    return time.process_time() - began


def _parts(forecast: Forecast | None) -> int:
    """How many quarters were simulated: as far as the due date and P85, two years at most."""
    if forecast is None or forecast.on_time is None:
        return 0
    last = max(PERIOD.due, forecast.p85) if forecast.p85 else NOW.date() + timedelta(weeks=_WEEKS)
    return -(-(last - NOW.date()).days // (7 * _WEEKS_IN_A_PART))


if __name__ == "__main__":
    main()
