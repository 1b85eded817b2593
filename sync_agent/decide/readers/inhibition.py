"""When one goal's trouble causes another's, readers hear of the cause, and of its consequences inside the same message.
Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sync_agent.decide.alerts.telling import Telling
from sync_agent.decide.readers.addressing import Briefing, Disposition, GoalCase, News, declined
from sync_agent.model import Alert, AlertState, SignalKind

_CONSEQUENCES = frozenset({SignalKind.DEPENDENCY, SignalKind.SLIPPING, SignalKind.OFF_PACE})
_INHIBITS = (Telling.BEGAN, Telling.OVER)


@dataclass(frozen=True, slots=True)
class Causes:
    """Which goals are in trouble because of which others. `above` maps a goal to all goals it waits for in vain,
    directly or through others; `below` maps a goal to the alerts of those that wait for it.
    """

    above: Mapping[str, frozenset[str]]
    below: Mapping[str, tuple[Alert, ...]]

    @classmethod
    def of(cls, news: Iterable[News]) -> "Causes":
        """Those of one snapshot: alerts that fire, or that ended just now."""
        waiting = [open_alert.alert for each in news for open_alert in each.open_alerts if _waits(open_alert.alert)]
        direct: dict[str, set[str]] = defaultdict(set)
        for alert in waiting:
            direct[alert.goal].add(alert.subject)
        above = {goal: frozenset(_closure(goal, direct)) for goal in direct}
        below: dict[str, list[Alert]] = defaultdict(list)
        for alert in waiting:
            for cause in {alert.subject} | above.get(alert.subject, frozenset()):
                below[cause].append(alert)
        return cls(above, {goal: tuple(found) for goal, found in below.items()})


def inhibited(desk: Briefing, cases: Sequence[GoalCase], causes: Causes) -> Iterator[GoalCase]:
    """Returns the cases that are told inside the message about their cause, because the same reader hears of that in
    the same cycle.
    """
    told: dict[tuple[str, Telling], set[str]] = defaultdict(set)
    for case in cases:
        if case.fate is Disposition.TOLD and not declined(desk, case):
            told[case.person.id, case.telling].add(case.news.goal.id)
    for case in cases:
        cause = _cause(case, told[case.person.id, case.telling], causes)
        yield replace(case, fate=Disposition.INSIDE, cause=cause) if cause and case.fate is Disposition.TOLD else case


def _cause(case: GoalCase, told: Iterable[str], causes: Causes) -> str | None:
    """The root cause: the first goal in the chain that the reader is told of."""
    if case.telling not in _INHIBITS or case.alert.kind not in _CONSEQUENCES:
        return None
    above = causes.above.get(case.news.goal.id, frozenset())
    if case.alert.kind is SignalKind.DEPENDENCY:
        above &= {case.alert.subject} | causes.above.get(case.alert.subject, frozenset())
    found = sorted(above.intersection(told) - {case.news.goal.id})
    return next((goal for goal in found if not causes.above.get(goal, frozenset()).intersection(found)), None)


def _waits(alert: Alert) -> bool:
    """Tells whether the alert says that its goal waits for another. One that has ended still counts while somebody
    believes it is open.
    """
    open_ = alert.state is AlertState.FIRING or any(reading.level for reading in alert.readings)
    return alert.kind is SignalKind.DEPENDENCY and open_


def _closure(goal: str, direct: Mapping[str, Iterable[str]]) -> Iterator[str]:
    seen: set[str] = set()
    queue = list(direct[goal])
    while queue:
        cause = queue.pop()
        if cause not in seen and cause != goal:
            seen.add(cause)
            queue += direct.get(cause, ())
            yield cause
