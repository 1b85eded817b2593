"""backtest: how well the agent would have judged the organisation's own past."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from itertools import chain, groupby
from statistics import fmean

import click
from rich.table import Table
from sqlalchemy import Connection

from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.config import installed_connectors
from sync_agent.evaluate import scores
from sync_agent.evaluate.backtest import BEFORE_DUE, Replay, past_goals, replay
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.record import HORIZONS, Finishes, asks, tries
from sync_agent.evaluate.words import say_percent
from sync_agent.judging import all_known
from sync_agent.model import Organisation, Rules, Tried
from sync_agent.store.facts import load_background, load_sources
from sync_agent.store.record import load_finishing, load_teams
from sync_agent.world import utc_now


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave out what lies before this day.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Judge every so many days.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: every judged day, every tried forecast.")
@click.pass_obj
def backtest(agent: Agent, since: datetime | None, every: int, as_json: bool) -> None:
    """Replay the past day by day with what was known then: did forecasts hold, did warnings come true?"""
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            organisation, calendar = settings.organisation, Calendar.of(settings.organisation)
            now = utc_now()
            today, first = calendar.day(now), since.date() if since else None
            replays = tuple(
                each
                for part in _parts(connection, organisation, today)
                for each in replay(part, all_known(connection, part, part.goals, now), today, first, every)
                if each.days
            )
            teams = _teams(connection, calendar)
            found = {name: list(tries(team, Rules(), asks(today, first or team.oldest))) for name, team in teams}
    if as_json:
        days = {each.goal.id: [asdict(day) for day in each.days] for each in replays}
        forecasts = {name: [asdict(each) for each in tried] for name, tried in found.items()}
        click.echo(json.dumps({"goals": days, "forecasts": forecasts}, indent=2, default=str))
        return
    show_calibration(found)
    show_warnings(replays)


def show_calibration(found: Mapping[str, Sequence[Tried]]) -> None:
    """One row a team that could be forecast, and one for all."""
    out = console()
    made = {name: [each for each in tried if each.sure is not None] for name, tried in found.items()}
    known = {name: tried for name, tried in made.items() if tried}
    if not known:
        out.print("No forecast of the past can be tried: no team has finished enough yet.")
        return
    out.print("How often P50 and P85 held, by days ahead (at best 50 and 85%)")
    table = Table(box=None, pad_edge=False)
    for title in ("Team", "Forecasts", *(f"{days} days" for days in HORIZONS)):
        table.add_column(title, no_wrap=title != "Team")
    for name, tried in {**known, "all": list(chain.from_iterable(known.values()))}.items():
        table.add_row(name, f"{len(tried):,}", *(_shares(tried, days) for days in HORIZONS))
    out.print(table)


def show_warnings(replays: Sequence[Replay]) -> None:
    """Each rule some days before the due date, then how early the warnings came and how often they were taken back."""
    out = console()
    if not replays:
        out.print("No goal, version, milestone or sprint with work in it was due yet: no warning can be tried.")
        return
    out.print(f"\nWarnings (at risk or off track) of {len(replays)} goals, versions, milestones and sprints")
    table = Table(box=None, pad_edge=False)
    for title in ("Before due", "Rule", "Known", "Slipped", "Warned", "Precision", "Recall", "F1"):
        table.add_column(title, no_wrap=True)
    for before in BEFORE_DUE:
        days = [day for each in replays if (day := each.on(before))]
        for name, rule in scores.RULES.items():
            found = scores.score(days, rule)
            counts = (str(number) for number in (found.goals, found.slips, found.warnings))
            table.add_row(
                f"{before} days", name, *counts, *(_number(n) for n in (found.precision, found.recall, found.f1))
            )
    out.print(table)
    lead, (changes, back) = scores.lead(replays), scores.changes(replays)
    if lead is not None:
        out.print(f"Of goals that slipped, half were first warned of with {say_percent(lead)} of the period left.")
    if changes:
        out.print(f"{changes} changes of health, {back} of them taken back within 7 days.")


def _shares(tried: Iterable[Tried], days: int) -> str:
    known = [(each.half, each.sure) for each in tried if each.horizon == days]
    if not known:
        return "–"
    return ", ".join(say_percent(fmean(held or 0.0 for held in level)) for level in zip(*known, strict=True))


def _parts(connection: Connection, organisation: Organisation, today: date) -> Iterator[Organisation]:
    """The organisation with a few goals at a time, whose items are at hand together: one of its own, or all that is
    over in one project or repository.
    """
    yield from (replace(organisation, goals=(goal,)) for goal in organisation.goals if goal.period.due < today)
    facts = load_background(connection)
    boxes = sorted(facts.timeboxes, key=lambda box: (box.source, box.container, box.kind, box.id))
    for _, group in groupby(boxes, key=lambda box: (box.source, box.container)):
        yield replace(organisation, goals=past_goals(replace(facts, timeboxes=tuple(group)), today))


def _teams(connection: Connection, calendar: Calendar) -> Iterator[tuple[str, Finishes]]:
    """When each project and repository finished its items, by name."""
    for source in sorted(load_sources(connection)):
        for team in load_teams(connection, source):
            items = load_finishing(connection, source, team, datetime(1970, 1, 1, tzinfo=UTC))
            yield f"{source} {team}", Finishes(items, calendar)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
