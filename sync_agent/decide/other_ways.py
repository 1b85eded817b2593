"""Where a message goes when it cannot be delivered where it should."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sync_agent.decide.addressing import Options
from sync_agent.model import Notice, Person


def other_ways(notices: Sequence[Notice], options: Options) -> Mapping[str, tuple[Notice, ...]]:
    """By a notice's key, what is sent in its place: a mail to those whom a comment mentions, a comment that mentions
    whom a mail is for.

    Only news about one goal has another way, and only for people who hear of it nowhere else: those who are told
    of the same goal on another channel at the same time need no second message.
    """
    news = [notice for notice in notices if len(notice.goals) == 1 and not notice.edits]
    ways = {notice.key: tuple(_ways(notice, news, options)) for notice in news}
    return {key: found for key, found in ways.items() if found}


def _ways(notice: Notice, news: Iterable[Notice], options: Options) -> Iterator[Notice]:
    goal, _ = notice.goals[0]
    elsewhere = {
        person.id
        for other in news
        if other.channel != notice.channel and other.goals[0][0].id == goal.id
        for person in _readers(other)
    }
    for person in _readers(notice):
        if person.id not in elsewhere:
            yield from _mail(notice, person, options) if notice.place else _comment(notice, person, options)


def _readers(notice: Notice) -> tuple[Person, ...]:
    return (notice.person,) if notice.person else notice.mentions


def _mail(notice: Notice, person: Person, options: Options) -> Iterator[Notice]:
    assert notice.place is not None
    if options.email and person.email:
        # The same for every place that a goal reports on: the person gets one mail, however many of them fail.
        everywhere = notice.key.replace(f"/{notice.place.source}/{notice.place.key}", "")
        key = f"{everywhere}/instead/mail/{person.id}"
        yield replace(notice, key=key, channel="email", place=None, person=person, mentions=())


def _comment(notice: Notice, person: Person, options: Options) -> Iterator[Notice]:
    goal, _ = notice.goals[0]
    places = (place for place in goal.report_on if place.source in person.accounts)
    place = next(places, None) if options.comments else None
    if place:
        yield replace(notice, key=f"{notice.key}/instead/{place.source}", channel=place.source, place=place)
