"""Turns questions into notices: one list per person, in their digest, or in a mail if the digest comes too late."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync_agent.ask.diary import Diary
from sync_agent.ask.identity.ids import input_id
from sync_agent.ask.identity.links import DIGEST
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import feedback, objection, one_on_one
from sync_agent.ask.quiet import mailed
from sync_agent.ask.rounds.inputs import round_inputs
from sync_agent.decide.alerts.telling import Overlays
from sync_agent.decide.asking import AskEntry, Inquiry, entries, gone, untold
from sync_agent.decide.notices.digests import next_slot
from sync_agent.decide.readers.addressing import ways_to
from sync_agent.decide.readers.audience import followed
from sync_agent.decide.readers.hours import Timetable
from sync_agent.decide.readers.routes import Occasion, find_route
from sync_agent.model import (
    CHAT,
    COMMENTS,
    EMAIL,
    Assessment,
    AvailableChannels,
    Channel,
    Goal,
    MessageKind,
    Notice,
    Part,
    Person,
    Place,
    Reason,
    ReasonKind,
    Severity,
    SignalKind,
    Timing,
)
from sync_agent.model.agreement import Agreement, Override, Stance
from sync_agent.model.asking import (
    About,
    Ask,
    AskTold,
    Door,
    Input,
    ListedAsk,
    NeedReply,
    NotAsked,
    Report,
    Step,
    Topic,
)
from sync_agent.model.rounds import StepResult


@dataclass(frozen=True, slots=True)
class Post:
    """The other notices of this cycle, the keys of those that went out before (`there`), and what they are decided by.
    `sent` are the times at which each person lately got mails; `told_before` are goals whose readers were told by a
    store that was lost.
    """

    notices: Sequence[Notice]
    options: AvailableChannels
    overlays: Overlays = field(default_factory=Overlays)
    there: Collection[str] = ()
    sent: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    told_before: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What becomes of questions. `notices` are all notices, digests with their lists. `entries` say what each person
    hears of a question, or why nothing. `taken` were asked by a store that was lost; `gone` are no longer wanted,
    `back` are wanted again. `agreements` are those of the goals that somebody has to sign, by id.
    """

    notices: tuple[Notice, ...]
    entries: tuple[AskEntry, ...] = ()
    taken: tuple[ListedAsk, ...] = ()
    gone: frozenset[str] = frozenset()
    back: frozenset[str] = frozenset()
    agreements: Mapping[str, Agreement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskWay:
    """How one person hears of some questions: by mail, in a chat, or in a comment at a place."""

    person: str
    channel: Channel
    place: Place | None = None
    urgent: bool = False

    @property
    def key(self) -> str:
        """Distinguishes this way from the person's others."""
        if self.place:
            return f"{self.place.source}/{self.place.key}"
        return "mail" if self.channel == EMAIL else f"chat/{self.channel}"


@dataclass(slots=True)
class _List:
    """What one person hears in one way."""

    way: AskWay
    entries: list[AskEntry] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)


def ask_notices(inquiry: Inquiry, post: Post) -> Asked:
    """Puts every question into its person's list, and the lists into notices."""
    found = entries(inquiry)
    taken = [each for each in found if each.step is Step.ASK and _told_before(each.ask, post)]
    lists, private = dict[tuple[str, str], _List](), told_alone(inquiry)
    still: list[AskEntry] = []
    for entry in (each for each in found if each not in taken):
        ask, alone = entry.ask, entry.ask.about in private
        way = ask_way(inquiry, post, ask.goal, ask.person, alone=alone) if entry.step else None
        if isinstance(way, AskWay):
            lists.setdefault((way.person, way.key), _List(way)).entries.append(entry)
        else:
            still.append(replace(entry, fate=way) if way else entry)
    for report in untold(inquiry):
        by_mail = isinstance(report.of, Input) and About(Topic.INPUT, report.of.id) in private
        alone = by_mail or isinstance(report.said, (Stance, StepResult))
        if isinstance(way := ask_way(inquiry, post, report.goal, report.person, alone=alone), AskWay):
            lists.setdefault((way.person, way.key), _List(way)).reports.append(report)
    desk = _Desk(inquiry, post)
    told = [desk.settled(each) for each in lists.values()]
    made = [notice for notice, _ in told if notice]
    unwanted = gone(inquiry)
    return Asked(
        notices=_merged(post.notices, made),
        entries=(*still, *(entry for _, some in told for entry in some)),
        taken=tuple(ListedAsk(each.ask, Step.ASK) for each in taken),
        gone=unwanted.difference(inquiry.withdrawn),
        back=frozenset(inquiry.withdrawn).intersection(inquiry.asks),
    )


