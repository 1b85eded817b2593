"""What was expected, what arrived, and the difference."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

OPENS = ("alert", "reminder", "escalation")
"""Kinds of messages that say that something began, or goes on."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A message of `kind` about `goal` (empty: none in particular) to `target`, an address or an issue, once between
    `begins` and `ends`.
    """

    kind: str
    target: str
    goal: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that is there, and since when. `identity` is the same for copies of one mail; `named` are the goals
    that its text names, whatever goal it is about.
    """

    kind: str
    target: str
    goal: str
    at: datetime
    identity: str
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What did not come in its time, what nobody expected, how many mails came again as the very same, and who heard
    that something is over of which they had not heard.
    """

    met: Counter[str]
    missing: tuple[Expected, ...]
    unexpected: tuple[Arrived, ...]
    copies: int
    out_of_order: tuple[Arrived, ...] = ()

    @property
    def stale(self) -> int:
        """How many said something that was over, or not so any more."""
        return sum(each.kind in OPENS for each in self.unexpected)

    @property
    def good(self) -> bool:
        """Whether everything is as it should be."""
        return not self.missing and not self.unexpected and not self.out_of_order


def compare(expected: Iterable[Expected], arrived: Sequence[Arrived], until: datetime) -> Verdict:
    """Every expected message takes one that arrived in its time; what is left was not expected.

    What may still come after `until`, the end of all, is not missing.
    """
    first: dict[str, Arrived] = {}
    for each in sorted(arrived, key=lambda a: a.at):
        first.setdefault(each.identity, each)
    left = list(first.values())
    met: Counter[str] = Counter()
    missing = []
    for wanted in sorted(expected, key=lambda e: e.ends):
        found = next((each for each in left if _fits(wanted, each)), None)
        if found:
            left.remove(found)
            met[wanted.kind] += 1
        elif wanted.ends <= until:
            missing.append(wanted)
    return Verdict(met, tuple(missing), tuple(left), len(arrived) - len(first), _out_of_order(first.values()))


def _out_of_order(arrived: Iterable[Arrived]) -> tuple[Arrived, ...]:
    """Messages that something is over to people who had not heard of it; `arrived` is in the order of arrival.

    A goal that waits for an overdue one is told inside the alert about that.
    """
    heard: set[tuple[str, str]] = set()
    wrong = []
    for each in (a for a in arrived if a.goal):
        if each.kind in OPENS:
            heard.update((each.target, goal) for goal in {each.goal, *each.named})
        elif each.kind == "resolved" and (each.target, each.goal) not in heard:
            wrong.append(each)
    return tuple(wrong)


def _fits(wanted: Expected, found: Arrived) -> bool:
    same = (wanted.kind, wanted.target, wanted.goal) == (found.kind, found.target, found.goal)
    return same and wanted.begins <= found.at <= wanted.ends


_NEWS = "(?:blocked |off track|waits for )"
_SUBJECTS = (
    (re.compile(r"^\[Goals\] Resolved: (Goal \d+) "), "resolved"),
    (re.compile(rf"^\[Goals\] (Goal \d+) [^:]*: {_NEWS}"), "alert"),
    (re.compile(rf"^\[Goals\] Still open: (Goal \d+) [^:]*: {_NEWS}"), "reminder"),
    (re.compile(rf"^\[Goals\] Your decision: (Goal \d+) [^:]*: {_NEWS}"), "escalation"),
    (re.compile(r"^\[Goals\] Your silence ends .*: (Goal \d+) "), "silence"),
    (re.compile(r"^\[Goals\] (?:A message|\d+ messages) cannot be delivered()"), "undelivered"),
    (re.compile(r"^\[Goals\] The clock jumped()"), "clock"),
    (re.compile(r"^\[Goals\] Ended()"), "ended"),
    (re.compile(r"^\[Goals\] \w+ cannot be read()"), "down"),
    (re.compile(r"^\[Goals\] \w+ can be read again()"), "back"),
    (re.compile(r"^\[Goals\] (?:All \d+ goals|\d+ (?:at risk|off track|unknown|on pace)\b.* \d+ goals)()"), "digest"),
)


_GATHERED = "You get at most "


_NAME = re.compile(r"\bGoal \d+")


def goals_named(text: str) -> frozenset[str]:
    """The names of all goals in a text."""
    return frozenset(_NAME.findall(text))


def read_mail(subject: str, text: str) -> tuple[str, str]:
    """(kind, goal) of a mail; the subject itself where it is of no kind that is known here."""
    if _GATHERED in text:
        return "gathered", ""
    for pattern, kind in _SUBJECTS:
        found = pattern.match(subject.strip())
        if found:
            return kind, found.group(1)
    return subject, ""
