"""A small round for scenarios: Dana runs it, Noor and the board are heard."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sync_agent.model import Period
from sync_agent.model.rounds import Interview, OpenDays, Round, RoundQuestion, RoundStep, RoundSurvey
from tests.support.theatre import MONDAY, Theatre

FIRST = MONDAY.date()
LAST = FIRST + timedelta(days=11)  # a Friday
DAYS = OpenDays(FIRST, LAST)
MOST = RoundQuestion("most", "What must we get right?")
STOP = RoundQuestion("stop", "What should we stop?")
LOAD = RoundQuestion("load", "We start more than we finish", (1, 5))


def interview(**more: Any) -> Interview:
    """Two questions to Noor and the board."""
    return Interview(**{"id": "talk", "open": DAYS, "invited": ("noor", "board"), "questions": (MOST, STOP), **more})


def survey(**more: Any) -> RoundSurvey:
    """A number and a text from Noor and the board."""
    return RoundSurvey(**{"id": "pulse", "open": DAYS, "invited": ("noor", "board"), "questions": (LOAD, STOP), **more})


def a_round(*steps: RoundStep, **more: Any) -> Round:
    """Run by Dana; the board decides."""
    return Round(**{
        "id": "next", "title": "Goals for the winter", "period": Period(date(2027, 1, 1), date(2027, 3, 31)),
        "facilitator": "dana", "decides": ("board",), "invited": ("noor", "board"), "steps": steps, "answer_days": 5,
        **more,
    })  # fmt: skip


def with_round(stage: Theatre, *rounds: Round) -> None:
    """From the next cycle on."""
    stage.settings = replace(stage.settings, organisation=replace(stage.settings.organisation, rounds=rounds))
