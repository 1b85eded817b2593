"""Judges a goal under other assumptions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sync_agent.evaluate.assess import evaluate, find_goal
from sync_agent.evaluate.items.mapping import Index
from sync_agent.model import Assessment, Facts, Goal, History, Organisation


@dataclass(frozen=True, slots=True)
class Assumption:
    """What to assume: items left out (`without`, by key), more people on the goal, another due date."""

    without: frozenset[str] = frozenset()
    more_people: int = 0
    due: date | None = None


def what_if(
    organisation: Organisation,
    facts: Facts,
    now: datetime,
    goal_id: str,
    assumption: Assumption,
    others: Mapping[str, Assessment] | None = None,
) -> Assessment:
    """Judges one goal and its dependencies under an assumption. Raises KeyError for an unknown goal.

    `others` tell what other goals want of the same people and teams.
    """
    goal = find_goal(organisation, goal_id)
    pace = _more(facts, now, goal, assumption.more_people)
    changed = replace(
        goal,
        rules=replace(goal.rules, capacity=pace),
        period=replace(goal.period, due=assumption.due or goal.period.due),
    )
    goals = tuple(changed if each.id == goal_id else each for each in organisation.goals)
    imagined = replace(organisation, goals=goals)
    wanted = with_dependencies(imagined, goal_id)
    assessed = evaluate(imagined, _without(facts, assumption.without), now, goals=wanted, known=others)
    return next(each for each in assessed if each.goal == goal_id)


def with_dependencies(organisation: Organisation, goal_id: str) -> tuple[Goal, ...]:
    """Returns a goal and all its direct and indirect dependencies."""
    waits = {goal.id: goal.depends_on for goal in organisation.goals}
    found: set[str] = set()
    todo = [goal_id]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(waits.get(name, ()))
    return tuple(goal for goal in organisation.goals if goal.id in found)


def _scope(index: Index, goal: Goal) -> tuple[History, ...]:
    return index.scope(selector for result in goal.key_results for selector in result.delivers)


def _without(facts: Facts, keys: Collection[str]) -> Facts:
    folded = {key.casefold() for key in keys}
    kept = {i: h for i, h in facts.histories.items() if h.item.key.casefold() not in folded}
    return replace(facts, histories=kept)


def _more(facts: Facts, now: datetime, goal: Goal, people: int) -> float:
    """Returns how much faster the goal goes with `people` more than those who finished something for it lately."""
    since = now - timedelta(days=goal.rules.forecast_window_days)
    scope = _scope(Index(facts), goal)
    lately = [h.item for h in scope if h.item.finished and h.item.finished >= since]
    at_work = len({account.id for item in lately for account in item.assignees}) or 1
    return (at_work + people) / at_work if people else 1.0
