"""Where a message goes when it cannot be delivered where it should."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sync_agent.decide.addressing import Options
from sync_agent.decide.overlays import unwanted
from sync_agent.decide.telling import Overlays
from sync_agent.model import MessageKind, Notice, Person

_NOTHING_SAID = Overlays()


def other_ways(
    notices: Sequence[Notice], options: Options, overlays: Overlays = _NOTHING_SAID
) -> Mapping[str, tuple[Notice, ...]]:
    """By a notice's key, what is sent in its place to those whom it mentions or is for: a mail, a comment that mentions
    them, a message in their chat; each in the place of the one before it, without that which failed.

    News about goals and sources has another way, and only for people who hear of it nowhere else: those who are told of
    the same alerts on another channel at the same time need no second message. A comment is about one goal. A mail that
    its reader has ended is no way.
    """
    news = [notice for notice in notices if notice.alerts and not notice.edits]
    ways: dict[str, tuple[Notice, ...]] = {}
    for notice in news:
        for chain in _chains(notice, news, options):
            wanted = (way for way in chain if not unwanted(way, overlays))
            for before, after in pairwise((notice, *wanted)):
                ways[before.key] = (*ways.get(before.key, ()), after)
    return ways


def _chains(notice: Notice, news: Iterable[Notice], options: Options) -> Iterator[tuple[Notice, ...]]:
    """For each reader the ways that are left, each for when the one before it fails."""
    alerts = {alert.identity for alert in notice.alerts}
    elsewhere = {
        person.id
        for other in news
        if other.channel != notice.channel and alerts.issubset(alert.identity for alert in other.alerts)
        for person in _readers(other)
    }
    for person in _readers(notice):
        if person.id not in elsewhere:
            ways = (*_mail(notice, person, options), *_comment(notice, person, options), *_chat(notice, person))
            yield tuple(way for way in ways if _kind(way) != _kind(notice))


def _readers(notice: Notice) -> tuple[Person, ...]:
    return (notice.person,) if notice.person else notice.mentions


def _mail(notice: Notice, person: Person, options: Options) -> Iterator[Notice]:
    if options.email and person.email:
        key = f"{_everywhere(notice)}/instead/mail/{person.id}"
        yield replace(notice, key=key, channel="email", place=None, person=person, mentions=())


def _comment(notice: Notice, person: Person, options: Options) -> Iterator[Notice]:
    about = [goal for goal, _ in notice.goals] if notice.kind is not MessageKind.OPERATIONS else []
    places = (place for goal in about for place in goal.report_on if place.source in person.accounts)
    place = next(places, None) if options.comments and len(about) == 1 else None
    if place:
        yield replace(notice, key=f"{notice.key}/instead/{place.source}", channel=place.source, place=place)


def _chat(notice: Notice, person: Person) -> Iterator[Notice]:
    if person.chat:
        key = f"{_everywhere(notice)}/instead/chat/{person.id}"
        yield replace(notice, key=key, channel=person.chat, place=None, person=person, mentions=())


def _kind(notice: Notice) -> str:
    return "comment" if notice.place else "mail" if notice.channel == "email" else "chat"


def _everywhere(notice: Notice) -> str:
    """The same for every place that a goal reports on: a person is told once, however many of them fail."""
    place = notice.place
    return notice.key.replace(f"/{place.source}/{place.key}", "") if place else notice.key
