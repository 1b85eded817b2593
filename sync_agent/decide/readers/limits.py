"""How many mails a person gets on one day. What goes beyond that is gathered in one mail, never dropped. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sync_agent.decide.alerts.telling import Telling
from sync_agent.decide.readers.addressing import Briefing, Disposition, GoalCase, declined
from sync_agent.model import EMAIL, Grouping, Reason, ReasonKind

_URGENCY = (Telling.ESCALATION, Telling.BEGAN, Telling.OVER, Telling.REMINDER)


def envelope(case: GoalCase) -> tuple[str, ...]:
    """Returns what cases of one reader must have in common to share a mail."""
    about: dict[Grouping, tuple[str, ...]] = {
        Grouping.GOAL: (),
        Grouping.SIGNAL: (case.alert.kind.value,),
        Grouping.ALERT: (case.alert.kind.value, case.alert.subject),
    }
    part = case.part.value if case.telling is Telling.BEGAN else ""
    return case.person.id, case.telling.value, part, case.news.goal.id, *about[case.route.group]


def limited(desk: Briefing, cases: Sequence[GoalCase]) -> Iterator[GoalCase]:
    """Marks cases beyond somebody's daily limit as owed, and gathers now what was owed on an earlier day.

    What is told inside a message beyond the limit is beyond it, too. Escalations are few and the last resort: they
    count, but are never held back.
    """
    day = _Day(desk)
    ordered = sorted(enumerate(cases), key=lambda pair: _order(pair[1]))
    after = {number: day.fit(case) for number, case in ordered}
    gathered = _gathering(desk, cases)
    for number in range(len(cases)):
        case = day.with_its_cause(after[number])
        now = case.fate is Disposition.OWED and case.person.id in gathered
        yield replace(case, fate=Disposition.GATHERED, owed=None) if now else case


class _Day:
    """Which mails still fit into each person's present day."""

    def __init__(self, desk: Briefing) -> None:
        self._desk = desk
        self._room: dict[str, int] = {}
        self._open: set[tuple[str, ...]] = set()
        self._within: set[tuple[str, str, Telling]] = set()

    def fit(self, case: GoalCase) -> GoalCase:
        """Returns the case as it is if its mail fits, or else without a mail."""
        if case.fate is not Disposition.TOLD:
            return case
        if _counts(self._desk, case) and envelope(case) not in self._open:
            left = self._room.setdefault(case.person.id, _room(self._desk, case))
            if left <= 0 and case.telling is not Telling.ESCALATION:
                return _beyond(case)
            self._room[case.person.id] = left - 1
            self._open.add(envelope(case))
        self._within.add((case.person.id, case.news.goal.id, case.telling))
        return case

    def with_its_cause(self, case: GoalCase) -> GoalCase:
        """Sends what would be told within a mail where that mail has gone."""
        within = case.fate is not Disposition.INSIDE or (case.person.id, case.cause, case.telling) in self._within
        return case if within else _beyond(replace(case, fate=Disposition.TOLD))


def _order(case: GoalCase) -> tuple[int, bool]:
    return _URGENCY.index(case.telling), not case.news.goal.priority.critical


def _counts(desk: Briefing, case: GoalCase) -> bool:
    return EMAIL in case.ways and not case.route.urgent and not declined(desk, case)


def _room(desk: Briefing, case: GoalCase) -> int:
    person = case.person
    today = desk.times.day(person, desk.now)
    return person.daily_limit - sum(desk.times.day(person, at) == today for at in desk.sent.get(person.id, ()))


def _beyond(case: GoalCase) -> GoalCase:
    """Handles what is beyond the limit. A reminder is not owed: it stays due as long as what it reminds of."""
    reason = Reason(ReasonKind.OVER_LIMIT, count=case.person.daily_limit)
    return case.held(reason) if case.telling is Telling.REMINDER else case.owing(reason)


def _gathering(desk: Briefing, cases: Sequence[GoalCase]) -> set[str]:
    """Who gets what they were owed: on a later day than the day it came."""
    owed: dict[str, list[bool]] = defaultdict(list)
    for case in cases:
        if case.fate is Disposition.OWED and case.reading.owed:
            today = desk.times.day(case.person, desk.now)
            owed[case.person.id].append(desk.times.day(case.person, case.reading.owed) < today)
    return {person for person, earlier in owed.items() if any(earlier)}
