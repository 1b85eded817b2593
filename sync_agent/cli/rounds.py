"""What the commands say about rounds."""

from collections.abc import Iterator
from datetime import date

import click

from connectors.contract import Finding, Level
from sync_agent.ask.rounds.advice import NotRunYet, PartlyRun, RoundAdvice, TooMuchAsked, Unspoken, advice
from sync_agent.ask.rounds.planning import RoundEvent, events, weekly_minutes
from sync_agent.config import Settings
from sync_agent.config.errors import unknown
from sync_agent.model.rounds import Round
from sync_agent.render.rounds.advice import say_advice
from sync_agent.render.rounds.plan import say_event, say_round, say_weeks


def the_round(settings: Settings, name: str | None) -> Round:
    """The round of that id; without one, the only round there is."""
    rounds = {each.id: each for each in settings.organisation.rounds}
    if name in rounds:
        return rounds[name]
    if name is None and len(rounds) == 1:
        return next(iter(rounds.values()))
    if not rounds:
        raise click.UsageError("there is no round; make one with sync-agent init --round 2027-Q1")
    raise click.UsageError(unknown("round", name, rounds) if name else f"say which round: {', '.join(rounds)}")


def round_findings(settings: Settings, today: date) -> Iterator[Finding]:
    """What may be wrong with rounds that are not over."""
    for one in (each for each in settings.organisation.rounds if each.last >= today):
        for each in advice(one, settings.organisation, settings.options, links=bool(settings.web_secrets)):
            level = Level.OK if isinstance(each, (NotRunYet, PartlyRun)) else Level.WARNING
            yield Finding(level, _subject(one, each), say_advice(each))


def _subject(one: Round, found: RoundAdvice) -> str:
    if isinstance(found, (Unspoken, TooMuchAsked, NotRunYet)):
        return f"round {one.id} ({one.where})"
    return f"round {one.id}, {found.step.id} ({found.step.where})"


def say_round_plan(one: Round, settings: Settings, today: date) -> Iterator[str]:
    """The round day by day, and the minutes asked of each person in each week."""
    yield say_round(one, today)
    day = None
    for each in events(one, settings.organisation):
        yield f"{each.day:%a %Y-%m-%d}  {say_event(each)}" if each.day != day else f"{'':14}  {say_event(each)}"
        day = each.day
    yield from say_weeks(weekly_minutes(one, settings.organisation))


def round_plan_json(one: Round, settings: Settings) -> dict[str, object]:
    """The same as JSON."""
    return {
        "round": one.id,
        "days": [
            {
                "day": each.day.isoformat(),
                "what": each.event.value,
                "step": each.step.id,
                "kind": each.step.kind.value,
                "people": list(each.people),
                "minutes": each.minutes if each.event is RoundEvent.ASK else 0,
            }
            for each in events(one, settings.organisation)
        ],
        "minutes": [
            {"person": person, "week": week.isoformat(), "minutes": minutes}
            for (person, week), minutes in sorted(weekly_minutes(one, settings.organisation).items())
        ],
    }
