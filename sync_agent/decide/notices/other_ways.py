"""Where a message goes when it cannot be delivered on its channel."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sync_agent.decide.alerts.telling import Overlays
from sync_agent.decide.notices.overlays import unwanted
from sync_agent.model import (
    AvailableChannels,
    Channel,
    ChannelKind,
    Contact,
    MessageKind,
    Notice,
    Person,
    Place,
    Way,
    ways,
)

_NOTHING_SAID = Overlays()


def other_ways(
    notices: Sequence[Notice], options: AvailableChannels, overlays: Overlays = _NOTHING_SAID
) -> Mapping[str, tuple[Notice, ...]]:
    """Returns what is sent instead, by the notice's key: a mail, a comment that mentions people, or a message in their
    chat. Each replaces the one before it, leaving out the channel that failed.

    Only news about goals and sources has another way, and only for people who hear of it nowhere else: whoever is told
    of the same alerts on another channel at the same time needs no second message. A comment is about one goal. A mail
    that its reader has ended is no way.
    """
    news = [notice for notice in notices if notice.alerts and not notice.edits]
    instead: dict[str, tuple[Notice, ...]] = {}
    for notice in news:
        for chain in _chains(notice, news, options):
            wanted = (way for way in chain if not unwanted(way, overlays))
            for before, after in pairwise((notice, *wanted)):
                instead[before.key] = (*instead.get(before.key, ()), after)
    return instead


def _chains(notice: Notice, news: Iterable[Notice], options: AvailableChannels) -> Iterator[tuple[Notice, ...]]:
    """Returns the remaining ways for each reader, each for when the one before it fails."""
    alerts = {alert.identity for alert in notice.alerts}
    elsewhere = {
        person.id
        for other in news
        if other.channel != notice.channel and alerts.issubset(alert.identity for alert in other.alerts)
        for person in _readers(other)
    }
    for person in _readers(notice):
        if person.id not in elsewhere:
            left = (way for way in _open_ways(notice, person, options) if way.channel.kind is not notice.channel.kind)
            yield tuple(_by(way, notice, person) for way in left)


def _readers(notice: Notice) -> tuple[Person, ...]:
    return (notice.person,) if notice.person else notice.mentions


def _open_ways(notice: Notice, person: Person, options: AvailableChannels) -> Iterator[Way]:
    """Yields the ways that are open. A comment is about one goal, on one of its issues."""
    sources = {place.source for place in _places(notice)}
    return (way for way in ways(options, Contact.of(person), sources) if not way.missing)


def _places(notice: Notice) -> tuple[Place, ...]:
    if notice.kind is MessageKind.OPERATIONS or len(notice.goals) != 1:
        return ()
    return notice.goals[0][0].report_on


def _by(way: Way, notice: Notice, person: Person) -> Notice:
    if way.channel.kind is ChannelKind.TRACKER:
        place = next(place for place in _places(notice) if place.source in person.accounts)
        return replace(
            notice, key=f"{notice.key}/instead/{place.source}", channel=Channel.tracker(place.source), place=place
        )
    key = f"{_everywhere(notice)}/instead/{way.channel.kind.value}/{person.id}"
    return replace(notice, key=key, channel=way.channel, place=None, person=person, mentions=())


def _everywhere(notice: Notice) -> str:
    """Returns the same key for every place a goal reports on: a person is told once, however many of them fail."""
    place = notice.place
    return notice.key.replace(f"/{place.source}/{place.key}", "") if place else notice.key
