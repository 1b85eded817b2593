"""What somebody should see. Keys are the same today and after a restart."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sync_agent.decide.alerts.telling import OpenAlert, Phase, Telling
from sync_agent.decide.notices.digests import due_slot, is_daily
from sync_agent.decide.readers.addressing import Briefing, Case, Disposition, GoalCase, News, directly, ways_to
from sync_agent.decide.readers.audience import followed, mentioned, operators
from sync_agent.decide.readers.limits import envelope
from sync_agent.decide.readers.routes import Occasion, find_route
from sync_agent.evaluate.assess import as_shown
from sync_agent.model import (
    CHAT,
    COMMENTS,
    EMAIL,
    Alert,
    AlertState,
    Assessment,
    Channel,
    ChannelKind,
    Goal,
    Health,
    MessageKind,
    Notice,
    Part,
    Person,
    Place,
    Reason,
    ReasonKind,
    Signal,
    Silence,
    Timing,
)

# If a tracker is away for some minutes, that is no reason to rewrite what people see about every goal.
_PATIENCE = timedelta(hours=1)
_WARNING = timedelta(days=1)
_KINDS: Mapping[Telling, MessageKind] = {
    Telling.BEGAN: MessageKind.ALERT,
    Telling.REMINDER: MessageKind.REMINDER,
    Telling.ESCALATION: MessageKind.ESCALATION,
    Telling.OVER: MessageKind.RESOLVED,
}
Consequential = Mapping[str, tuple[Alert, ...]]
"""By goal, the alerts of other goals that it has caused."""


def status_notices(desk: Briefing, news: News) -> Iterator[Notice]:
    """Returns how a goal stands, once for each of its places."""
    since = news.assessment.unknown_since
    fresh = news.assessment.health is Health.UNKNOWN and since is not None and desk.now - since < _PATIENCE
    if not desk.options.comments or fresh:
        return
    for place in news.goal.report_on:
        yield Notice(
            key=status_key(news.goal, place),
            kind=MessageKind.STATUS,
            channel=Channel.tracker(place.source),
            reason=Reason(ReasonKind.STATUS),
            goals=((news.goal, news.assessment),),
            alerts=tuple(s.after for s in news.open_alerts if s.after and s.after.state is AlertState.FIRING),
            place=place,
            edits=True,
        )


def status_key(goal: Goal, place: Place) -> str:
    """Returns the key of a goal's status at a place."""
    return f"status/{goal.id}/{_at(place)}"


def mails(cases: Sequence[GoalCase], consequences: Consequential) -> Iterator[Notice]:
    """Returns a mail for each reader, goal and kind of news, or as finely as the reader's route wants."""
    told = [case for case in cases if case.fate is Disposition.TOLD and EMAIL in case.ways]
    envelopes: dict[tuple[str, ...], list[GoalCase]] = {}
    for case in told:
        envelopes.setdefault(envelope(case), []).append(case)
    for group in envelopes.values():
        yield _mail(_in_order(group, consequences), consequences)


def chats(cases: Sequence[GoalCase], consequences: Consequential) -> Iterator[Notice]:
    """Returns a message for each chat, goal and kind of news. It names its first reader, however many it reaches."""
    told = [case for case in cases if case.fate is Disposition.TOLD]
    posts: dict[tuple[Channel, tuple[str, ...]], list[GoalCase]] = {}
    for case in sorted(told, key=lambda each: each.part is not Part.OWNER):
        for chat in (way for way in case.ways if way.kind is ChannelKind.CHAT and not _posted(case, way)):
            posts.setdefault((chat, (case.telling.value, *envelope(case)[3:])), []).append(case)
    for (chat, _), group in posts.items():
        yield _mail(_in_order(group, consequences), consequences, chat)


def _posted(case: GoalCase, chat: Channel) -> bool:
    """Tells whether a chat already has a case's news, because of another reader."""
    level = case.alert.signal.level
    others = (reading for reading in case.alert.readings if reading.person != case.person.id)
    return case.telling is Telling.BEGAN and any(chat in each.ways and each.level >= level for each in others)