def _told_before(ask: Ask, post: Post) -> bool:
    """Whether a store that was lost has asked this. What a round asks is of no goal, so it goes with any of them."""
    return ask.goal in post.told_before or (ask.about.topic is Topic.ROUND and bool(post.told_before))


def told_by(notice: Notice, at: datetime) -> Iterator[AskTold]:
    """What its reader has heard once a notice is on its way."""
    for each in notice.listed:
        yield AskTold(each.ask.id, each.ask.person, at, each.step)
    for report in notice.reports:
        yield AskTold(report.id, report.person, at, Step.REPORT)


def ask_key(person: Person, now: datetime, where: str = "mail") -> str:
    """The message key. It has the person's own date, so there is at most one on each of their days."""
    return f"asked/{person.id}/{Diary(person).day(now)}/{where}"


_NEWS = (NeedReply, Stance, Override)
"""Reports that do not wait for the digest."""


class _Desk:
    """Decides for each list whether it goes out now, and in which notice."""

    def __init__(self, inquiry: Inquiry, post: Post) -> None:
        self._inquiry, self._post = inquiry, post
        self._now = inquiry.situation.now
        self._times = Timetable(self._now)
        self._digests = {n.person.id: n for n in post.notices if n.person and _fresh_digest(n, post.there)}
        self._mails: dict[str, int] = defaultdict(int)
        for notice in (n for n in post.notices if n.person and n.channel == EMAIL and n.alerts):
            self._mails[notice.person.id if notice.person else ""] += 1

    def settled(self, found: _List) -> tuple[Notice | None, Sequence[AskEntry]]:
        """The notice, if there is one now, and what becomes of each question."""
        person = self._inquiry.situation.organisation.people[found.way.person]
        by_mail = found.way.channel == EMAIL
        if by_mail and person.id in self._digests:
            digest = self._digests[person.id]
            return replace(digest, listed=_listed(found.entries), reports=tuple(found.reports)), found.entries
        now, reports = self._cannot_wait(found, person) if by_mail else (found.entries, found.reports)
        later = [replace(e, fate=NotAsked.NEXT_DIGEST) for e in found.entries if e not in now]
        if not now and not reports:
            return None, later
        if why := self._held(found.way, person):
            return None, [*later, *(replace(each, fate=why) for each in now)]
        return self._notice(found.way, person, now, reports), [*later, *now]

    def _cannot_wait(self, found: _List, person: Person) -> tuple[Sequence[AskEntry], Sequence[Report]]:
        """Tells whether a question closes before the next digest. Answers to needs are news, and do not wait either."""
        digest = self._next_digest(person)
        asks = mailed([each.ask for each in found.entries], digest, None, Diary(person), self._now)
        reports = [each for each in found.reports if digest is None or isinstance(each.said, _NEWS)]
        return [each for each in found.entries if each.ask in asks], reports

    def _next_digest(self, person: Person) -> datetime | None:
        ended = (person.id, DIGEST) in self._post.overlays.unsubscribed
        if not person.digest or ended or not followed(self._inquiry.situation.organisation, person):
            return None
        return next_slot(person.digest, person.timezone, self._now)

    def _held(self, way: AskWay, person: Person) -> NotAsked | None:
        if ask_key(person, self._now, way.key) in self._post.there:
            return NotAsked.ONE_A_DAY
        if way.urgent:
            return None
        if not self._times.at_work(person):
            return NotAsked.NOT_AT_WORK
        return NotAsked.OVER_LIMIT if way.channel == EMAIL and self._room(person) <= 0 else None

    def _room(self, person: Person) -> int:
        today = self._times.day(person, self._now)
        sent = sum(self._times.day(person, at) == today for at in self._post.sent.get(person.id, ()))
        return person.daily_limit - sent - self._mails[person.id]

    def _notice(self, way: AskWay, person: Person, now: Sequence[AskEntry], reports: Sequence[Report]) -> Notice:
        key = ask_key(person, self._now, way.key)
        return asked_notice(key, way, person, _listed(now), reports, self._inquiry.situation)


