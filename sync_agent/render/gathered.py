"""What is told inside another message: consequences, and news beyond a daily limit."""

from collections.abc import Iterator
from datetime import datetime

from sync_agent.model import Alert, AlertState, Goal, Notice, Organisation
from sync_agent.render import phrases
from sync_agent.render.markup.document import Block, Document, Heading, Inline, Strong, bullets, clean, paragraph
from sync_agent.words import say_count

_LONGEST_OBJECTIVE = 60
_MOST_LINES = 200


def gathered(notice: Notice, organisation: Organisation, _now: datetime) -> tuple[str, Document]:
    """Words the news that came after somebody's daily limit of mails: one line each, new problems before solved
    ones.
    """
    goals = {goal.id: goal for goal, _ in notice.goals}
    ordered = sorted(notice.alerts, key=lambda each: each.state is AlertState.RESOLVED)
    first = ordered[0]
    more = f", and {say_count(len(ordered) - 1, 'more piece')} of news" if len(ordered) > 1 else ""
    title = f"{clean(goals[first.goal].objective, _LONGEST_OBJECTIVE)}: {_what(first)}{more}"
    limit = notice.person.daily_limit if notice.person else 0
    lines = bullets((_linked(goals[each.goal], each, notice, organisation) for each in ordered), most=_MOST_LINES)
    why = f"You get at most {limit} mails a day; this is what came on top. The issues' comments say more."
    return title, (paragraph(Strong(f"{title[:1].upper()}{title[1:]}.")), *lines, paragraph(why))


def _linked(goal: Goal, found: Alert, notice: Notice, organisation: Organisation) -> list[str | Inline]:
    where = phrases.places(goal, notice.links)
    return [_line(goal, found, organisation), *([" (", *where, ")"] if where else [])]


def consequences(notice: Notice, organisation: Organisation) -> Iterator[Block]:
    """Lists what waits for this problem. It is told here, not in separate messages to the same reader."""
    goals = {goal.id: goal for goal in organisation.goals}
    known = [each for each in notice.consequences if each.goal in goals]
    if known:
        yield Heading("What waits for this")
        yield from bullets([_line(goals[each.goal], each, organisation)] for each in known)


def _line(goal: Goal, found: Alert, organisation: Organisation) -> str:
    return f"{goal.objective} ({phrases.owner_name(organisation, goal)}): {_what(found)}"


def _what(found: Alert) -> str:
    return phrases.over(found) if found.state is AlertState.RESOLVED else found.signal.headline
