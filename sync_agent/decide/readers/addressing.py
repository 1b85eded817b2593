"""Decides who is told of an alert, how and when, by comparing what each reader knows with how the alert stands.

Nothing is queued. Readers who are not told now, for whatever reason, still do not know, so the next cycle asks again
whether there is something to tell them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self, TypeVar

from sync_agent.decide.alerts.telling import OpenAlert, Overlays, Phase, Telling
from sync_agent.decide.readers.hours import Timetable
from sync_agent.decide.readers.readers import Readers, step_of
from sync_agent.decide.readers.routes import Occasion, find_route
from sync_agent.model import (
    CHAT,
    COMMENTS,
    EMAIL,
    Alert,
    Assessment,
    AvailableChannels,
    Channel,
    ChannelKind,
    Contact,
    Goal,
    Organisation,
    Part,
    Person,
    ReaderState,
    Reason,
    ReasonKind,
    Route,
    Timing,
    WhyNot,
    ways,
)


@dataclass(frozen=True, slots=True)
class News:
    """What one cycle has found about one goal."""

    goal: Goal
    assessment: Assessment
    open_alerts: tuple[OpenAlert, ...]


class Disposition(StrEnum):
    """What becomes of a case: told now; told `inside` the message about its cause; `owed` until it is gathered with
    others; `gathered` now; `known` to the reader from a store that was lost; or `held`, which is not told, for the
    case's reason.
    """

    TOLD = "told"
    INSIDE = "inside"
    OWED = "owed"
    GATHERED = "gathered"
    KNOWN = "known"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One reader who does not know how one alert stands. `ways` are the channels by which they are told. `owed` is why
    the mail is missing among them and comes later, gathered with others. `cause` is the goal in whose message it is
    told.
    """

    open_alert: OpenAlert
    person: Person
    part: Part
    telling: Telling
    route: Route
    ways: tuple[Channel, ...]
    reason: Reason
    fate: Disposition = Disposition.TOLD
    owed: Reason | None = None
    cause: str = ""

    @property
    def alert(self) -> Alert:
        """The alert in its newest form."""
        return self.open_alert.alert

    @property
    def why(self) -> Reason:
        """The reason for what becomes of it, for the log."""
        inside = Reason(ReasonKind.INSIDE, subject=self.cause) if self.fate is Disposition.INSIDE else None
        return inside or self.owed or self.reason

    @property
    def reading(self) -> ReaderState:
        """What the reader has known so far."""
        return self.alert.reading(self.person.id)

    def held(self, reason: Reason, fate: Disposition = Disposition.HELD) -> Self:
        """Returns the same case, not told now."""
        return replace(self, fate=fate, reason=reason)

    def owing(self, reason: Reason) -> Self:
        """Returns the same case without a mail: it is told by the other channels, if there are any with something new
        to say.
        """
        others = tuple(way for way in self.ways if way.kind is not ChannelKind.MAIL)
        known = self.reading.level
        if others and (known > 0 if self.telling is Telling.OVER else known < self.alert.signal.level):
            return replace(self, ways=others, owed=reason)
        return replace(self, fate=Disposition.OWED, reason=reason, owed=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalCase(Case):
    """A case about a goal."""

    news: News


@dataclass(frozen=True, slots=True)
class Briefing:
    """What deciding over readers needs beside the alerts. `sent` are the instants at which each person got mails
    lately, `digested` when each was last sent a digest; `told_before` the goals whose readers know how they stand;
    `late_digests` the slots of digests that have not left, by person.
    """

    organisation: Organisation
    readers: Readers
    overlays: Overlays
    options: AvailableChannels
    times: Timetable
    now: datetime
    sent: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    digested: Mapping[str, datetime] = field(default_factory=dict)
    told_before: frozenset[str] = frozenset()
    late_digests: Mapping[str, str] = field(default_factory=dict)


# Channels that a route may name for any reader, in the order of `ways`.
_GENERAL = (EMAIL, COMMENTS, CHAT)
AnyCase = TypeVar("AnyCase", bound=Case)


def cases_of(desk: Briefing, news: News) -> Iterator[GoalCase]:
    """Yields a case for every alert and reader if there is something to tell; it is held if it may not be told now."""
    known = news.goal.id in desk.told_before
    for open_alert in news.open_alerts:
        if open_alert.phase is Phase.OVER:
            yield from (on_time(desk, case, known=known) for case in _over(desk, news, open_alert))
        elif open_alert.phase is Phase.OPEN:
            yield from (on_time(desk, case, known=known) for case in _open(desk, news, open_alert))


def occasion(goal: Goal, alert: Alert, person: Person, part: Part) -> Occasion:
    """Returns what routes are asked about."""
    return Occasion(goal, alert.kind, alert.severity, person, part)


def ways_to(
    options: AvailableChannels, goal: Goal | None, person: Person, part: Part, channels: Iterable[Channel]
) -> tuple[Channel, ...]:
    """Returns those `channels` by which a person can be told of a goal (None: of a source), with their own chat by its
    name. A comment reaches the goal's owner even without a mention.
    """
    sources = {place.source for place in goal.report_on} if goal and part is not Part.OPERATOR else set()
    unmentioned = (WhyNot.NO_ACCOUNT,) if part is Part.OWNER else ()
    found = dict(zip(_GENERAL, ways(options, Contact.of(person), sources), strict=True))
    reached = {channel: way.channel for channel, way in found.items() if way.missing in ((), unmentioned)}
    named = (reached.get(channel) if channel in found else channel for channel in channels)
    there = {*reached.values(), *map(Channel.chat, options.chats)}
    return tuple(dict.fromkeys(way for way in named if way in there))


def directly(options: AvailableChannels, person: Person) -> tuple[Channel, ...]:
    """Returns the channels for news that belongs to no issue: the person's mail, and their chat."""
    return ways_to(options, None, person, Part.OPERATOR, (EMAIL, CHAT))


def declined(desk: Briefing, case: GoalCase) -> bool:
    """Tells whether the reader wants no mail about the goal of a case."""
    return (case.person.id, case.news.goal.id) in desk.overlays.unsubscribed


def _open(desk: Briefing, news: News, open_alert: OpenAlert) -> Iterator[GoalCase]:
    alert = open_alert.alert
    acknowledged = bool(open_alert.acknowledged)
    for person, part in desk.readers.of(news.goal, alert, acknowledged=acknowledged).values():
        reading = alert.reading(person.id)
        step = step_of(news.goal, alert, person.id)
        if step > reading.asked and not acknowledged:
            yield _case(
                desk, news, open_alert, person, Part.ESCALATION, Telling.ESCALATION, Reason(ReasonKind.ESCALATION)
            )
        elif reading.level < alert.signal.level or reading.owed:
            worse = 0 < reading.level < alert.signal.level
            reason = Reason(ReasonKind.WORSE) if worse else open_alert.reason
            yield _case(desk, news, open_alert, person, part, Telling.BEGAN, reason)
        elif part is Part.OWNER and open_alert.reminder:
            yield _case(desk, news, open_alert, person, part, Telling.REMINDER, Reason(ReasonKind.REMINDER))


def _over(desk: Briefing, news: News, open_alert: OpenAlert) -> Iterator[GoalCase]:
    """Uses the channels on which they were told of the beginning, whatever their route is now."""
    alert = open_alert.alert
    readers = desk.readers.of(news.goal, alert)
    for reading in alert.readings:
        person = desk.organisation.people.get(reading.person)
        if person and (reading.level or reading.owed):
            _, part = readers.get(person.id, (person, Part.STAKEHOLDER))
            case = _case(desk, news, open_alert, person, part, Telling.OVER, open_alert.reason)
            ways = ways_to(desk.options, news.goal, person, part, reading.ways or case.route.channels)
            yield replace(case, ways=ways or case.ways)


def _case(
    desk: Briefing, news: News, open_alert: OpenAlert, person: Person, part: Part, telling: Telling, reason: Reason
) -> GoalCase:
    route = find_route(desk.organisation.routes, occasion(news.goal, open_alert.alert, person, part))
    ways = ways_to(desk.options, news.goal, person, part, route.channels)
    if telling is Telling.ESCALATION and not ways:
        ways = ways_to(desk.options, news.goal, person, part, _GENERAL)
    if telling in (Telling.ESCALATION, Telling.REMINDER) and EMAIL in ways:
        ways = (EMAIL,)
    return GoalCase(
        news=news,
        open_alert=open_alert,
        person=person,
        part=part,
        telling=telling,
        route=route,
        ways=ways,
        reason=reason,
    )


def on_time(desk: Briefing, case: AnyCase, *, known: bool = False) -> AnyCase:
    """Holds the case if the route or the reader's hours do not let it be told now, or if they know it already
    (`known`).
    """
    route = case.route.name
    if case.telling is not Telling.OVER and case.route.timing is not Timing.IMMEDIATE:
        left = ReasonKind.NEVER if case.route.timing is Timing.NEVER else ReasonKind.LEFT_TO_DIGEST
        return case.held(Reason(left, subject=route))
    if not case.ways:
        return case.held(Reason(ReasonKind.OUT_OF_REACH, subject=route))
    if known:
        return case.held(Reason(ReasonKind.TOLD_BEFORE), Disposition.KNOWN)
    if not case.route.urgent and not desk.times.at_work(case.person):
        opens, zone = desk.times.opens(case.person), case.person.timezone
        return case.held(Reason(ReasonKind.NOT_AT_WORK, until=opens, subject=zone))
    if case.reading.owed and case.telling is not Telling.ESCALATION:  # The last resort does not wait.
        return case.owing(case.reading.reason or case.reason)
    return case