def comments(news: News, cases: Sequence[GoalCase], telling: Telling, consequences: Consequential) -> Iterator[Notice]:
    """Returns what is new at the goal's places, once for everybody who is told by comment now. `cases` are of this
    goal.
    """
    told = [
        case for case in cases if case.fate is Disposition.TOLD and case.telling is telling and COMMENTS in case.ways
    ]
    fresh = [case for case in told if to_comment(case)]
    late = [case for case in told if not to_comment(case) and EMAIL not in case.ways]
    if fresh:
        yield from _comment(news, _in_order(fresh, consequences), consequences)
    for person in {case.person.id: case.person for case in late}.values():
        theirs = [case for case in late if case.person == person]
        for notice in _comment(news, theirs, consequences):
            if notice.mentions:
                yield replace(notice, key=f"{notice.key}/{person.id}")


def to_comment(case: Case) -> bool:
    """Tells whether a case's news is not in the comments yet."""
    if case.telling is Telling.OVER:
        return case.alert.commented > 0
    return case.telling is not Telling.BEGAN or case.alert.commented < case.alert.signal.level


def lonely(open_alert: OpenAlert, cases: Iterable[Case]) -> bool:
    """Whether comments must say that an alert is over although nobody is left who was told of it by comment."""
    alert = open_alert.alert
    mine = (case for case in cases if case.alert.identity == alert.identity)
    return open_alert.phase is Phase.OVER and alert.commented > 0 and not any(COMMENTS in case.ways for case in mine)


def unmentioned(news: News, alerts: Sequence[Alert]) -> Iterator[Notice]:
    """Says that alerts are over at places where they were told, though nobody is left to be mentioned."""
    for place in news.goal.report_on:
        yield _at_place(news, MessageKind.RESOLVED, alerts, place, Reason(ReasonKind.RESOLVED))


def gathered_notices(desk: Briefing, cases: Sequence[GoalCase]) -> Iterator[Notice]:
    """Returns what went beyond somebody's daily limit, in one mail on their next working day."""
    people = {case.person.id: case.person for case in cases if case.fate is Disposition.GATHERED}
    for person in people.values():
        theirs = [case for case in cases if case.fate is Disposition.GATHERED and case.person == person]
        day = desk.times.day(person, desk.now)
        yield Notice(
            key=f"gathered/{person.id}/{day}/{_digest(f'{c.alert.goal}|{_named(c.alert)}' for c in theirs)}",
            kind=MessageKind.GATHERED,
            channel=EMAIL,
            reason=Reason(ReasonKind.GATHERED),
            goals=tuple({c.news.goal.id: (c.news.goal, c.news.assessment) for c in theirs}.values()),
            alerts=tuple(case.alert for case in theirs),
            person=person,
            thread=f"digest/{person.id}",
        )


def digest_notices(desk: Briefing, news: Sequence[News]) -> Iterator[Notice]:
    """The digests whose slot has begun, and weekly ones that have not left since, until the next slot. A digest with
    only goals that were told before was sent, too.
    """
    judged = {each.goal.id: each for each in news}
    for person in desk.organisation.people.values():
        if not person.digest or not person.email:
            continue
        told = desk.digested.get(person.id)
        made_up = told is not None and desk.times.at_work(person)
        slot = due_slot(person.digest, person.timezone, desk.now, told, at_work=made_up)
        if slot is None and not is_daily(person.digest):
            slot = desk.late_digests.get(person.id)
        if not slot:
            continue
        mine = [judged[g.id] for g in followed(desk.organisation, person) if g.id in judged]
        if mine:
            before = all(each.goal.id in desk.told_before for each in mine)
            yield Notice(
                key=f"digest/{person.id}/{slot}",
                kind=MessageKind.DIGEST,
                channel=EMAIL,
                reason=Reason(ReasonKind.TOLD_BEFORE if before else ReasonKind.DIGEST),
                goals=tuple((each.goal, _as_read(desk, each, person)) for each in mine),
                person=person,
                thread=f"digest/{person.id}",
            )


