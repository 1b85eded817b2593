"""What all goals of one evaluation share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.forecast import (
    Work,
)
from sync_agent.evaluate.forecast.works import Planning, WorkKey, plan_works
from sync_agent.evaluate.items.mapping import Index
from sync_agent.evaluate.items.past import Past
from sync_agent.evaluate.items.team import Teams
from sync_agent.evaluate.people.sharing import Demand, TeamPlace, places_of, wanted_at
from sync_agent.evaluate.people.workload import Staff, Workload
from sync_agent.model import (
    Assessment,
    Commitment,
    Facts,
    Goal,
    History,
    KeptState,
    Organisation,
    TeamClaim,
)


@dataclass(frozen=True, slots=True)
class Bench:
    """The inputs that all goals of one evaluation share."""

    organisation: Organisation
    facts: Facts
    index: Index
    calendar: Calendar
    teams: Teams
    now: datetime
    before: Mapping[str, KeptState]
    scopes: Mapping[str, tuple[History, ...]]
    works: Mapping[WorkKey, Work]
    claims: Mapping[str, tuple[TeamClaim, ...]]
    wanted: Mapping[TeamPlace, Sequence[Demand]]
    commitments: Mapping[str, tuple[Commitment, ...]]
    workload: Workload
    past: Past

    def at(self, when: datetime) -> "Bench":
        """Returns the same with what was known at an earlier instant."""
        then = self.past.at(when)
        return replace(self, facts=then.facts, index=then.index, teams=then.teams, now=when)


def prepare(
    organisation: Organisation,
    facts: Facts,
    now: datetime,
    before: Mapping[str, KeptState],
    goals: Iterable[Goal],
    known: Mapping[str, Assessment],
) -> Bench:
    index, calendar = Index(facts), Calendar.of(organisation)
    scopes = {goal.id: index.scope(s for k in goal.key_results for s in k.delivers) for goal in goals}
    staff = Staff(organisation)
    wants = {name: found.commitments for name, found in known.items()}
    wants.update((name, staff.commitments(scope)) for name, scope in scopes.items())
    workload = Workload(organisation, wants, facts, index, calendar, now)
    teams = Teams(facts, index, calendar, now)
    past = Past(facts, calendar, now, (s for goal in goals for k in goal.key_results for s in k.delivers))
    planning = Planning(organisation, facts, index, calendar, teams, staff, calendar.day(now), past)
    claims = {name: found.claims for name, found in known.items()}
    works, claims = plan_works(planning, goals, claims)
    wanted = wanted_at(organisation, claims, places_of(claims, scopes))
    return Bench(
        organisation,
        facts,
        index,
        calendar,
        planning.teams,
        now,
        before,
        scopes,
        works,
        claims,
        wanted,
        wants,
        workload,
        past,
    )
