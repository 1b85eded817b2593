"""Decides which goals are due to be judged again."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from importlib.metadata import version

from sync_agent.evaluate import in_order, selectors
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import (
    Facts,
    Field,
    Goal,
    Organisation,
    Rename,
    SampledKpi,
    Selector,
    SourceState,
)
from sync_agent.store.facts.touched import TouchedKey, scope_keys


def due_goals(
    organisation: Organisation,
    now: datetime,
    every: timedelta,
    known: Mapping[str, datetime],
    touched: Collection[TouchedKey] | None,
) -> list[Goal]:
    """Returns the goals to judge, dependencies first. `known` says when each goal was last judged; goals whose inputs
    besides items have changed since are not in it.
    """
    calendar = Calendar.of(organisation)

    def is_current(goal: Goal) -> bool:
        if goal.id not in known or any(isinstance(result.kpi, SampledKpi) for result in goal.key_results):
            return False
        at = known[goal.id]
        same_day = calendar.day(at) == calendar.day(now)
        return same_day and timedelta(0) <= now - at < every and not _touched(goal, touched)

    return with_dependants(organisation, [goal for goal in organisation.goals if not is_current(goal)])


def _touched(goal: Goal, touched: Collection[TouchedKey] | None) -> bool:
    if touched is None:
        return True
    keys = [scope_keys(selector) for selector in selectors(goal)]
    parents = [(source, Field.KEY, values) for source, kind, values in keys if kind is Field.PARENT]
    return any((source, kind, value) in touched for source, kind, values in (*keys, *parents) for value in values)


def with_dependants(organisation: Organisation, goals: Iterable[Goal]) -> list[Goal]:
    """Returns these goals and those that depend on them, dependencies first."""
    due = {goal.id for goal in goals}
    ordered = in_order(organisation.goals)
    for goal in ordered:
        if not due.isdisjoint(goal.depends_on):
            due.add(goal.id)
    return [goal for goal in ordered if goal.id in due]


def briefs(organisation: Organisation, facts: Facts) -> Iterator[tuple[Goal, str]]:
    """Yields for each goal a digest of everything it is judged by, except its items and the time."""
    judging = replace(organisation, goals=(), routes=())  # Who is told has no influence on the judgement.
    common = hashlib.sha256(f"{version('goal-sync-agent')} {judging!r}".encode())
    for goal in organisation.goals:
        wanted = selectors(goal)
        states = [_trust(facts.sources.get(name), wanted) for name in sorted({s.source for s in wanted})]
        queries = [sorted(facts.queries.get((s.source, s.query), ())) for s in wanted if s.query]
        digest = common.copy()
        digest.update(f" {goal!r} {states!r} {queries!r}".encode())
        yield goal, digest.hexdigest()[:16]


def _trust(state: SourceState | None, wanted: Iterable[Selector]) -> object:
    """Returns the parts of a source's state that a judgement depends on. Of what was renamed that is only what the
    goal's selectors name, for people rename much that no goal speaks of.
    """
    if state is None or state.complete_at is None:
        return None
    parts = sorted(state.unreadable), sorted(map(str, state.gaps.values()))
    return state.failing_since, state.error is None, state.trouble, parts, _followed(state, wanted)


def _followed(state: SourceState, wanted: Iterable[Selector]) -> list[Rename]:
    """What was renamed of the names in a source's selectors, and what became of those names."""
    renames: dict[tuple[Field, str], list[Rename]] = defaultdict(list)
    for each in state.renames:
        renames[each.field, each.before.casefold()].append(each)
    mine = (selector.named.items() for selector in wanted if renames and selector.source == state.source)
    todo = [(field, name.casefold()) for fields in mine for field, names in fields for name in names]
    found: list[Rename] = []
    while todo:
        if now := renames.pop(todo.pop(), None):
            found.extend(now)
            todo.extend((each.field, each.after.casefold()) for each in now)
    return sorted(found, key=str)
