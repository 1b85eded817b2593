"""Kills the agent again and again while it tells an organisation and people answer it, and counts what arrived.

Each row is one way to die: at a step (before and after a commit of the store; when a tracker or the mail server has
taken something and not answered yet), or at any instant, with servers that commit and then time out, break off or
answer 500. After that the agent runs undisturbed. What has arrived is compared with a run that was never disturbed.
"""

import argparse
import logging
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import count
from queue import SimpleQueue

from benchmarks.crash.arrived import Count
from benchmarks.crash.nursery import Nursery, nursery
from benchmarks.crash.stage import Play, play

_LIVES = 4
"""Kills at random instants before the agent may finish."""
_PAUSES = 0.5
"""How often time passes before the next life begins."""
_BEHIND = (*[0.0] * 12, 20 * 60.0, 2 * 3600.0, 25 * 3600.0, 3 * 86400.0)
"""Seconds by which the clock is set back in one life, and right in the next."""
_LONGEST = 120.0
"""Seconds that no life takes."""
_SHOWN = 10
_COLUMNS = (
    ("killed", 28), ("kills", 7), ("lost", 6), ("unexpected", 12), ("twice", 12), ("marks twice", 13),
    ("other date", 12), ("same mail again", 17), ("same post again", 17),
)  # fmt: skip


@dataclass
class Tally:
    """What went wrong in one row of the table."""

    name: str
    kills: int = 0
    lost: int = 0
    unexpected: int = 0
    twice: int = 0
    marks: int = 0
    other_dates: int = 0
    repeats: int = 0
    posts: int = 0
    problems: list[str] = field(default_factory=list)

    def end(self, playing: Play, reference: "Reference") -> None:
        """Lets a story end undisturbed and counts what has arrived. A post may be there once more for each death, and
        once more for an answer that got lost.
        """
        left = playing.finish(reference.told)
        found = playing.count()
        lost, unexpected = reference.told - found.known, found.known - reference.later.known
        self.lost += len(lost)
        self.unexpected += len(unexpected)
        self.problems += [*(f"lost: {each}" for each in lost), *(f"unexpected: {each}" for each in unexpected)]
        self.twice += _too_often(found.comments, reference.later.comments)
        self.twice += _too_often(found.mails, reference.later.mails)
        self.twice += _too_often(found.answers, reference.later.answers)
        self.marks += sum(number - 1 for number in found.marks.values())
        self.other_dates += sum(len(dates) - 1 for dates in found.dates.values())
        self.repeats += found.copies
        self.posts += sum(number - 1 for number in found.posts.values())
        self.problems += [f"{n} × {post}" for post, n in found.posts.items() if n > 2 + self.kills]
        if left:
            self.problems.append(left)

    def add(self, other: "Tally") -> None:
        """Counts what went wrong in another as its own."""
        for name in ("kills", "lost", "unexpected", "twice", "marks", "other_dates", "repeats", "posts"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.problems += other.problems

    @property
    def bad(self) -> bool:
        """Whether anything is not as it should be. A mail that comes again as the very same is not shown twice; a post
        in a chat is, and nobody can tell.
        """
        return bool(self.lost or self.unexpected or self.twice or self.marks or self.other_dates or self.problems)


@dataclass(frozen=True)
class Reference:
    """An undisturbed agent: when its first run began, what arrived by it and how many seconds it took, its steps, and
    what had arrived when the last of the `later` runs was over: people are reminded in time, and asked again on the
    next day, whoever has died.
    """

    at: datetime
    count: Count
    later: Count
    seconds: float
    steps: tuple[tuple[str, int], ...]

    @property
    def told(self) -> set[str]:
        """What arrived by the first run."""
        return self.count.known


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 when anything was lost or came twice."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.crash", description=__doc__)
    options.add_argument("--kills", type=int, default=40, help="kills at random instants (500 for the long run)")
    options.add_argument("--steps", type=int, default=20, help="steps to be killed at, evenly chosen; 0: every one")
    options.add_argument("--replicas", type=int, default=5, help="times that two agents start at once on one store")
    options.add_argument("--at-once", type=int, default=4, help="stories that are played at a time, two at least")
    options.add_argument(
        "--clock-jumps", action=argparse.BooleanOptionalAction, default=True,
        help="every fourth life begins with the clock set back, by 20 minutes to 3 days (on)",
    )  # fmt: skip
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args(arguments)
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # It reports the connections that break off on purpose.
    began = time.monotonic()
    with ExitStack() as stack:
        nurseries = [stack.enter_context(nursery()) for _ in range(asked.at_once)]
        one, two, *_ = nurseries
        reference = _undisturbed(one)
        came = reference.count
        numbers = (f"{len(found)} {name}" for name, found in vars(came).items() if isinstance(found, Counter))
        print(f"undisturbed: {', '.join(numbers)}, {len(reference.steps)} steps")
        together = [("together", n) for moment, n in reference.steps if moment == "mail"]
        _print_heads()
        rows = []
        for play_row in (
            partial(_at_steps, "at a step", nurseries, reference, reference.steps, asked.steps),
            partial(_at_steps, "channels side by side", nurseries, reference, together, asked.steps),
            partial(_at_instants, nurseries, reference, asked.kills, asked.seed, clock_jumps=asked.clock_jumps),
            partial(_replicas, one, two, reference, asked.replicas),
        ):
            rows.append(play_row())
            _print(rows[-1])
    print(f"{time.monotonic() - began:.0f} s, seed {asked.seed}")
    return int(any(row.bad for row in rows))


