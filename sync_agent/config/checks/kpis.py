"""Checks what a KPI needs beyond valid values: one source of numbers, and one aim."""

from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from connectors.kpis.http.options import KpiOptions
from sync_agent.config.checks.selectors import check_places, check_selector
from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.nodes import Node
from sync_agent.config.shapes.goals import PeriodShape
from sync_agent.config.values import WrittenDay
from sync_agent.model import KpiMeasure

_DAY: TypeAdapter[date] = TypeAdapter(WrittenDay)
_KINDS = ("http", "prometheus", "csv", "measure", "count", "deploys")
# The keys that go with each kind of KPI.
_OWN = {
    "http": {"json", "token", "stale_after"},
    "prometheus": {"query", "token", "stale_after"},
    "csv": {"column", "date", "where", "stale_after"},
    "measure": {"of", "among", "percentile", "window"},
    "count": set[str](),
    "deploys": {"window", "stale_after"},
}
_NEEDED = {
    "http": ("json", "where the number stands in the document, such as data.value"),
    "prometheus": ("query", "PromQL that gives one value"),
    "csv": ("column", "the name of the column that holds the value"),
    "measure": ("of", "a selector of the work items that are measured"),
}
_TIMES = {KpiMeasure.AGE, KpiMeasure.WORK_ITEM_AGE, KpiMeasure.CYCLE_TIME, KpiMeasure.LEAD_TIME}
_PRESENT = {KpiMeasure.COUNT, KpiMeasure.SHARE, KpiMeasure.AGE, KpiMeasure.WORK_ITEM_AGE}


def check_kpi(node: Node, kpi: Node, declared: Declared) -> Iterator[Mistake]:
    """Yields the mistakes of a KPI. `node` is the key result, `kpi` the value of its `kpi:`."""
    for selector in (each for key in ("count", "of", "among") for each in kpi.many(key) if each.mapping):
        yield from check_selector(selector, declared)
    if kpi.mapping:
        yield from _one_kind(kpi)
        yield from _host(kpi, declared)
        yield from _measure(kpi)
        yield from _deploys(kpi.get("deploys"), declared)
    yield from _aim(node)


def check_milestones(node: Node, period: PeriodShape | None) -> Iterator[Mistake]:
    """Checks that a key result's milestones lie within the goal's period, one after the other."""
    if node.has("milestones") and not (node.has("baseline") and node.has("target")):
        yield node.mapping["milestones"].mistake("milestones lie on the way from baseline: to target:; give both")
    before = None
    for milestone in node.many("milestones"):
        on = milestone.get("on")
        day = _day(on)
        if on is None or day is None:
            continue
        if period and not period.start <= day < period.due:
            yield on.mistake(f"found {on.describe()}; should lie within {period.start} to {period.due}, before its end")
        elif before and day <= before:
            yield on.mistake(f"found {on.describe()}; each milestone should come later than the one before it")
        before = day


def _one_kind(kpi: Node) -> Iterator[Mistake]:
    kinds = [key for key in _KINDS if kpi.has(key)]
    if len(kinds) != 1:
        yield kpi.mistake("give exactly one of http:, prometheus:, csv:, measure:, count: and deploys:")
        return
    (kind,) = kinds
    foreign = set().union(*_OWN.values()) - _OWN[kind]
    for key in (key for key in kpi.mapping if key in foreign and kpi.has(key)):
        yield kpi.keys[key].mistake(f"'{key}' says nothing beside {kind}:; remove it")
    needed, meaning = _NEEDED.get(kind, (kind, ""))
    if not kpi.has(needed):
        yield kpi.keys[kind].mistake(f"{kind}: needs {needed}:, {meaning}")


def _host(kpi: Node, declared: Declared) -> Iterator[Mistake]:
    """Checks the host: whoever writes goals must not be able to send secrets of the environment to a host of their
    choice.
    """
    for node in (found for key in ("http", "prometheus") if (found := kpi.get(key)) and found.text):
        host = _hostname(node.text or "")
        if declared.kpi_hosts is None and kpi.has("token"):
            example = f"kpis: {{hosts: [{host}]}}"
            yield kpi.keys["token"].mistake(f"a token is only sent to hosts that sync-agent.yaml names; add {example}")
        elif declared.kpi_hosts is not None and not KpiOptions(hosts=declared.kpi_hosts).allows(host):
            known = ", ".join(declared.kpi_hosts) or "none"
            yield node.mistake(f"{quoted(host)} is not among kpis.hosts of sync-agent.yaml: {known}")


def _deploys(node: Node | None, declared: Declared) -> Iterator[Mistake]:
    source = node.get("source") if node and node.mapping else None
    if node is None or source is None or source.text is None:
        return
    yield from named(source, "source", declared.sources)
    tracker = declared.trackers.get(source.text)
    if tracker and not tracker.deploys:
        kind, able = declared.sources[source.text], " and ".join(declared.deploying)
        tell = "tells" if len(declared.deploying) == 1 else "tell"
        text = f"is a {kind} source; only {able or 'other trackers'} {tell} of releases and deployments"
        yield source.mistake(f"{quoted(source.text)} {text}")
    yield from check_places(node, declared)


def _hostname(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _measure(kpi: Node) -> Iterator[Mistake]:
    written = kpi.get("measure")
    measure = next((each for each in KpiMeasure if written and written.text == each.value), None)
    if written is None or measure is None:
        return
    if (measure is KpiMeasure.SHARE) != kpi.has("among"):
        yield (kpi.keys.get("among") or written).mistake("share, and nothing else, needs among:, what it is a share of")
    unfit: Mapping[str, bool] = {"percentile": measure not in _TIMES, "window": measure in _PRESENT}
    for key in (key for key, wrong in unfit.items() if wrong and kpi.has(key)):
        yield kpi.keys[key].mistake(f"'{key}' says nothing about {measure.value}; remove it")


def _aim(node: Node) -> Iterator[Mistake]:
    missing = [f"{key}:" for key in ("baseline", "target") if not node.has(key)]
    if node.has("between"):
        for key in (key for key in ("baseline", "target") if node.has(key)):
            yield node.keys[key].mistake(f"between: is a range to keep; remove it or '{key}'")
    elif missing:
        where = "the number it moves from and the number it moves to, or between:, the range it keeps"
        yield node.mistake(f"a kpi needs {' and '.join(missing)}, {where}")
    elif _number(node, "baseline") == _number(node, "target") is not None:
        yield node.mapping["target"].mistake("baseline and target are the same; nothing would ever change")


def _number(node: Node, key: str) -> float | None:
    found = node.get(key)
    try:
        return float(found.text or "") if found else None
    except ValueError:
        return None


def _day(node: Node | None) -> date | None:
    try:
        return _DAY.validate_python(node.plain()) if node else None
    except ValidationError:
        return None
