"""Checks what goals say about each other, people and themes, and what key results need."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from graphlib import CycleError, TopologicalSorter

from pydantic import TypeAdapter, ValidationError

from sync_agent.config.checks.kpis import check_kpi, check_milestones
from sync_agent.config.checks.selectors import check_places, check_selector
from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.nodes import Node
from sync_agent.config.shapes.goals import PeriodShape, PeriodText
from sync_agent.config.values import WrittenDay

_DAY: TypeAdapter[date] = TypeAdapter(WrittenDay)
_PERIOD: TypeAdapter[PeriodShape] = TypeAdapter(PeriodText)


def check_goals(goals: Sequence[Node], declared: Declared) -> Iterator[Mistake]:
    """Yields the mistakes of all goals. `goals` are the entries of all files, whether or not their shape is valid."""
    yield from _twice(goals, "goal")
    yield from _rings(goals)
    yield from _order(goals)
    for goal in goals:
        results = _entries(goal, "key_results")
        yield from _twice(results, "key result")
        yield from _references(goal, declared)
        yield from _needs(goal)
        for result in results:
            yield from _key_result(result, declared)
            yield from check_milestones(result, _period(goal))
        for place in goal.many("report_on"):
            yield from named(place.get("source"), "source", declared.sources)
            yield from check_places(place, declared)


def _twice(nodes: Iterable[Node], noun: str) -> Iterator[Mistake]:
    seen: dict[str, Node] = {}
    for node in (found for each in nodes if (found := each.get("id"))):
        if not node.text:
            continue
        first = seen.setdefault(node.text, node)
        if first is not node:
            where = f"{first.file}:{first.line}"
            yield node.mistake(f"the {noun} {quoted(node.text)} is already in {where}; choose another id")


def _references(goal: Node, declared: Declared) -> Iterator[Mistake]:
    reported = (found for each in goal.many("check_ins") if (found := each.get("by")))
    givers = (found for each in goal.many("needs") if (found := each.get("from")))
    for node in (*goal.many("owner"), *goal.many("stakeholders"), *reported, *givers):
        yield from named(node, "person", declared.people)
    yield from named(goal.get("theme"), "theme", declared.themes)
    for node in goal.many("depends_on"):
        yield from named(node, "goal", declared.goals)
    if (supports := goal.get("supports")) and supports.text not in declared.themes:
        yield from named(supports, "goal or theme", declared.goals | declared.themes)


def _needs(goal: Node) -> Iterator[Mistake]:
    """Each is asked once, of its giver, for a day on which it still helps."""
    seen: dict[tuple[str, str], Node] = {}
    due = _due(goal)
    for need in goal.many("needs"):
        giver, what, by = need.get("from"), need.get("what"), need.get("by")
        if by and due and (day := _day(by)) and day > due:
            yield by.mistake(f"found {by.describe()}; should be no later than the day on which the goal is due ({due})")
        if giver and giver.text and (owner := goal.get("owner")) and owner.text == giver.text:
            fix = "name whoever else it is needed from, or remove the need"
            yield giver.mistake(f"found {giver.describe()}, who owns the goal and needs nothing from themselves; {fix}")
        if giver and what and giver.text and what.text:
            first = seen.setdefault((giver.text, " ".join(what.text.casefold().split())), what)
            if first is not what:
                yield what.mistake(f"this need is already in {first.file}:{first.line}; name another, or remove it")


def _day(node: Node) -> date | None:
    try:
        return _DAY.validate_python(node.plain())
    except ValidationError:
        return None


def _key_result(node: Node, declared: Declared) -> Iterator[Mistake]:
    if not node.mapping:
        return
    for selector in (each for each in node.many("delivers") if each.mapping):
        yield from check_selector(selector, declared)
    if node.has("delivers") == node.has("kpi"):
        yield node.mistake("give exactly one of delivers: and kpi:")
    measure = node.get("measure")
    if node.has("count") and (node.has("kpi") or (measure and measure.text == "points")):
        yield node.keys["count"].mistake("'count' says something about items that are delivered; remove it")
    for key in (key for key in ("between", "milestones", "thresholds") if node.has("delivers") and node.has(key)):
        yield node.keys[key].mistake(f"'{key}' says nothing about delivered work; remove it, or give a kpi:")
    if kpi := node.get("kpi"):
        yield from check_kpi(node, kpi, declared)


def _rings(goals: Sequence[Node]) -> Iterator[Mistake]:
    """Yields a mistake for every ring of goals that wait for each other, at the place where it can be broken."""
    waits: dict[tuple[str, str], Node] = {}
    for goal in goals:
        identifier = goal.get("id")
        for node in goal.many("depends_on") if identifier else ():
            if identifier and identifier.text and node.text:
                waits.setdefault((identifier.text, node.text), node)
    while ring := _ring(waits):
        node = waits.pop((ring[0], ring[1]))
        yield node.mistake(f"these goals wait for each other: {' → '.join(map(_bare, ring))}; break the ring")


def _ring(waits: Iterable[tuple[str, str]]) -> list[str]:
    graph: TopologicalSorter[str] = TopologicalSorter()
    for goal, other in waits:
        graph.add(goal, other)
    try:
        graph.prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


def _order(goals: Sequence[Node]) -> Iterator[Mistake]:
    due = {found.text: day for goal in goals if (found := goal.get("id")) and (day := _due(goal))}
    for goal, own in ((goal, day) for goal in goals if (day := _due(goal))):
        for other in (node for node in goal.many("depends_on") if node.text in due):
            if due[other.text] > own:
                text = f"this goal is due {own}, before {other.describe()} ({due[other.text]}), which it depends on"
                yield goal.mapping["period"].mistake(text)


def _due(goal: Node) -> date | None:
    period = _period(goal)
    return period.due if period else None


def _period(goal: Node) -> PeriodShape | None:
    found = goal.get("period")
    try:
        return _PERIOD.validate_python(found.plain()) if found else None
    except ValidationError:
        return None


def _entries(node: Node, key: str) -> tuple[Node, ...]:
    found = node.get(key)
    return found.value if found and isinstance(found.value, tuple) else ()


def _bare(name: str) -> str:
    return quoted(name)[1:-1]
