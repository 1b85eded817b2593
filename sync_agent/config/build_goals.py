"""Goals of the model, built from what the files say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from connectors.options import Secret
from sync_agent.config.nodes import Node
from sync_agent.config.shapes.goals import GoalShape, KeyResultShape, KpiShape, SelectorShape, ThresholdShape
from sync_agent.config.shapes.settings import RulesShape
from sync_agent.model import (
    CheckIn,
    CsvKpi,
    DeployKpi,
    EscalationStep,
    Goal,
    HttpKpi,
    KeyResult,
    Kpi,
    KpiMeasure,
    Milestone,
    Need,
    Period,
    Place,
    Priority,
    PrometheusKpi,
    Rules,
    Selector,
    Threshold,
    TrackerKpi,
)
from sync_agent.model.rules import AlarmCosts, Written, every_rule

ContainerOf = Callable[[str, str], str]
"""The project or repository that an item lies in: (source, key)."""

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

_READ: Mapping[Written, Callable[[Any], Any]] = {
    Written.DAYS: lambda time: time / _DAY,
    Written.HOURS: lambda time: time / _HOUR,
    Written.WHOLE_DAYS: lambda time: time.days,
    Written.WINDOW: lambda time: time.days,
    Written.COUNT: int,
    Written.TIMES: float,
    Written.SHARE: float,
    Written.REPEATS: lambda waits: tuple(each.days for each in waits),
    Written.NAMES: tuple,
    Written.STEPS: lambda steps: tuple(EscalationStep(each.after.days, each.to) for each in steps),
    Written.COSTS: lambda costs: AlarmCosts(costs.false, costs.missed),
}
# The keys of a selector as people write them, by field of the model.
SELECTOR_KEYS: Mapping[str, str] = {
    "projects": "project",
    "repositories": "repo",
    "epics": "epic",
    "sub_issues_of": "sub_issues_of",
    "items": "issue",
    "types": "type",
    "labels": "label",
    "components": "component",
    "versions": "fix_version",
    "milestones": "milestone",
    "sprints": "sprint",
    "assignees": "assignee",
    "priorities": "priority",
    "statuses": "status",
}
_UNITS: Mapping[KpiMeasure, str] = {
    KpiMeasure.SHARE: "%",
    KpiMeasure.PREDICTABILITY: "%",
    KpiMeasure.THROUGHPUT: "items a week",
    **dict.fromkeys((KpiMeasure.AGE, KpiMeasure.WORK_ITEM_AGE, KpiMeasure.TIME_BLOCKED), "days"),
    **dict.fromkeys((KpiMeasure.CYCLE_TIME, KpiMeasure.LEAD_TIME), "days"),
}


def build_rules(base: Rules, shape: RulesShape) -> Rules:
    """The rules to judge by: `base`, and what the file says instead.

    The costs of alarms set both thresholds; a threshold that is written beside them holds instead.
    """
    written = ((rule, getattr(shape, rule.key)) for rule in every_rule())
    found = {rule.name: _READ[rule.written](said) for rule, said in written if said is not None}
    if costs := found.get("alarm"):
        thresholds = {"on_track_probability": costs.at_risk_below, "at_risk_probability": costs.off_track_below}
        found = {**thresholds, **found}
    return replace(base, **found)


def build_goal(node: Node, shape: GoalShape, rules: Rules, container_of: ContainerOf) -> Goal:
    """A goal, with the place in the files where it is written."""
    results = tuple(_key_result(each, container_of) for each in shape.key_results)
    said = [Place(place.source, place.issue) for place in shape.report_on or ()]
    return Goal(
        id=shape.id,
        objective=shape.objective,
        owner=shape.owner,
        period=Period(shape.period.start, shape.period.due, shape.period.name),
        key_results=results,
        stakeholders=shape.stakeholders or (),
        theme=shape.theme,
        priority=Priority(shape.priority.relevance, shape.priority.urgency, shape.priority.impact),
        depends_on=shape.depends_on or (),
        supports=shape.supports,
        report_on=tuple(said) or _first_named(results),
        check_ins=_check_ins(shape),
        rules=build_rules(rules, shape.rules),
        where=f"{node.file}:{node.line}",
        ambition=shape.kind,
        because=shape.because or (),
        needs=tuple(Need(shape.id, each.giver, each.what, each.by, shape.owner) for each in shape.needs),
        renamed_from=shape.renamed_from or (),
        why=shape.why or "",
        continues=shape.continues,
    )


def _check_ins(shape: GoalShape) -> tuple[CheckIn, ...]:
    """Returns the check-ins oldest first, whatever their order in the file."""
    ordered = sorted(shape.check_ins, key=lambda each: each.on)
    return tuple(CheckIn(each.on, each.by, each.confidence, each.text) for each in ordered)


def _first_named(results: Sequence[KeyResult]) -> tuple[Place, ...]:
    """Returns the first epic or parent issue that the goal's selectors name, or else the first item."""
    selectors = [selector for result in results for selector in result.delivers]
    parents = [Place(s.source, key) for s in selectors for key in s.parents]
    items = [Place(s.source, key) for s in selectors for key in s.items]
    return tuple((parents or items)[:1])


