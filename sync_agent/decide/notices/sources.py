"""Sources that cannot be read have alerts of their own, told to those who run the agent. Pure.

One problem is one alert, whether many goals read the source or none. It names the goals that cannot be judged.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sync_agent.decide.alerts.lifecycle import advance_sources, returned
from sync_agent.decide.alerts.telling import OpenAlert, Phase, Telling, stand
from sync_agent.decide.readers.addressing import Briefing, Case, Disposition, directly, on_time, ways_to
from sync_agent.decide.readers.audience import operators
from sync_agent.decide.readers.routes import Occasion, find_route
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.sources import Watch
from sync_agent.model import (
    Alert,
    Assessment,
    AvailableChannels,
    Channel,
    ChannelKind,
    Goal,
    MessageKind,
    Notice,
    Organisation,
    Part,
    Person,
    Reason,
    ReasonKind,
    Route,
    Severity,
    SignalKind,
)
from sync_agent.model.telling.alerts import Identity

_REASONS = {
    Telling.BEGAN: ReasonKind.SOURCE_DOWN,
    Telling.REMINDER: ReasonKind.SOURCE_STILL,
    Telling.OVER: ReasonKind.SOURCE_BACK,
}
_UNREAD: Sequence[tuple[Goal, Assessment]] = ()


@dataclass(frozen=True, slots=True)
class Outage:
    """What one cycle has found about one source. `goals` are those that cannot be judged without it."""

    open_alert: OpenAlert
    goals: Sequence[tuple[Goal, Assessment]]


def outages(
    desk: Briefing, watch: Watch, assessments: Iterable[Assessment], alerts: Iterable[Alert]
) -> Iterator[Outage]:
    """Yields what becomes of the alert of every source. `alerts` are all remembered ones, of goals and of sources."""
    organisation = desk.organisation
    every = (alert for alert in alerts if not alert.goal)
    known: dict[Identity, Alert] = {
        alert.identity: returned(alert) if alert.subject in watch.sources else alert for alert in every
    }
    calendar = Calendar.of(organisation)
    without = _without(organisation.goals, assessments)
    for step in advance_sources(organisation.rules, watch, known, desk.now, first="" in desk.told_before):
        open_alert = stand(step, organisation.rules, desk.overlays, calendar, desk.now)
        yield Outage(open_alert, without.get(open_alert.alert.subject, _UNREAD))


def cases_of_outage(desk: Briefing, outage: Outage) -> Iterator[Case]:
    """Yields a case for everybody who runs the agent and does not know how the source stands. If nobody runs it, the
    owners of the affected goals are told; if there are none, the owners of all goals.
    """
    open_alert, alert = outage.open_alert, outage.open_alert.alert
    if open_alert.phase is Phase.OVER:
        for reading in alert.readings:
            person = desk.organisation.people.get(reading.person)
            if person and reading.level:
                yield _case(desk, open_alert, person, Telling.OVER, reading.ways)
    elif open_alert.phase is Phase.OPEN:
        for person in _operators(desk, outage):
            if alert.reading(person.id).level < alert.signal.level:
                yield _case(desk, open_alert, person, Telling.BEGAN)
            elif open_alert.reminder:
                yield _case(desk, open_alert, person, Telling.REMINDER)


def ways_to_operator(
    organisation: Organisation,
    options: AvailableChannels,
    person: Person,
    severity: Severity,
    known: Sequence[Channel] = (),
) -> tuple[Route, tuple[Channel, ...]]:
    """Returns the route and channels by which somebody who runs the agent hears of a source. `known` are the channels
    by which they know already.
    """
    asked = Occasion(None, SignalKind.SOURCE_DOWN, severity, person, Part.OPERATOR)
    route = find_route(organisation.routes, asked)
    found = (ways_to(options, None, person, Part.OPERATOR, each) for each in (known, route.channels))
    return route, next((ways for ways in found if ways), directly(options, person))


def notices_of_outage(outage: Outage, cases: Iterable[Case]) -> Iterator[Notice]:
    """Returns one mail for each reader, or one message for each chat."""
    told: dict[str, Notice] = {}
    for case in (each for each in cases if each.fate is Disposition.TOLD):
        for way in case.ways:
            notice = _notice(outage, case, way)
            told.setdefault(notice.key, notice)
    yield from told.values()


def _without(goals: Iterable[Goal], assessments: Iterable[Assessment]) -> Mapping[str, list[tuple[Goal, Assessment]]]:
    """Returns, by source, the goals that cannot be judged without it."""
    found: dict[str, list[tuple[Goal, Assessment]]] = {}
    judged = {assessment.goal: assessment for assessment in assessments}
    for goal in (each for each in goals if each.id in judged):
        for signal in judged[goal.id].signals:
            if signal.kind is SignalKind.SOURCE_DOWN:
                found.setdefault(signal.subject, []).append((goal, judged[goal.id]))
    return found


def _operators(desk: Briefing, outage: Outage) -> Iterable[Person]:
    severity = outage.open_alert.alert.severity

    def reached(person: Person) -> bool:
        return bool(ways_to_operator(desk.organisation, desk.options, person, severity)[1])

    return operators(desk.organisation, [goal for goal, _ in outage.goals] or desk.organisation.goals, reached)


def _case(
    desk: Briefing, open_alert: OpenAlert, person: Person, telling: Telling, known: Sequence[Channel] = ()
) -> Case:
    route, ways = ways_to_operator(desk.organisation, desk.options, person, open_alert.alert.severity, known)
    unstable = open_alert.reason.kind is ReasonKind.UNSTABLE
    return on_time(
        desk,
        Case(
            open_alert=open_alert,
            person=person,
            part=Part.OPERATOR,
            telling=telling,
            route=route,
            ways=ways,
            reason=Reason(ReasonKind.SOURCE_UNSTABLE if unstable else _REASONS[telling]),
        ),
        known="" in desk.told_before,
    )


def _notice(outage: Outage, case: Case, way: Channel) -> Notice:
    alert = case.alert
    where = f"mail/{case.person.id}" if way.kind is ChannelKind.MAIL else f"chat/{way}"
    number = alert.reminded + 1 if case.telling is Telling.REMINDER else alert.signal.level
    return Notice(
        key=f"operations/{alert.subject}/{alert.episode}/{case.telling.value}/{number}/{where}",
        kind=MessageKind.OPERATIONS,
        channel=way,
        reason=case.reason,
        goals=tuple(outage.goals),
        alerts=(alert,),
        person=case.person,
        thread=f"operations/{alert.subject}/{alert.episode}",
    )
