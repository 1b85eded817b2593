"""Judges the past again, day by day, with only what was known then.

Two kinds of goals are replayed: the configured ones, and every version, milestone and sprint that is over, because
those are promises with a known end. Each day continues from what was told the day before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sync_agent.evaluate.assess import evaluate
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.promises import USUAL_PERIOD, selector_of
from sync_agent.evaluate.forecast.record import Finishes
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.planned import identities
from sync_agent.evaluate.items.team import places
from sync_agent.evaluate.people.sharing import TeamPlace
from sync_agent.model import (
    Assessment,
    Facts,
    Goal,
    Health,
    History,
    KeptState,
    KeyResult,
    Organisation,
    Period,
    SourceState,
    Timebox,
)

_TRIALS = 1000

BEFORE_DUE = (30, 14)
"""Days before the due date that are always judged."""

"""A source, and the case-folded name of a project or repository."""


@dataclass(frozen=True, slots=True)
class JudgedDay:
    """One goal of so many `items` on the evening of one day. `chance` is how likely the agreed share is done by the due
    date; `said` is what people called it in their newest check-in until then.

    `slipped` tells how the scope of this day turned out: less than the agreed share of it was delivered by the due
    date. Work that was moved out of the goal counts as not delivered.
    """

    day: date
    health: Health
    chance: float | None
    low_evidence: bool
    open_share: float
    progress: float
    expected: float
    slipped: bool
    items: int = 0
    said: float | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A goal that is over, with its days, oldest first. Days without any scope are left out."""

    goal: Goal
    days: tuple[JudgedDay, ...]

    def left(self, day: date) -> float:
        """Returns the share of the period that was left after a day, 0 to 1."""
        whole = (self.goal.period.due - self.goal.period.start).days + 1
        return (self.goal.period.due - day).days / whole

    def on(self, days_before_due: int) -> JudgedDay | None:
        """Returns the goal so many days before it was due; None if that day was not judged."""
        wanted = self.goal.period.due - timedelta(days=days_before_due)
        return next((each for each in self.days if each.day == wanted), None)


def past_goals(facts: Facts, today: date) -> tuple[Goal, ...]:
    """Turns every version, milestone and sprint that was due before today into a goal to deliver what it holds."""
    return tuple(_goal(box) for box in facts.timeboxes if box.due and box.due < today)


def replay(
    organisation: Organisation,
    facts: Facts,
    today: date,
    since: date | None = None,
    every: int = 1,
    teams: Mapping[TeamPlace, Finishes] | None = None,
) -> Iterator[Replay]:
    """Judges each goal that was due before `today` on every day of its period (or every so many days, back from the
    end).

    Days before `since` are left out. Goals are replayed one at a time, without their dependencies, and with fewer
    simulation runs than usual, because there are many of them. Each day knows those of `facts.outcomes` that were
    over by then. `teams` tell what teams finished whose items are not all among the facts. All sources count as
    readable: that one fails now says nothing about the past.
    """
    calendar = Calendar.of(organisation)
    names = {source for source, _ in facts.histories}
    read = {name: SourceState(name, complete_at=calendar.midnight(today)) for name in names}
    facts = replace(facts, sources=read)
    for goal in organisation.goals:
        if goal.period.due < today:
            alone = replace(organisation, goals=(_quick(goal),))
            days = _dates(goal, since, every)
            yield Replay(goal, tuple(_days(alone, _narrowed(facts, goal), calendar, days, teams or {})))


def thin(goal: Goal, team: Finishes) -> bool:
    """Tells whether a goal's team was too thin to forecast on some day of its period, so that all its items are
    needed.
    """
    return any(team.thin(day, goal.rules) for day in _dates(goal, None, 1))


def _days(
    alone: Organisation, facts: Facts, calendar: Calendar, days: Iterable[date], teams: Mapping[TeamPlace, Finishes]
) -> Iterator[JudgedDay]:
    (goal,) = alone.goals
    end = as_of(facts, calendar.midnight(goal.period.due + timedelta(days=1)))
    delivered = identities(h for h in _scope(end, goal) if h.item.done)
    before: dict[str, KeptState] = {}
    for day in days:
        evening = calendar.midnight(day + timedelta(days=1)) - timedelta(microseconds=1)
        known = as_of(facts, evening)
        scope = _scope(known, goal)
        if scope:
            known = replace(known, teams={each: teams[each].past(day) for each in places(scope) if each in teams})
            (assessment,) = evaluate(alone, known, evening, before)
            before = {goal.id: KeptState(assessment.health, assessment.better_since)}
            slipped = len(identities(scope) & delivered) < goal.rules.delivered_share * len(scope)
            said = next((each.confidence for each in reversed(goal.check_ins) if each.on <= day), None)
            yield replace(_day(day, assessment, scope, slipped=slipped), said=said)


def _dates(goal: Goal, since: date | None, every: int) -> Iterator[date]:
    """Yields the days to judge. They count back from the due date, so the ones that matter most are always there."""
    span = (goal.period.due - goal.period.start).days
    asked = {*range(0, span + 1, every), *(before for before in BEFORE_DUE if before <= span)}
    days = (goal.period.due - timedelta(days=before) for before in sorted(asked, reverse=True))
    return (day for day in days if since is None or day >= since)


def _day(day: date, assessment: Assessment, scope: Sequence[History], *, slipped: bool) -> JudgedDay:
    forecast = assessment.forecast
    done = assessment.health is Health.DONE
    return JudgedDay(
        day=day,
        health=assessment.health,
        chance=1.0 if done else forecast.on_time if forecast else None,
        low_evidence=bool(forecast and forecast.low_evidence),
        open_share=sum(not history.item.done for history in scope) / len(scope),
        progress=assessment.progress or 0.0,
        expected=assessment.expected,
        slipped=slipped,
        items=len(scope),
    )


def _narrowed(facts: Facts, goal: Goal) -> Facts:
    """Keeps only the projects and repositories that the goal names, if all selectors name some: there is less to
    rewind.
    """
    wanted = [s for result in goal.key_results for s in result.delivers]
    if not all(s.projects or s.repositories for s in wanted):
        return facts
    names = {(s.source, name.casefold()) for s in wanted for name in (*s.projects, *s.repositories)}
    kept = {k: h for k, h in facts.histories.items() if (h.item.source, h.item.container.casefold()) in names}
    return replace(facts, histories=kept)


def _goal(box: Timebox) -> Goal:
    assert box.due
    start = box.start or box.due - USUAL_PERIOD
    result = KeyResult("scope", box.name, (selector_of(box),))
    name = f"{box.source} {box.container} {box.kind.value} {box.id}"
    return Goal(name, box.name, "", Period(start, box.due), (result,))


def _quick(goal: Goal) -> Goal:
    return replace(goal, rules=replace(goal.rules, forecast_trials=min(goal.rules.forecast_trials, _TRIALS)))


def _scope(facts: Facts, goal: Goal) -> tuple[History, ...]:
    return Index(facts).scope(selector for result in goal.key_results for selector in result.delivers)