def done_notices(desk: Briefing, reached: Sequence[News], cases: Sequence[GoalCase]) -> Iterator[Notice]:
    """Tells the owner at once that a goal is done, unless they hear of it with an alert that is over. Others read it in
    their digests.
    """
    told = {(c.news.goal.id, c.person.id) for c in cases if c.fate is Disposition.TOLD and EMAIL in c.ways}
    for news in (each for each in reached if each.assessment.health is Health.DONE and desk.options.email):
        goal, owner = news.goal, desk.organisation.people.get(news.goal.owner)
        if owner and owner.email and (goal.id, owner.id) not in told:
            yield Notice(
                key=f"done/{goal.id}/{goal.period.due}/mail/{owner.id}",
                kind=MessageKind.RESOLVED,
                channel=EMAIL,
                reason=Reason(ReasonKind.DONE),
                goals=((goal, news.assessment),),
                person=owner,
                thread=f"done/{goal.id}",
            )


def silence_notices(desk: Briefing) -> Iterator[Notice]:
    """Tells the author of a silence of more than a day that it is about to end, while they are at work: by mail, in a
    comment where the goal reports, or in their chat. If none of that reaches them, those who run the agent hear it.
    """
    goals = {goal.id: goal for goal in desk.organisation.goals}
    for silence in desk.overlays.silences:
        author = desk.organisation.people.get(silence.by)
        if author and _ends_soon(desk, silence, author):
            notice = Notice(
                key=f"silence/{silence.id}/{silence.until:%Y%m%dT%H%M}",
                kind=MessageKind.SILENCE,
                channel=EMAIL,
                reason=Reason(ReasonKind.SILENCE_ENDS),
                person=author,
                silence=silence,
            )
            yield from _to_author(desk, notice, author, goals.get(silence.target.goal))


def _to_author(desk: Briefing, notice: Notice, author: Person, goal: Goal | None) -> Iterator[Notice]:
    ways = ways_to(desk.options, goal, author, Part.STAKEHOLDER, (EMAIL, COMMENTS, CHAT))
    if not ways:
        reason = Reason(ReasonKind.SILENCE_OF_OTHER, who=author.name)
        for each in operators(desk.organisation, [goal] if goal else [], lambda who: bool(directly(desk.options, who))):
            channel = directly(desk.options, each)[0]
            yield replace(notice, key=f"{notice.key}/{each.id}", channel=channel, person=each, reason=reason)
    elif ways[0].kind is ChannelKind.TRACKER and goal:
        place = next(place for place in goal.report_on if place.source in author.accounts)
        yield replace(notice, channel=Channel.tracker(place.source), place=place)
    else:
        yield replace(notice, channel=ways[0])


def _ends_soon(desk: Briefing, silence: Silence, person: Person) -> bool:
    """Tells whether it ends within a day, or before the author's next working day begins."""
    if not silence.begins <= desk.now < silence.until or silence.until - silence.begins <= _WARNING:
        return False
    left = silence.until - desk.now
    return desk.times.at_work(person) and (left <= _WARNING or desk.times.is_last_chance(person, silence.until))


def _as_read(desk: Briefing, news: News, person: Person) -> Assessment:
    """Returns the assessment as it was last known, without findings that this reader's routes keep from them."""
    part = Part.OWNER if news.goal.owner == person.id else Part.STAKEHOLDER

    def read(signal: Signal) -> bool:
        asked = Occasion(news.goal, signal.kind, signal.severity, person, part)
        return find_route(desk.organisation.routes, asked).timing is not Timing.NEVER

    found = as_shown(news.goal, news.assessment, desk.now)
    return replace(found, signals=tuple(signal for signal in found.signals if read(signal)))


