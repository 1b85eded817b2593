"""What trackers should show of goals besides comments. Like the comments, it follows from how the goals stand.

What cannot be judged stays as it is. What is there and should not be is wanted empty, and so is removed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sync_agent.model import (
    BLOCKED,
    Alert,
    AlertState,
    Assessment,
    Goal,
    Health,
    IssueLabels,
    LabelRules,
    Message,
    MessageKind,
    Organisation,
    Place,
    ProblemIssue,
    ProjectHealth,
    SignalKind,
    TrackerLabel,
)
from sync_agent.model.agreement import Agreement
from sync_agent.model.judgement import WORST_FIRST
from sync_agent.model.telling.labels import AGREED, NOT_AGREED

_PROBLEMS = frozenset({SignalKind.BLOCKED, SignalKind.SLIPPING})
_Judged = tuple[Goal, Assessment]


def tracker_labels(
    organisation: Organisation,
    assessments: Iterable[Assessment],
    alerts: Collection[Alert],
    rules: Mapping[str, LabelRules],
    shown: Sequence[Message],
    agreements: Mapping[str, Agreement] | None = None,
) -> tuple[TrackerLabel, ...]:
    """`rules` are by source; `shown` are the labels that were wanted last; `agreements` are by the goals' ids."""
    found = {assessment.goal: assessment for assessment in assessments}
    judged = [(goal, found[goal.id]) for goal in organisation.goals if goal.id in found]
    firing = [alert for alert in alerts if alert.state is AlertState.FIRING]
    known = {message.key for message in shown}
    wanted: list[TrackerLabel] = []
    kept = set[str]()
    for label, certain in _candidates(rules, judged, firing, agreements or {}):
        kept.add(label.key)
        if certain and (label.key in known or not _empty(label)):
            wanted.append(label)
    return (*wanted, *(_removed(message) for message in shown if message.key not in kept))


def _candidates(
    rules: Mapping[str, LabelRules],
    judged: Sequence[_Judged],
    firing: Sequence[Alert],
    agreements: Mapping[str, Agreement],
) -> Iterator[tuple[TrackerLabel, bool]]:
    """Yields every label that there could be, and whether it is known what it should be."""
    for source, rule in rules.items():
        yield from _on_issues(source, rule, judged, firing, agreements)
        yield from _problems(source, rule, judged, firing)
        yield from _on_projects(source, rule, judged)


def _on_issues(
    source: str,
    rule: LabelRules,
    judged: Iterable[_Judged],
    firing: Sequence[Alert],
    agreements: Mapping[str, Agreement],
) -> Iterator[tuple[IssueLabels, bool]]:
    """Yields one for each issue that goals report on."""
    if not rule.labels and not rule.values:
        return
    places: dict[Place, list[_Judged]] = defaultdict(list)
    for goal, assessment in judged:
        for place in goal.report_on:
            if place.source == source:
                places[place].append((goal, assessment))
    blocked = {alert.goal for alert in firing if alert.kind is SignalKind.BLOCKED}
    for place, goals in places.items():
        states = {a.health.value for _, a in goals} | {BLOCKED for goal, _ in goals if goal.id in blocked}
        signed = [agreements[goal.id].agreed for goal, _ in goals if goal.id in agreements]
        states |= {AGREED if all(signed) else NOT_AGREED} if signed else set()
        labels = tuple(sorted({rule.labels[state] for state in states if state in rule.labels}))
        worst = _worst(goals)
        value = rule.values.get(worst.value) if worst else None
        yield IssueLabels(place, labels, value), worst is not None


def _problems(
    source: str, rule: LabelRules, judged: Iterable[_Judged], firing: Sequence[Alert]
) -> Iterator[tuple[ProblemIssue, bool]]:
    """Yields one for each goal that reports on an issue of the source, if people were told of what it is about."""
    if rule.problems is None:
        return
    for goal, assessment in judged:
        links = [place.key for place in goal.report_on if place.source == source]
        if not links:
            continue
        alerts = tuple(a for a in firing if a.goal == goal.id and a.kind in _PROBLEMS and _known(a))
        items = (e.item for a in alerts if a.kind is SignalKind.BLOCKED for e in a.signal.evidence if e.item)
        every = tuple(dict.fromkeys((*links, *sorted(items))))
        place = Place(source, rule.problems)
        yield ProblemIssue(place, goal.id, goal, alerts, every), assessment.health is not Health.UNKNOWN


def _known(alert: Alert) -> bool:
    """Tells whether somebody was told, in this episode or in one of which they have not heard the end."""
    return alert.told > 0 or any(reading.level for reading in alert.readings)


def _on_projects(source: str, rule: LabelRules, judged: Sequence[_Judged]) -> Iterator[tuple[ProjectHealth, bool]]:
    for project, names in rule.projects.items():
        goals = tuple((goal, assessment) for goal, assessment in judged if goal.id in names)
        worst = _worst(goals)
        yield ProjectHealth(Place(source, project), worst, goals), worst is not None


def _worst(goals: Collection[_Judged]) -> Health | None:
    """Returns the worst health; None if one of them is unknown, or if there is none."""
    healths = {assessment.health for _, assessment in goals}
    return None if Health.UNKNOWN in healths else next((h for h in WORST_FIRST if h in healths), None)


def _empty(label: TrackerLabel) -> bool:
    if isinstance(label, IssueLabels):
        return not label.labels and label.value is None
    return not label.alerts if isinstance(label, ProblemIssue) else label.health is None


def _removed(message: Message) -> TrackerLabel:
    assert message.place is not None
    if message.kind is MessageKind.PROBLEM:
        return ProblemIssue(message.place, message.goal or "")
    return IssueLabels(message.place) if message.kind is MessageKind.LABEL else ProjectHealth(message.place)
