"""The same judgement under other assumptions, and what a late goal is late by."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sync_agent.evaluate.assess import evaluate, find_goal
from sync_agent.evaluate.blocking import blockages
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.history import as_of
from sync_agent.evaluate.mapping import Index
from sync_agent.evaluate.pace import measure_pace
from sync_agent.evaluate.team import Teams
from sync_agent.evaluate.words import say_count
from sync_agent.model import Assessment, Cause, Facts, Goal, History, Organisation

_BEYOND = timedelta(weeks=104)
_NOTABLE_DROP = 1.1


@dataclass(frozen=True, slots=True)
class Assumption:
    """What is taken to be otherwise: items left `without` (by key), more people on the goal, another due date, another
    pace, no waiting for other goals.
    """

    without: frozenset[str] = frozenset()
    more_people: int = 0
    due: date | None = None
    capacity: float = 1.0
    alone: bool = False


def what_if(
    organisation: Organisation, facts: Facts, now: datetime, goal_id: str, assumption: Assumption
) -> Assessment:
    """The judgement of one goal, and what it waits for, under an assumption. Raises KeyError for an unknown goal."""
    goal = find_goal(organisation, goal_id)
    pace = assumption.capacity * _more(facts, now, goal, assumption.more_people)
    changed = replace(
        goal,
        rules=replace(goal.rules, capacity=pace),
        period=replace(goal.period, due=assumption.due or goal.period.due),
        depends_on=() if assumption.alone else goal.depends_on,
    )
    goals = tuple(changed if each.id == goal_id else each for each in organisation.goals)
    imagined = replace(organisation, goals=goals)
    wanted = with_dependencies(imagined, goal_id)
    assessed = evaluate(imagined, _without(facts, assumption.without), now, goals=wanted)
    return next(each for each in assessed if each.goal == goal_id)


def with_dependencies(organisation: Organisation, goal_id: str) -> tuple[Goal, ...]:
    """A goal and all that it waits for, directly or not."""
    waits = {goal.id: goal.depends_on for goal in organisation.goals}
    found: set[str] = set()
    todo = [goal_id]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(waits.get(name, ()))
    return tuple(goal for goal in organisation.goals if goal.id in found)


def causes(organisation: Organisation, facts: Facts, now: datetime, goal_id: str) -> tuple[Cause, ...]:
    """What makes a goal late, the largest part first.

    Each cause is taken away and the forecast made again with the same random numbers: the days by which P85 comes
    earlier are its part. The parts need not add up, for causes overlap.
    """
    goal = find_goal(organisation, goal_id)
    calendar = Calendar.of(organisation)
    base = _p85(what_if(organisation, facts, now, goal_id, Assumption()), calendar.day(now))
    found = []
    for text, assumption in _candidates(organisation, facts, now, goal, calendar):
        better = _p85(what_if(organisation, facts, now, goal_id, assumption), calendar.day(now))
        if better < base:
            found.append(Cause(text, (base - better).days))
    return tuple(sorted(found, key=lambda cause: -cause.days))


def _candidates(
    organisation: Organisation, facts: Facts, now: datetime, goal: Goal, calendar: Calendar
) -> Iterator[tuple[str, Assumption]]:
    index = Index(facts)
    scope = _scope(index, goal)
    began = _keys(_scope(Index(as_of(facts, calendar.midnight(goal.period.start))), goal))
    added = frozenset(key for key in _keys(h for h in scope if not h.item.done) if key not in began)
    if began and added:
        yield f"{say_count(len(added), 'open item')} added since the start", Assumption(without=added)
    held = blockages(scope, index, goal.rules)
    stuck = frozenset(blockage.item.item.key for blockage in held)
    if stuck:
        by = ", ".join(dict.fromkeys(blockage.subject for blockage in held))
        yield f"{say_count(len(stuck), 'item')} blocked ({by})", Assumption(without=stuck)
    pace = measure_pace(
        scope, Teams(facts, index, calendar).past(scope), goal.period.start, calendar.day(now), calendar, goal.rules
    )
    before = int(pace.year[-2 * pace.window : -pace.window].sum())
    if pace.done and before > _NOTABLE_DROP * pace.done:
        text = f"the team finished {pace.done} items in {pace.window} days, {before} in those before"
        yield text, Assumption(capacity=before / pace.done)
    if goal.depends_on:
        names = {each.id: each.objective for each in organisation.goals}
        waits = ", ".join(names.get(each, each) for each in goal.depends_on)
        yield f"it waits for {waits}", Assumption(alone=True)


def _scope(index: Index, goal: Goal) -> tuple[History, ...]:
    return index.scope(selector for result in goal.key_results for selector in result.delivers)


def _keys(scope: Iterable[History]) -> frozenset[str]:
    return frozenset(history.item.key for history in scope)


def _without(facts: Facts, keys: Collection[str]) -> Facts:
    folded = {key.casefold() for key in keys}
    kept = {i: h for i, h in facts.histories.items() if h.item.key.casefold() not in folded}
    return replace(facts, histories=kept)


def _more(facts: Facts, now: datetime, goal: Goal, people: int) -> float:
    """How much faster the goal goes with so many more people than finished something for it lately."""
    since = now - timedelta(days=goal.rules.forecast_window_days)
    scope = _scope(Index(facts), goal)
    lately = [h.item for h in scope if h.item.finished and h.item.finished >= since]
    at_work = len({account.id for item in lately for account in item.assignees}) or 1
    return (at_work + people) / at_work if people else 1.0


def _p85(assessment: Assessment, today: date) -> date:
    forecast = assessment.forecast
    return forecast.p85 if forecast and forecast.p85 else today + _BEYOND