def _in_order(cases: Sequence[GoalCase], consequences: Consequential) -> list[GoalCase]:
    """Puts a cause beside its consequences within one goal: what the goal waits for comes first."""
    caused = {alert.identity for alerts in consequences.values() for alert in alerts}
    return sorted(cases, key=lambda case: case.alert.identity not in caused)


def _mail(group: Sequence[GoalCase], consequences: Consequential, chat: Channel | None = None) -> Notice:
    """Builds a mail, or what is posted in a chat."""
    first = group[0]
    helps = first.part is Part.HELPER and first.telling is Telling.BEGAN
    kind = MessageKind.PROMPT if helps else _KINDS[first.telling]
    alerts = tuple({case.alert.identity: case.alert for case in group}.values())
    where = f"chat/{chat}" if chat else f"mail/{first.person.id}"
    return Notice(
        key=f"{kind.value}/{first.news.goal.id}/{_episode(alerts)}/{where}{_repeated(group)}",
        kind=kind,
        channel=chat or EMAIL,
        reason=Reason(ReasonKind.CAN_HELP) if helps else first.reason,
        goals=((first.news.goal, first.news.assessment),),
        alerts=alerts,
        person=first.person,
        thread=_thread(alerts),
        consequences=consequences.get(first.news.goal.id, ()),
    )


def _comment(news: News, cases: Sequence[GoalCase], consequences: Consequential) -> Iterator[Notice]:
    first = cases[0]
    alerts = tuple({case.alert.identity: case.alert for case in cases}.values())
    called = [c for c in cases if c.telling is not Telling.OVER or c.part is Part.OWNER or EMAIL not in c.ways]
    # Somebody with other working hours than the rest of their step is asked in a separate comment.
    people = dict.fromkeys(f"/{case.person.id}" for case in cases if case.telling is Telling.ESCALATION)
    asked = "".join(people)
    for place in news.goal.report_on:
        notice = _at_place(news, _KINDS[first.telling], alerts, place, first.reason)
        yield replace(
            notice,
            key=notice.key + _repeated(cases) + asked,
            mentions=mentioned([case.person for case in called], place.source),
            consequences=consequences.get(news.goal.id, ()),
        )


def _at_place(news: News, kind: MessageKind, alerts: Sequence[Alert], place: Place, reason: Reason) -> Notice:
    return Notice(
        key=f"{kind.value}/{news.goal.id}/{_episode(alerts)}/{_at(place)}",
        kind=kind,
        channel=Channel.tracker(place.source),
        reason=reason,
        goals=((news.goal, news.assessment),),
        alerts=tuple(alerts),
        place=place,
        thread=_thread(alerts),
    )


def _repeated(cases: Sequence[GoalCase]) -> str:
    """Distinguishes messages that repeat the same episodes: the sum over them grows each time, whatever their order."""
    alerts, telling = {case.alert.identity: case.alert for case in cases}.values(), cases[0].telling
    if telling is Telling.REMINDER:
        return f"/{sum(alert.reminded for alert in alerts) + 1}"
    return f"/{sum(alert.escalated for alert in alerts)}" if telling is Telling.ESCALATION else ""


def _at(place: Place) -> str:
    return f"{place.source}/{place.key}"


def _thread(alerts: Sequence[Alert]) -> str:
    """Returns the id of the conversation, which lasts from the beginning of an episode to its end. With several alerts
    it is that of the first.
    """
    first = min(alerts, key=lambda each: (each.fired_at or each.first_seen, each.identity))
    return "/".join(("goal", *first.identity, first.episode))


def _episode(alerts: Iterable[Alert]) -> str:
    """Names these findings of one goal in this episode, and how bad they are, in eight characters."""
    return _digest(map(_named, alerts))


def _named(alert: Alert) -> str:
    return f"{alert.kind.value}|{alert.subject}|{alert.episode}|{alert.signal.level}"


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()[:8]