def _too_often(found: Counter[str], wanted: Counter[str]) -> int:
    """How many are there more than once, and more often than without any trouble."""
    return sum(max(0, number - max(1, wanted[each])) for each, number in found.items())


def _undisturbed(one: Nursery) -> Reference:
    at = datetime.now(UTC)
    with play(one, at) as playing:
        began = time.monotonic()
        life = playing.start()
        life.wait(_LONGEST)
        seconds = time.monotonic() - began
        if life.status:
            sys.exit(f"the agent fails without any trouble: {life.errors}")
        transactions = int(life.errors.split("transactions ")[1].split()[0])
        steps = [(moment, n) for n in range(1, transactions + 1) for moment in ("before", "after")]
        steps += [("exchange", n) for n in range(1, playing.exchanges + 1)]
        steps += [("mail", n) for n in range(1, playing.mails + 1)]
        if left := playing.finish():
            sys.exit(f"the agent fails without any trouble: {left}")
        return Reference(at, playing.count(), playing.lived_on(), seconds, tuple(steps))


def _at_steps(
    name: str,
    nurseries: Sequence[Nursery],
    reference: Reference,
    steps: Sequence[tuple[str, int]],
    most: int,
) -> Tally:
    tally = Tally(name)
    stories = [partial(_step, reference, step) for step in _spread(steps, most)]
    return _play_all(tally, nurseries, stories)


def _step(reference: Reference, step: tuple[str, int], one: Nursery) -> Tally:
    tally = Tally("one step")
    with play(one, reference.at) as playing:
        life = playing.start(*step)
        life.wait(_LONGEST)
        tally.kills += life.status != 0
        tally.end(playing, reference)
    return tally


def _at_instants(
    nurseries: Sequence[Nursery], reference: Reference, kills: int, seed: int, *, clock_jumps: bool
) -> Tally:
    tally, numbers = Tally("at any instant, bad servers"), count(seed * 1_000_003)
    while tally.kills < kills:
        most = nurseries[: kills - tally.kills]
        stories = [partial(_story, reference, clock_jumps, random.Random(next(numbers))) for _ in most]
        _play_all(tally, nurseries, stories)
    return tally


def _play_all(tally: Tally, nurseries: Sequence[Nursery], stories: Sequence[Callable[[Nursery], Tally]]) -> Tally:
    """As many stories at a time as there are nurseries: they mostly wait for servers that do not answer."""
    free: SimpleQueue[Nursery] = SimpleQueue()
    for each in nurseries:
        free.put(each)

    def tell(story: Callable[[Nursery], Tally]) -> Tally:
        one = free.get()
        try:
            return story(one)
        finally:
            free.put(one)

    with ThreadPoolExecutor(len(nurseries)) as pool:
        for found in pool.map(tell, stories):
            tally.add(found)
    return tally


def _story(reference: Reference, clock_jumps: bool, chance: random.Random, one: Nursery) -> Tally:
    """Half of the lives begin at once after a death, as where something restarts the agent; the others later. When all
    is told, nobody need die any more.
    """
    tally = Tally("one story")
    with play(one, reference.at) as playing:
        playing.misbehave(chance)
        for _ in range(_LIVES):
            playing.behind = chance.choice(_BEHIND) if clock_jumps else 0.0
            killed = _kill_somewhere(playing, chance.uniform(0, reference.seconds))
            tally.kills += killed
            if not killed and not playing.left():
                break
            if chance.random() < _PAUSES or not killed:
                playing.time_passes()
        tally.end(playing, reference)
    return tally


def _kill_somewhere(playing: Play, after: float) -> bool:
    life = playing.start()
    life.wait(after)
    life.kill()
    life.wait(_LONGEST)
    return life.status == -signal.SIGKILL


def _replicas(one: Nursery, two: Nursery, reference: Reference, times: int) -> Tally:
    tally = Tally("two agents on one store")
    for _ in range(times):
        with play(one, reference.at) as playing:
            pair = [playing.start(), playing.start(nursery=two)]
            for life in pair:
                life.wait(_LONGEST)
            tally.end(playing, reference)
    return tally


def _spread(steps: Sequence[tuple[str, int]], most: int) -> Iterator[tuple[str, int]]:
    chosen = min(most, len(steps)) or len(steps)
    return (steps[index * len(steps) // chosen] for index in range(chosen))


def _print_heads() -> None:
    print("".join(f"{head:>{width}}" for head, width in _COLUMNS), flush=True)


def _print(row: Tally) -> None:
    cells = (
        row.name,
        row.kills,
        row.lost,
        row.unexpected,
        row.twice,
        row.marks,
        row.other_dates,
        row.repeats,
        row.posts,
    )
    print("".join(f"{cell:>{width}}" for cell, (_, width) in zip(cells, _COLUMNS, strict=True)), flush=True)
    for problem, times in Counter(row.problems).most_common(_SHOWN):
        print(f"    {times} × {problem}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
