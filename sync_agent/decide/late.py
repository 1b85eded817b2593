"""Messages that have not left yet are judged again before they do. Pure.

Nobody should read that something began after it is over, or be told of its end without having heard of its beginning.
What is still true is told as it is now, in one message. For its readers, a message that never left was never sent.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync_agent.decide.alerts.telling import Overlays, acknowledged
from sync_agent.decide.decision import Decided, told_lines
from sync_agent.decide.notices.overlays import unwanted
from sync_agent.decide.unsent import LateMessage, as_known, knew, undone
from sync_agent.model import (
    Alert,
    AlertState,
    AlertTold,
    Assessment,
    Channel,
    ChannelKind,
    Decision,
    Health,
    Message,
    MessageKind,
    Notice,
    Organisation,
    Reason,
    ReasonKind,
    SignalKind,
)
from sync_agent.model.telling.alerts import Identity

DECIDED_ANEW = frozenset({MessageKind.DIGEST, MessageKind.ASKED, MessageKind.SILENCE, MessageKind.ROUND})
"""These are decided again in every cycle until they have left. The new decision replaces the waiting message."""

_ASKS = frozenset({MessageKind.PROMPT, MessageKind.REMINDER, MessageKind.ESCALATION})
_OF_MANY = frozenset({MessageKind.GATHERED, MessageKind.OPERATIONS})
# If neither of two messages about one alert has left, the weightier one is sent, otherwise the later one.
_WEIGHT: Mapping[MessageKind, int] = {MessageKind.ESCALATION: 2, MessageKind.REMINDER: 0}

Seat = tuple[Channel, str]
"""Where something is read: a channel, and the person or issue there."""
Episode = tuple[Identity, str]
"""An alert and the name of one of its episodes."""


@dataclass(frozen=True, slots=True)
class Late:
    """What becomes of messages that have not left. `withdrawn` are the keys of those that are no longer sent; `retold`
    says others as they are now. `told` is, by message key, what readers knew before, where a message takes the place of
    an earlier one.
    """

    withdrawn: frozenset[str] = frozenset()
    retold: tuple[Notice, ...] = ()
    told: Mapping[str, Mapping[Episode, AlertTold]] = field(default_factory=dict)


@dataclass(slots=True)
class _Item:
    """A message about something that began or goes on: one that has not left (`late`), or one that is decided now."""

    key: str
    kind: MessageKind
    seat: Seat
    news: dict[Episode, AlertTold]
    late: LateMessage | None = None


def quieted(
    late: Sequence[LateMessage], alerts: Mapping[Identity, Alert], overlays: Overlays, now: datetime
) -> Mapping[Identity, Alert]:
    """The alerts as their readers know them, without what they are not told after all, because somebody has silenced it
    or works on it.
    """
    found = dict(alerts)
    for each in reversed(late):
        for told in _begun(each.message):
            alert = found.get(told.identity)
            if alert and alert.episode == told.episode and _quiet(each.message, alert, overlays, now):
                found[told.identity] = undone(alert, told, each)
    return found


def reconsider(
    late: Sequence[LateMessage],
    decided: Decided,
    organisation: Organisation,
    assessments: Iterable[Assessment],
    overlays: Overlays,
    now: datetime,
) -> tuple[Decided, Late]:
    """What was decided, without ends whose beginning was never sent; and what becomes of unsent messages."""
    waiting = [each for each in late if _begun(each.message)]
    if not waiting:
        return decided, Late(frozenset(each.message.key for each in late if each.message.kind in DECIDED_ANEW))
    reached = [each for each in waiting if _is_reached(each.message, organisation, overlays)]
    items = [_late_item(each, decided.alerts, overlays, now) for each in waiting if each in reached]
    given_up = [*_given_up(items, decided.alerts)]
    unheard = {(seat, _episode(told)) for each, told in given_up for seat in _seats(each) if not knew(each, told)}
    ends = {n.key: _heard(n, unheard) for n in decided.notices if n.alerts and not _opens(n)}
    opening = (notice for notice in decided.notices if notice.alerts and not notice.edits and _opens(notice))
    fresh = [_new_item(notice, unheard) for notice in opening]
    told = _one_each([*items, *fresh])
    left = {item.key: tuple(item.news) for item in fresh} | ends
    notices = tuple(fewer for notice in decided.notices if (fewer := _only(notice, left.get(notice.key))))
    kept = [item for item in items if item.news]
    gone = [each.message for each in waiting if each.message.key not in {item.key for item in kept}]
    anew = (each.message.key for each in late if each.message.kind in DECIDED_ANEW)
    outcome = replace(
        decided,
        notices=notices,
        alerts=as_known(decided.alerts, given_up),
        log=(*_log(decided, notices, now), *(line for message in gone for line in _not_sent(message, now))),
    )
    words = (_retold(item, decided.alerts, organisation, assessments) for item in kept)
    retold = tuple(notice for notice in words if notice)
    told |= {item.key: dict(item.news) for item in kept}
    return outcome, Late(frozenset((*anew, *(message.key for message in gone))), retold, told)


def _opens(message: Message | Notice) -> bool:
    return message.kind is not MessageKind.RESOLVED and message.reason.kind is not ReasonKind.SOURCE_BACK


def _begun(message: Message) -> Sequence[AlertTold]:
    """What a message tells the beginning of. One that gathers many may tell of ends beside it."""
    return tuple(told for told in message.alerts if not told.over) if _opens(message) else ()


def _is_reached(message: Message, organisation: Organisation, overlays: Overlays) -> bool:
    """Whether its reader is still there and wants it."""
    if message.person is None:
        return True
    person = organisation.people.get(message.person)
    goals = tuple((goal, None) for goal in organisation.goals if goal.id == message.goal)
    asked = Notice(message.key, message.kind, message.channel, message.reason, goals=goals, person=person)  # type: ignore[arg-type]
    return person is not None and not unwanted(asked, overlays)


def _late_item(each: LateMessage, alerts: Mapping[Identity, Alert], overlays: Overlays, now: datetime) -> _Item:
    """The item with what is still to be told. If nothing of it is about its own goal, it says nothing about others."""
    message, news = each.message, dict[Episode, AlertTold]()
    for told in message.alerts:
        alert = alerts.get(told.identity)
        if alert and _is_true(message, told, alert, overlays, now):
            news[_episode(told)] = replace(told, level=alert.signal.level)
    own = any(_is_own(message, told) for told in news.values())
    return _Item(message.key, message.kind, _seat(message), news if own else {}, each)


def _is_true(message: Message, told: AlertTold, alert: Alert, overlays: Overlays, now: datetime) -> bool:
    """Whether a message still tells how it is: what it says has begun goes on, what it says is over is over."""
    if told.over:
        return alert.episode == told.episode and alert.state is AlertState.RESOLVED
    return not _is_over(alert, told) and not _quiet(message, alert, overlays, now)


def _new_item(notice: Notice, unheard: set[tuple[Seat, Episode]]) -> _Item:
    """The item without ends of what the reader has not heard of."""
    seat, news = _seat(notice), map(AlertTold.of, notice.alerts)
    heard = (told for told in news if not (told.over and (seat, _episode(told)) in unheard))
    return _Item(notice.key, notice.kind, seat, {_episode(told): told for told in heard})


def _given_up(items: Iterable[_Item], alerts: Mapping[Identity, Alert]) -> Iterator[tuple[LateMessage, AlertTold]]:
    """What a message was to tell and no longer does, though nobody has silenced it."""
    for item in items:
        for told in _begun(item.late.message) if item.late else ():
            alert = alerts.get(told.identity)
            over = alert is None or _is_over(alert, told)
            if item.late and _episode(told) not in item.news and (over or not item.news):
                yield item.late, told


def _one_each(items: Sequence[_Item]) -> dict[str, Mapping[Episode, AlertTold]]:
    """Leaves each episode to one message per seat where one of several is unsent. That message starts from what its
    readers knew before the first of them. Returns what they knew.
    """
    rivals: dict[tuple[Seat, Episode], list[_Item]] = defaultdict(list)
    for item in items:
        for episode in item.news:
            rivals[item.seat, episode].append(item)
    told: dict[str, Mapping[Episode, AlertTold]] = {}
    for (_, episode), some in rivals.items():
        if len(some) > 1 and any(item.late for item in some):
            first = some[0].news[episode]
            winner = max(reversed(some), key=lambda item: _WEIGHT.get(item.kind, 1))
            for item in (each for each in some if each is not winner):
                del item.news[episode]
            winner.news[episode] = replace(first, level=winner.news[episode].level)
            told[winner.key] = winner.news
    return told


def _heard(notice: Notice, unheard: set[tuple[Seat, Episode]]) -> tuple[Episode, ...]:
    """The alerts of an end whose beginning the reader may have heard of."""
    found = (_episode(AlertTold.of(alert)) for alert in notice.alerts)
    return tuple(episode for episode in found if (_seat(notice), episode) not in unheard)


def _only(notice: Notice, episodes: Sequence[Episode] | None) -> Notice | None:
    """The notice with only these episodes; None if none is left. `episodes` is None if it is not about alerts."""
    if episodes is None:
        return notice
    alerts = tuple(alert for alert in notice.alerts if (alert.identity, alert.episode) in episodes)
    return replace(notice, alerts=alerts) if alerts else None


def _retold(
    item: _Item, alerts: Mapping[Identity, Alert], organisation: Organisation, assessments: Iterable[Assessment]
) -> Notice | None:
    """The message as it would be told now; None if nobody can know how it is now."""
    assert item.late
    message, judged = item.late.message, {each.goal: each for each in assessments}
    own = [alerts[told.identity] for told in item.news.values() if _is_own(message, told)]
    more = [alerts[told.identity] for told in item.news.values() if not _is_own(message, told)]
    names = {alert.goal for alert in own} if own[0].goal else _not_judged(own[0].subject, judged.values())
    goals = [(goal, judged[goal.id]) for goal in organisation.goals if goal.id in names and goal.id in judged]
    if own[0].goal and (len(goals) < len(names) or any(found.health is Health.UNKNOWN for _, found in goals)):
        return None
    people = organisation.people
    return Notice(
        key=message.key,
        kind=message.kind,
        channel=message.channel,
        reason=message.reason,
        goals=tuple(goals),
        alerts=tuple(own),
        person=people.get(message.person) if message.person else None,
        place=message.place,
        mentions=tuple(people[name] for name in message.mentioned if name in people),
        thread=message.thread,
        consequences=tuple(more),
    )


def _not_judged(source: str, assessments: Iterable[Assessment]) -> set[str]:
    """The goals that cannot be judged without a source."""
    return {
        each.goal
        for each in assessments
        for signal in each.signals
        if signal.kind is SignalKind.SOURCE_DOWN and signal.subject == source
    }


def _quiet(message: Message, alert: Alert, overlays: Overlays, now: datetime) -> bool:
    """Whether nobody is to be told now: somebody has silenced it, or works on it and others would be asked."""
    if any(silence.holds(alert, now) for silence in overlays.silences):
        return True
    return message.kind in _ASKS and acknowledged(alert, overlays.acknowledgements, now) is not None


def _is_over(alert: Alert, told: AlertTold) -> bool:
    return alert.episode != told.episode or alert.state is AlertState.RESOLVED


def _is_own(message: Message, told: AlertTold) -> bool:
    """Whether the message is about it; if not, it is a consequence of what the message is about."""
    return message.kind in _OF_MANY or told.goal == message.goal


def _episode(told: AlertTold) -> Episode:
    return told.identity, told.episode


def _seats(late: LateMessage) -> Iterator[Seat]:
    return map(_seat, late.both)


def _seat(message: Message | Notice) -> Seat:
    if message.place:
        return message.channel, message.place.key
    if message.channel.kind is not ChannelKind.MAIL or message.person is None:
        return message.channel, ""
    return message.channel, message.person if isinstance(message.person, str) else message.person.id


def _log(decided: Decided, notices: Sequence[Notice], now: datetime) -> Iterator[Decision]:
    """The log, without the lines about what is not told after all."""
    gone = set(told_lines(decided.notices, now)).difference(told_lines(notices, now))
    return (line for line in decided.log if line not in gone)


def _not_sent(message: Message, now: datetime) -> Iterator[Decision]:
    reason = Reason(ReasonKind.NEVER_LEFT)
    for told in message.alerts:
        yield Decision(now, *told.identity, message.audience, told=False, reason=reason)
