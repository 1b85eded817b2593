"""Checks that escalation does not lead to somebody who cannot be told of the goal."""

from collections.abc import Iterable, Iterator

from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.nodes import Node
from sync_agent.config.settings import Settings
from sync_agent.model import Contact, Goal, Person, ways


def check_ladders(settings: Settings, goals: Iterable[Node]) -> Iterator[Mistake]:
    """Yields a mistake for everybody a goal escalates to who cannot be told of it.

    `goals` are the entries of these goals in the files.
    """
    people = settings.organisation.people
    for goal, node in zip(settings.organisation.goals, goals, strict=True):
        rules = node.get("rules")
        place = (rules.get("escalate") if rules else None) or node.get("id") or node
        for name in dict.fromkeys(name for step in goal.rules.escalation for name in step.to):
            if name in people and not _reached(settings, goal, people[name]):
                yield place.mistake(f"{quoted(goal.id)} escalates to {quoted(name)}, {_why(settings, goal)}")


def _reached(settings: Settings, goal: Goal, person: Person) -> bool:
    sources = {place.source for place in goal.report_on}
    return any(not way.missing for way in ways(settings.options, Contact.of(person), sources))


def _why(settings: Settings, goal: Goal) -> str:
    sources = " or ".join(dict.fromkeys(place.source for place in goal.report_on))
    account = f", or an account at {sources}" if sources and settings.comments else ""
    mail = "an email" if settings.options.email else "an email and channels.email"
    return f"whom nothing reaches there; give them {mail}, a chat{account}"
