"""What would change a goal's dates: an item left out, more people, another due date."""

from datetime import date
from threading import Lock
from typing import Any

from sync_agent.evaluate.replay.what_if import Assumption, what_if, with_dependencies
from sync_agent.judge.judge import kept_assessments
from sync_agent.judge.load import facts_for
from sync_agent.model import Assessment
from sync_agent.web.present import Present, ShownGoal
from sync_agent.web.site import Look
from sync_agent.words import say_day, say_percent

_MOST_PEOPLE = 100
# One takes as long as judging a goal. Readers who ask at the same time wait for each other.
_ONE_AT_A_TIME = Lock()


def asked_what_if(look: Look, present: Present, shown: ShownGoal) -> dict[str, Any]:
    """The content of the form, and the result if something was asked. Past days cannot be asked about."""
    query = look.request.query_params
    asked = {name: query.get(name, "")[:80] for name in ("without", "people", "due")}
    forecast = shown.found.forecast if shown.found else None
    can_ask = look.site.store is not None and not present.past and forecast is not None and forecast.p85 is not None
    assumption = _assumption(asked, present.today)
    answer = _answer(look, present, shown, assumption) if can_ask and any(asked.values()) else ""
    return {"can_ask": can_ask, "what_if": {**asked, "answer": answer}}


def _assumption(asked: dict[str, str], today: date) -> Assumption | str:
    """What is assumed, or what is wrong with it."""
    people, due = asked["people"].removeprefix("+"), None
    if people and not (people.isascii() and people.isdigit() and int(people) <= _MOST_PEOPLE):
        return f"“More people” is a number from 0 to {_MOST_PEOPLE}."
    if asked["due"]:
        try:
            due = date.fromisoformat(asked["due"])
        except ValueError:
            return "Write the due date as 2026-12-18."
        if due < today:
            return "That due date is over; give a day that is still to come."
    return Assumption(frozenset({asked["without"]} - {""}), int(people or 0), due)


def _answer(look: Look, present: Present, shown: ShownGoal, assumption: Assumption | str) -> str:
    if isinstance(assumption, str) or look.site.store is None:
        return str(assumption)
    place, goal = present.organisation, shown.goal
    with _ONE_AT_A_TIME, look.site.store.read() as connection:
        facts = facts_for(connection, place, with_dependencies(place, goal.id), look.now)
        found = what_if(place, facts, look.now, goal.id, assumption, kept_assessments(connection))
    return _said(shown, found, assumption.due or goal.period.due, present.day)


def _said(shown: ShownGoal, found: Assessment, due: date, day: date) -> str:
    forecast, before = found.forecast, shown.day.p85
    if forecast is None or forecast.p85 is None:
        return "With that no end can be foreseen."
    earlier = (before - forecast.p85).days if before else 0
    moved = f", {abs(earlier)} days {'earlier' if earlier > 0 else 'later'}" if earlier else ", as without it"
    chance = "" if forecast.on_time is None else f"; {say_percent(forecast.on_time)} likely by {say_day(due, day)}"
    return f"With that: 85% sure by {say_day(forecast.p85, day)}{moved}{chance}."
