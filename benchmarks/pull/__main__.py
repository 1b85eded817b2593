"""Prints what each client needs to read everything, what it loses while people work, and how that grows."""

import argparse
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.pull import budgets, peers
from benchmarks.pull.serve import KINDS
from benchmarks.pull.served import Run, Task, Tracker, measure, read_json, served

_LIBRARIES = {"jira-cloud": ("jira",), "jira-server": ("jira",), "github": ("PyGithub",)}
_HEAD = (
    f"{'':12}{'items':>10}{'requests':>10}{'seconds':>9}{'CPU s':>8}{'× floor':>9}{'ours ×':>8}{'MB':>6}{'lost':>14}"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How many items the slow clients read, with how many it is tried what is lost, and where the peers are."""

    slow: int
    lost: int
    folder: Path | None


def main() -> None:
    """One table a tracker, or one of growing sizes."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.pull", description=__doc__)
    options.add_argument("--items", type=int, default=2000, help="items in each tracker (2000)")
    options.add_argument("--repositories", type=int, default=10, help="of the GitHub, which share the items (10)")
    options.add_argument("--latency", type=float, default=0.05, help="seconds that each answer takes longer (0.05)")
    options.add_argument("--tracker", choices=KINDS, action="append", help="only this one; may be repeated")
    options.add_argument("--peers", type=Path, help="directory for clients that need an environment of their own")
    options.add_argument("--slow", type=int, default=500, help="items for Perceval, which asks for each (500)")
    options.add_argument("--lost", type=int, default=1000, help="items with which it is tried what is lost (1000)")
    options.add_argument("--growth", type=int, nargs="+", help="only ours, with so many items each")
    chosen = options.parse_args()
    if chosen.peers:
        peers.install(chosen.peers)
    plan = Plan(min(chosen.slow, chosen.items), chosen.lost, chosen.peers)
    for kind in chosen.tracker or KINDS:
        task = Task(kind, chosen.items, chosen.repositories if kind == "github" else 1, chosen.latency)
        if chosen.growth:
            _grow(task, chosen.growth)
        else:
            _compare(task, plan)


def _compare(task: Task, plan: Plan) -> None:
    print(f"\n{_title(task)}\n{_HEAD}", flush=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        own, floor = _ours_and_floor(task, Path(folder))
        _row("floor", task.items, floor, floor, own, "")
        _row("ours", task.items, own, floor, own, _lost("ours", task, plan))
        for name in (*_LIBRARIES[task.kind], *(peers.PEERS[task.kind] if plan.folder else ())):
            part = replace(task, items=plan.slow, repositories=1) if name == "Perceval" else task
            with served(part) as tracker:
                run = _run(name, tracker, plan, Path(folder) / "found")
            _row(
                name,
                part.items,
                run,
                _part(floor, part, task),
                _part(own, part, task),
                _lost(name, task, plan),
            )
    _say_budget(task, own)
    print(f"{'time within 1.3 × the floor':42}{_word(own.seconds <= 1.3 * floor.seconds)}", flush=True)


def _ours_and_floor(task: Task, folder: Path) -> tuple[Run, Run]:
    """The floor repeats what ours asked for, from a tracker that is as fresh."""
    record = folder / "requests"
    with served(task, record=record) as tracker:
        own = measured("ours", tracker, folder)
    with served(task) as tracker:
        return own, measured("floor", tracker, folder, "--record", str(record))


def _grow(task: Task, sizes: list[int]) -> None:
    print(f"\n{task.kind}: ours, as the tracker grows\n{_HEAD}", flush=True)
    first: Run | None = None
    for items in sizes:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            own, floor = _ours_and_floor(replace(task, items=items), Path(folder))
        first = first or own
        _row("floor", items, floor, floor, own, "")
        _row("ours", items, own, floor, own, "")
        _say_budget(replace(task, items=items), own)
        print(f"{'memory at most 250 MB':42}{_word(own.megabytes <= 250)}", flush=True)


def _lost(name: str, task: Task, plan: Plan) -> str:
    """How many items are not known as they are in the end, when one was edited after each answer of the first pull.

    Ours pulls a second time into the same store, as the next cycle does, and reads only what is new; the others begin
    anew whenever they are called, so they are called once.
    """
    small = replace(task, items=min(plan.lost, task.items), repositories=1, latency=0.0)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        output = Path(folder) / "found"
        with served(small) as calm:
            answers = _run(name, calm, plan, output).requests
        with served(small, edits=answers) as busy:
            _run(name, busy, plan, output, keep=True)
            found = peers.found(name, output) if name in peers.PEERS[task.kind] else read_json(output)
            truth = busy.truth()
    if len(found) < len(truth) / 2:
        sys.exit(f"{name} read only {len(found):,} of {len(truth):,} items: what it costs says nothing")
    return f"{sum(found.get(key) != mark for key, mark in truth.items()):,} of {small.items:,}"


def _run(name: str, tracker: Tracker, plan: Plan, output: Path, *, keep: bool = False) -> Run:
    if name in peers.PEERS[tracker.task.kind] and plan.folder:
        command = peers.command(plan.folder, name, tracker, output)
        return measure(command, tracker, {}, output.with_name("log"))
    return measured(name, tracker, output.parent, *(("--found", str(output)) if keep else ()))


def measured(name: str, tracker: Tracker, folder: Path, *more: str) -> Run:
    """What a client of ours needs, or the floor."""
    task = tracker.task
    command = [
        sys.executable, "-m", "benchmarks.pull.clients", name, task.kind, tracker.url,
        "--repositories", str(task.repositories), *more,
    ]  # fmt: skip
    return measure(command, tracker, {}, folder / "log")


def _part(run: Run, part: Task, whole: Task) -> Run:
    """What as many items of a larger run took."""
    return replace(run, seconds=run.seconds * part.items / whole.items)


def _row(name: str, items: int, run: Run, floor: Run, own: Run, lost: str) -> None:
    print(
        f"{name:12}{items:>10,}{run.requests:>10,}{run.seconds:>9.1f}{run.processor:>8.1f}"
        f"{run.seconds / floor.seconds:>9.2f}{run.seconds / own.seconds:>8.2f}{run.megabytes:>6.0f}{lost:>14}",
        flush=True,
    )


def _say_budget(task: Task, own: Run) -> None:
    allowed = budgets.full(task)
    print(f"{f'requests: {own.requests:,}, budget {allowed:,}':42}{_word(own.requests <= allowed)}", flush=True)


def _word(held: bool) -> str:
    return "yes" if held else "NO"


def _title(task: Task) -> str:
    shared = f" in {task.repositories} repositories" if task.kind == "github" else ""
    return f"{task.kind}: {task.items:,} items{shared} with 5 changes each, {task.latency * 1000:.0f} ms an answer"


if __name__ == "__main__":
    main()
