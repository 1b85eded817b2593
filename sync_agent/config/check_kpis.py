"""What a KPI needs beside the shape of its values: one source of numbers, and one thing to reach."""

from collections.abc import Iterator, Mapping
from datetime import date

from pydantic import TypeAdapter, ValidationError

from sync_agent.config.check_selectors import check_selector
from sync_agent.config.declared import Declared
from sync_agent.config.errors import Mistake
from sync_agent.config.goal_shapes import PeriodShape
from sync_agent.config.nodes import Node
from sync_agent.config.values import Day
from sync_agent.model import KpiMeasure

_DAY: TypeAdapter[date] = TypeAdapter(Day)
_KINDS = ("http", "measure", "count")
# Which keys say something beside which kind of KPI.
_OWN = {
    "http": ("json", "token"),
    "measure": ("of", "among", "percentile", "window"),
    "count": (),
}
_TIMES = {KpiMeasure.AGE, KpiMeasure.WORK_ITEM_AGE, KpiMeasure.CYCLE_TIME, KpiMeasure.LEAD_TIME}
_PRESENT = {KpiMeasure.COUNT, KpiMeasure.SHARE, KpiMeasure.AGE, KpiMeasure.WORK_ITEM_AGE}


def check_kpi(node: Node, kpi: Node, declared: Declared) -> Iterator[Mistake]:
    """`node` is the key result, `kpi` what stands under its `kpi:`."""
    for selector in (each for key in ("count", "of", "among") for each in kpi.many(key) if each.mapping):
        yield from check_selector(selector, declared)
    if kpi.mapping:
        yield from _one_kind(kpi)
        yield from _measure(kpi)
    if kpi.has("http") and not kpi.has("json"):
        yield kpi.mistake("http: needs json:, where the number stands in the document, such as data.value")
    yield from _aim(node)


def check_milestones(node: Node, period: PeriodShape | None) -> Iterator[Mistake]:
    """Milestones of a key result lie within the goal's period, one after the other."""
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
        yield kpi.mistake("give exactly one of http:, measure: and count:")
        return
    for key in (key for kind, keys in _OWN.items() if kind != kinds[0] for key in keys if kpi.has(key)):
        yield kpi.keys[key].mistake(f"'{key}' says nothing beside {kinds[0]}:; remove it")


def _measure(kpi: Node) -> Iterator[Mistake]:
    written = kpi.get("measure")
    measure = next((each for each in KpiMeasure if written and written.text == each.value), None)
    if written is None or measure is None:
        return
    if not kpi.has("of"):
        yield written.mistake("measure: needs of:, a selector of the work items that are measured")
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