def _key_result(shape: KeyResultShape, container_of: ContainerOf) -> KeyResult:
    return KeyResult(
        id=shape.id,
        title=shape.title,
        delivers=tuple(
            replace(each, leaves=shape.count == "leaves") for each in _selectors(shape.delivers, container_of)
        ),
        measure=shape.measure,
        kpi=_kpi(shape.kpi, container_of) if shape.kpi else None,
        unit=_unit(shape.kpi) if shape.kpi else "",
        baseline=shape.baseline,
        target=shape.target,
        between=shape.between,
        milestones=tuple(Milestone(each.on, each.value) for each in shape.milestones),
        thresholds=tuple(_threshold(each) for each in shape.thresholds),
        weight=shape.weight,
    )


def _threshold(shape: ThresholdShape) -> Threshold:
    value = shape.below if shape.above is None else shape.above
    return Threshold(value or 0.0, shape.above is not None, shape.text, shape.alert)


def _kpi(shape: KpiShape, container_of: ContainerOf) -> Kpi:
    said: dict[str, Any] = {
        "percentile": shape.percentile,
        "window_days": shape.window and shape.window.days,
        "stale_after_days": shape.stale_after and shape.stale_after.days,
    }
    return replace(_bare_kpi(shape, container_of), **{name: value for name, value in said.items() if value is not None})


def _bare_kpi(shape: KpiShape, container_of: ContainerOf) -> Kpi:
    token = _token(shape.token) if shape.token else None
    if shape.http:
        return HttpKpi(shape.http, shape.path or "", token)
    if shape.prometheus:
        return PrometheusKpi(shape.prometheus, shape.query or "", token)
    if shape.csv:
        return CsvKpi(shape.csv, shape.column or "", shape.date, tuple((shape.where or {}).items()))
    if shape.deploys:
        return DeployKpi(shape.deploys.source, shape.deploys.repo, shape.deploys.environment)
    of, among = (_selectors(each, container_of) for each in (shape.of or shape.count, shape.among))
    return TrackerKpi(_measure(shape), of, among)


def _measure(shape: KpiShape) -> KpiMeasure:
    return shape.measure or KpiMeasure.COUNT


def _unit(shape: KpiShape) -> str:
    if shape.deploys and shape.unit is None:
        return "deploys a week" if shape.deploys.environment else "releases a week"
    if shape.unit is not None or not (shape.measure or shape.count):
        return shape.unit or ""
    return _UNITS.get(_measure(shape), "")


def _selectors(
    shapes: SelectorShape | tuple[SelectorShape, ...] | None, container_of: ContainerOf
) -> tuple[Selector, ...]:
    several = (shapes,) if isinstance(shapes, SelectorShape) else shapes
    return tuple(selector(each, container_of) for each in several or ())


def _token(secret: Secret) -> str:
    return f"env:{secret.env}" if secret.env else f"file:{secret.file}"


def selector(shape: SelectorShape, container_of: ContainerOf) -> Selector:
    """Returns the selector of the model."""
    named: dict[str, Any] = {field: getattr(shape, key) or () for field, key in SELECTOR_KEYS.items()}
    keys = (*named["epics"], *named["sub_issues_of"], *named["items"])
    within = tuple(dict.fromkeys(container_of(shape.source, key) for key in keys))
    return Selector(source=shape.source, kind=shape.kind, query=shape.query, within=within, **named)
