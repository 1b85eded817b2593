"""What facilitators are told of their rounds: one mail a week."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sync_agent.ask.diary import Diary
from sync_agent.ask.round_standing import runs, standing
from sync_agent.decide.asking import Inquiry
from sync_agent.decide.notices.asks import Post
from sync_agent.decide.readers.addressing import ways_to
from sync_agent.decide.readers.hours import Timetable
from sync_agent.model import CHAT, EMAIL, MessageKind, Notice, Part, Person, Reason, ReasonKind
from sync_agent.model.rounds import Round


def round_key(one: Round, person: Person, now: datetime) -> str:
    """One a round and week, by the facilitator's own calendar."""
    return f"round/{one.id}/{person.id}/{_monday(person, now)}"


def round_notices(inquiry: Inquiry, post: Post) -> Iterator[Notice]:
    """For every round that runs, if its facilitator is at work now and has not had this week's."""
    situation, times = inquiry.situation, Timetable(inquiry.situation.now)
    people = situation.organisation.people
    for one in situation.organisation.rounds if not inquiry.silent else ():
        person = people.get(one.facilitator)
        if person is None or not runs(one, situation) or not times.at_work(person):
            continue
        key, ways = (
            round_key(one, person, situation.now),
            ways_to(post.options, None, person, Part.OPERATOR, (EMAIL, CHAT)),
        )
        if ways and key not in post.there:
            yield Notice(
                key=key,
                kind=MessageKind.ROUND,
                channel=ways[0],
                reason=Reason(ReasonKind.ROUND, subject=one.title),
                person=person,
                thread=f"round/{one.id}",
                round=standing(one, situation),
            )


def _monday(person: Person, now: datetime) -> date:
    day = Diary(person).day(now)
    return day - timedelta(days=day.weekday())