def asked_notice(
    key: str, way: AskWay, person: Person, listed: Sequence[ListedAsk], reports: Sequence[Report], situation: Situation
) -> Notice:
    """Builds the notice of what one person hears in one way."""
    names = [*(each.ask.goal for each in listed), *(each.goal for each in reports)]
    return Notice(
        key=key,
        kind=MessageKind.ASKED,
        channel=way.channel,
        reason=Reason(ReasonKind.ASKED),
        goals=_only_goal(names, situation),
        person=person,
        place=way.place,
        thread=f"asked/{person.id}",
        listed=tuple(listed),
        reports=tuple(reports),
    )


def _only_goal(names: Sequence[str], situation: Situation) -> tuple[tuple[Goal, Assessment], ...]:
    """Returns the goal that all of it is about, if there is just one."""
    goal, found = situation.goal(names[0]), situation.assessments.get(names[0])
    return ((goal, found),) if goal and found and len(set(names)) == 1 else ()


def told_alone(inquiry: Inquiry) -> frozenset[About]:
    """What only its reader may see: inputs that their authors gave to the agent rather than to everybody in a comment,
    and anonymous questions, because whoever has the link answers in their name.
    """
    said = inquiry.situation.of_kind(feedback.NAME, one_on_one.NAME, objection.NAME)
    own = (input_id(each.origin) for each in said if each.door is not Door.COMMENT)
    inputs = (*own, *(each.id for each in round_inputs(inquiry.situation)))
    anonymous = (ask.about for ask in inquiry.asks.values() if ask.anonymous)
    return frozenset((*(About(Topic.INPUT, name) for name in inputs), *anonymous))


def ask_way(inquiry: Inquiry, post: Post, name: str, who: str, *, alone: bool) -> AskWay | NotAsked:
    """How somebody hears of questions about a goal: by the route for missing check-ins, or else wherever they can be
    reached. What is for them `alone` goes by mail, because others read comments and chats.
    """
    situation = inquiry.situation
    person, goal = situation.organisation.people[who], situation.goal(name)
    person, directly = (replace(person, bounces=False), (EMAIL,)) if alone else (person, (EMAIL, CHAT, COMMENTS))
    if goal is None:
        ways = ways_to(post.options, None, person, Part.OPERATOR, directly)
        return AskWay(who, ways[0]) if ways else NotAsked.OUT_OF_REACH
    part = Part.OWNER if goal.owner == who else Part.HELPER
    asked = Occasion(goal, SignalKind.CHECK_IN, Severity.NOTICE, person, part)
    route = find_route(situation.organisation.routes, asked)
    if route.timing is Timing.NEVER:
        return NotAsked.ROUTE
    ways = () if alone else ways_to(post.options, goal, person, Part.HELPER, route.channels)
    ways = ways or ways_to(post.options, goal, person, Part.HELPER, directly)
    if not ways:
        return NotAsked.OUT_OF_REACH
    channel = EMAIL if EMAIL in ways else ways[0]
    if channel != COMMENTS:
        return AskWay(who, channel, urgent=route.urgent)
    place = next(place for place in goal.report_on if place.source in person.accounts)
    return AskWay(who, Channel.tracker(place.source), place, route.urgent)


def _listed(found: Sequence[AskEntry]) -> tuple[ListedAsk, ...]:
    return tuple(ListedAsk(each.ask, each.step) for each in found if each.step)


def _fresh_digest(notice: Notice, there: Collection[str]) -> bool:
    return notice.kind is MessageKind.DIGEST and notice.reason.kind is ReasonKind.DIGEST and notice.key not in there


def _merged(notices: Sequence[Notice], made: Sequence[Notice]) -> tuple[Notice, ...]:
    """Returns all notices, where a digest with a list replaces the one without."""
    by_key = {notice.key: notice for notice in made}
    kept = tuple(by_key.pop(notice.key, notice) for notice in notices)
    return (*kept, *by_key.values())
