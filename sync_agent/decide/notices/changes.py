"""What people are told of goals that were changed or ended: one note a person and day."""

from collections.abc import Iterator, Mapping
from datetime import date

from sync_agent.ask.agreeing.changes import change_notes
from sync_agent.decide.asking import Inquiry
from sync_agent.decide.notices.asks import Post
from sync_agent.decide.readers.addressing import ways_to
from sync_agent.decide.readers.hours import Timetable
from sync_agent.model import CHAT, EMAIL, MessageKind, Notice, Part, Person, Reason, ReasonKind
from sync_agent.model.days import GoalDay
from sync_agent.model.versions import ChangeNote


def changed_key(person: str, day: date) -> str:
    """One per person and day of the organisation: what a day changed is known when it is over, and stays."""
    return f"changed/{person}/{day.isoformat()}"


def change_notices(inquiry: Inquiry, post: Post, ended: Mapping[str, GoalDay]) -> Iterator[Notice]:
    """For everybody who is at work now and has not had theirs. The earliest day comes first."""
    if inquiry.silent:
        return
    people, times = inquiry.situation.organisation.people, Timetable(inquiry.situation.now)
    for (person, day), notes in sorted(change_notes(inquiry.situation, ended).items(), key=lambda each: each[0][::-1]):
        told = tuple(note for note in notes if note.goal not in inquiry.quiet)
        there = changed_key(person, day) in post.there
        notice = _notice(inquiry, post, people[person], day, told) if told and not there else None
        if notice and times.at_work(people[person]):
            yield notice


def _notice(inquiry: Inquiry, post: Post, person: Person, day: date, notes: tuple[ChangeNote, ...]) -> Notice | None:
    situation = inquiry.situation
    goal = situation.goal(notes[0].goal)
    ways = ways_to(post.options, goal, person, Part.HELPER if goal else Part.OPERATOR, (EMAIL, CHAT))
    if not ways:
        return None
    found = situation.assessments.get(notes[0].goal)
    alone = len({note.goal for note in notes}) == 1
    return Notice(
        key=changed_key(person.id, day),
        kind=MessageKind.CHANGED,
        channel=ways[0],
        reason=Reason(ReasonKind.CHANGED),
        goals=((goal, found),) if goal and found and alone else (),
        person=person,
        changes=notes,
    )
