"""Provokes single faults, one at a time, and looks whether more is affected than what the fault is about.

Each fault meets a whole cycle of the agent: its configuration is read, trackers are asked over HTTP, an organisation
is judged, and comments and mails are sent, all on loopback. How the goals stand, and what arrived, is compared with a
cycle without a fault; what is not concerned has to be the same. The list is printed: `ok` is a fault that changed
something where it may, `none` one that changed nothing, `MORE` one that did elsewhere.
"""

import argparse
import logging
import random
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from benchmarks.faults.kinds import Trouble, every
from sync_agent.config import installed_connectors, load
from sync_agent.demo.files import TOKENS
from sync_agent.demo.stage import staged
from sync_agent.model import Message, MessageKind
from sync_agent.run.cycle import run_cycle
from sync_agent.store import Store
from sync_agent.world import open_world

_JIRA = {"PLAT-5": "platform-upgrade", "SHOP-4": "fast-checkout", "SHOP-18": "fewer-crashes"}
_HUB = {3: "fast-checkout", 20: "search"}
_SOURCES = frozenset({"jira", "github"})
_CONNECTORS = installed_connectors()
_MONDAY = datetime(2026, 10, 5, 10, 0, tzinfo=UTC)
"""Everybody is at work, and digests are due."""


@dataclass(frozen=True)
class Outcome:
    """What came of one cycle: how each goal stands, the markers of comments by source, the subjects of mails by their
    reader; `crash` is what ended the cycle.
    """

    goals: Mapping[str, str] = field(default_factory=dict)
    comments: Mapping[str, frozenset[str]] = field(default_factory=dict)
    mails: Mapping[str, frozenset[str]] = field(default_factory=dict)
    crash: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the list; 1 where anything else was affected."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    options.add_argument("--faults", type=int, default=40, help="how many, evenly chosen; 0: every one")
    options.add_argument("--seed", type=int, default=1, help="shuffles them before they are chosen")
    options.add_argument("--only", default="", help="those whose name contains this")
    asked = options.parse_args(arguments)
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began, now = time.monotonic(), _MONDAY
    reference = _play(None, now)
    if reference.crash:
        sys.exit(f"the agent fails without any fault: {reference.crash}")
    people = tuple(sorted(reference.mails))
    faults = [each for each in every(_JIRA, _HUB, people) if asked.only in each.name]
    random.Random(asked.seed).shuffle(faults)
    chosen = faults[: asked.faults] if asked.faults else faults
    bad = sum(_try(trouble, reference, now) for trouble in sorted(chosen, key=lambda each: each.name))
    print(f"{len(chosen)} of {len(faults)} faults, {bad} affected more, {time.monotonic() - began:.0f} s")
    return int(bad > 0)


def _try(trouble: Trouble, reference: Outcome, now: datetime) -> bool:
    found = _play(trouble, now)
    more = [*_more(trouble, reference, found)]
    print(f"{'MORE' if more else 'none' if found == reference else 'ok  '} {trouble.name}", flush=True)
    for line in more:
        print(f"       {line}", flush=True)
    return bool(more)


def _more(trouble: Trouble, reference: Outcome, found: Outcome) -> list[str]:
    """What is affected beside what the fault is about."""
    if found.crash:
        return [f"the cycle ended: {found.crash}"]
    others = {goal: stands for goal, stands in reference.goals.items() if goal not in trouble.goals}
    wrong = [f"{goal}: {found.goals.get(goal)} instead of {was}" for goal, was in others.items()
             if found.goals.get(goal) != was]  # fmt: skip
    for source in sorted(_SOURCES - trouble.channels):
        wrong += _differ(source, others, reference.comments[source], found.comments.get(source, frozenset()))
    for reader in sorted(set(reference.mails) - trouble.channels):
        wrong += _differ(reader, others, reference.mails[reader], found.mails.get(reader, frozenset()))
    return wrong


def _differ(where: str, goals: Mapping[str, str], before: frozenset[str], after: frozenset[str]) -> list[str]:
    """Messages about goals that are not concerned."""
    missing = [each for each in sorted(before - after) if _about(each) in (*goals, "digest")]
    extra = [each for each in sorted(after - before) if _about(each) in goals]
    return [*(f"{where} misses {each}" for each in missing), *(f"{where} has {each}" for each in extra)]


def _about(message: str) -> str:
    """The goal that it is about: `alert search`, or `digest`."""
    return message.rpartition(" ")[2]


def _play(trouble: Trouble | None, now: datetime) -> Outcome:
    environ = dict(TOKENS)
    with tempfile.TemporaryDirectory(prefix="sync-agent-faults-") as folder, staged(Path(folder), now) as stage:
        _hurry(stage.config)
        settings = load(stage.config, environ, _CONNECTORS)
        if trouble:
            trouble.inflict(stage, environ)
        store = Store.open(settings.store)
        try:
            with open_world(settings, _CONNECTORS, environ, stage.clock.now, threading.Event()) as world:
                report = run_cycle(settings, store, world)
        except Exception as error:  # noqa: BLE001  Nothing may end a cycle: that it does is what is looked for.
            return Outcome(crash=f"{type(error).__name__}: {error}")
        finally:
            store.close()
        judged = report.proposal.assessments if report.proposal else ()
        goals = {each.goal: f"{each.health.value} {each.progress or 0:.3f}" for each in judged}
        return Outcome(goals, *_arrived(report.delivery.delivered if report.delivery else ()))


def _arrived(messages: Sequence[Message]) -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """Comments by their source, and mails by their reader, each as its kind and goal."""
    comments: dict[str, set[str]] = {source: set() for source in _SOURCES}
    mails: dict[str, set[str]] = defaultdict(set)
    for message in messages:
        said = f"{message.kind.value} {message.goal}" if message.kind is not MessageKind.DIGEST else "digest"
        if message.place:
            comments[message.place.source].add(said)
        elif message.address:
            mails[message.address].add(said)
    return _frozen(comments), _frozen(mails)


def _frozen(found: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(each) for name, each in found.items()}


def _hurry(config: Path) -> None:
    """Nothing is tried again for minutes."""
    path = config / "sync-agent.yaml"
    text = path.read_text()
    if "give_up_after" not in text:
        text = text.replace("    type: jira\n", "    type: jira\n    give_up_after: 0.05\n")
        path.write_text(text.replace("    type: github\n", "    type: github\n    give_up_after: 0.05\n"))


if __name__ == "__main__":
    sys.exit(main())
