"""Prints what one cycle costs after a hundred changes, and judging everything, for stores of several sizes.

Seconds are those of the processor, so that other work on the machine matters little.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import text

from benchmarks.scale.organisation import NOW, PERIOD, item, organisation, work
from sync_agent.decide import Memory, Options, decide
from sync_agent.judging import Judged, judge_now, keep
from sync_agent.model import Forecast, Organisation, SourceState
from sync_agent.store import Store
from sync_agent.store.facts import save_changes, save_items, save_source
from sync_agent.store.state import load_alerts, load_judged, save_alerts, save_judged

_CHANGES = 100
_CYCLES = 5
_TRIALS, _WEEKS, _WEEKS_IN_A_PART = 10_000, 104, 13


def main() -> None:
    """One row a size."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    options.add_argument("--items", type=int, nargs="+", default=[10_000, 50_000], help="sizes (10000 50000)")
    options.add_argument("--goals", type=int, help="goals, however many items there are (one for each hundred items)")
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(_measure(chosen.one, chosen.goals or chosen.one // 100)))
        return
    print(f"{'items':>10}{'goals':>8}{'all, s':>9}{'× floor':>9}{'100 changes, s':>16}{'× smallest':>12}{'MB':>7}")
    base = None
    for items in chosen.items:
        row = _in_a_process(items, chosen.goals)
        base = base or row["changed"]
        print(
            f"{items:>10,}{row['goals']:>8,.0f}{row['all']:>9.1f}{row['all'] / row['floor']:>9.2f}"
            f"{row['changed']:>16.2f}{row['changed'] / base:>12.2f}{row['megabytes']:>7.0f}",
            flush=True,
        )


def _in_a_process(items: int, goals: int | None) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.scale", "--one", str(items)]
    if goals:
        command += ["--goals", str(goals)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return row


def _measure(items: int, goals: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'state.db'}")
        _fill(store, items)
        organised = organisation(goals)
        began = time.process_time()
        judged = _cycle(store, organised)
        whole = time.process_time() - began
        changed = sorted(_after_changes(store, organised, items, turn) for turn in range(_CYCLES))
        floor = _floor(store, judged)
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"goals": goals, "all": whole, "changed": changed[_CYCLES // 2], "floor": floor, "megabytes": peak}


def _fill(store: Store, items: int) -> None:
    with store.begin() as connection:
        save_source(connection, SourceState("jira", complete_at=NOW), "cursor")
    for part in work(items):
        with store.begin() as connection:
            save_items(connection, (found for found, _ in part))
            save_changes(connection, (change for _, changes in part for change in changes))


def _cycle(store: Store, organised: Organisation) -> Judged:
    """Judges, decides and remembers, as a cycle does; nothing is worded or sent."""
    with store.read() as connection:
        judged = judge_now(connection, organised, NOW, timedelta(days=1))
        memory = Memory(load_alerts(connection), load_judged(connection))
    outcome = decide(organised, judged.assessments, memory, Options(), NOW)
    with store.begin() as connection:
        keep(connection, judged)
        save_alerts(connection, outcome.alerts)
        save_judged(connection, (a for a in outcome.judged if a.goal in judged.fresh))
    return judged


def _after_changes(store: Store, organised: Organisation, items: int, turn: int) -> float:
    """A hundred items, next to each other as a team's work of a morning is, are finished; then one cycle."""
    first = turn * _CHANGES * 3 % items
    updated = NOW + timedelta(minutes=turn + 1)
    fresh = [item(number, 1, done=True, updated=updated) for number in range(first, first + _CHANGES)]
    began = time.process_time()
    with store.begin() as connection:
        save_items(connection, (found for found, _ in fresh))
        save_changes(connection, (change for _, changes in fresh for change in changes))
    _cycle(store, organised)
    return time.process_time() - began


def _floor(store: Store, judged: Judged) -> float:
    """The random numbers of the same forecasts, drawn by NumPy alone, and one scan of the items; CPU seconds."""
    began = time.process_time()
    random = np.random.default_rng(1)
    for assessment in judged.assessments:
        random.standard_normal(_TRIALS)
        for _part in range(_parts(assessment.forecast)):
            shape = (_TRIALS, _WEEKS_IN_A_PART)
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
