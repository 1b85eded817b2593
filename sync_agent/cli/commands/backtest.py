"""backtest: how well the agent would have judged the organisation's own past."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import chain
from statistics import fmean

import click
from rich.table import Table
from sqlalchemy import Connection

from sync_agent.cli.common import Agent, console, opened_store, told_plainly
from sync_agent.config import installed_connectors
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.record import HORIZONS, Finishes, asks, tries
from sync_agent.evaluate.items.team import places
from sync_agent.evaluate.people.sharing import TeamPlace
from sync_agent.evaluate.replay import scores
from sync_agent.evaluate.replay.backtest import BEFORE_DUE, Replay, past_goals, replay, thin
from sync_agent.judge.load import all_background, all_known
from sync_agent.judge.said import with_answers
from sync_agent.model import Facts, Goal, Measure, Organisation, Rules, Tried
from sync_agent.store.facts.facts import load_sources
from sync_agent.store.facts.tried import load_finishing, load_teams
from sync_agent.words import say_count, say_percent
from sync_agent.world import utc_now


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave out what lies before this day.")
@click.option("--every", type=click.IntRange(1), default=1, show_default=True, help="Judge every so many days.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: every judged day, every tried forecast.")
@click.pass_obj
def backtest(agent: Agent, since: datetime | None, every: int, as_json: bool) -> None:
    """Judge the past again: did forecasts and warnings hold?

    Day by day, with what was known then.
    """
    with told_plainly():
        settings = agent.settings(installed_connectors())
        with opened_store(settings, create=False) as store, store.read() as connection:
            now, calendar = utc_now(), Calendar.of(settings.organisation)
            organisation = with_answers(connection, settings.organisation, now)
            today, first = calendar.day(now), since.date() if since else None
            teams = dict(_teams(connection, calendar))
            found = {
                f"{source} {name}": list(tries(team, Rules(), asks(today, first or min(team.first, today))))
                for (source, name), team in teams.items()
            }
            over = _over(
                connection, organisation, now, {(s, name.casefold()): each for (s, name), each in teams.items()}
            )
            replays = tuple(
                each
                for goal, facts, known in over
                for each in replay(replace(organisation, goals=(goal,)), facts, today, first, every, known)
                if each.days
            )
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
    """One row for each rule some days before the due date; then how early warnings came and how many were withdrawn."""
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
    for line in _alarm_lines(scores.alarms(replays)):
        out.print(line)
    if people := scores.reported(replays):
        said, held = say_percent(people.confidence), say_percent(people.held)
        out.print(
            f"Last check-ins before the end, of {say_count(people.goals, 'goal')}: {said} confident; {held} held."
        )
    lead, (changes, back) = scores.lead(replays), scores.changes(replays)
    if lead is not None:
        out.print(f"Of goals that slipped, half were first warned of with {say_percent(lead)} of the period left.")
    if changes:
        out.print(f"{changes} changes of health, {back} of them taken back within 7 days.")


def _alarm_lines(found: scores.Alarms) -> Iterator[str]:
    """Says how useful the warnings were, whenever they came."""
    yield (
        f"Of {say_count(found.warned, 'goal')} that it warned of {found.warned_slipped} slipped; "
        f"of {found.quiet} that it did not, {found.quiet_slipped} did."
    )
    if found.false_rate is not None:
        yield f"False alarms: {say_percent(found.false_rate)} of those that ended on target had been warned of."
    if found.missed_rate is not None:
        yield f"Missed: {say_percent(found.missed_rate)} of those that slipped had not."


def _shares(tried: Iterable[Tried], days: int) -> str:
    known = [(each.half, each.sure) for each in tried if each.horizon == days]
    if not known:
        return "–"
    return ", ".join(say_percent(fmean(held or 0.0 for held in level)) for level in zip(*known, strict=True))


def _over(
    connection: Connection, organisation: Organisation, now: datetime, teams: Mapping[TeamPlace, Finishes]
) -> Iterator[tuple[Goal, Facts, Mapping[TeamPlace, Finishes]]]:
    """Every goal, version, milestone and sprint that is past its due date, one after the other, with the items to judge
    it by: its own and what its teams finished. Where that is too little for a forecast, every item of those teams.
    """
    background, calendar = all_background(connection), Calendar.of(organisation)
    today = calendar.day(now)
    boxes = sorted(past_goals(background, today), key=lambda goal: goal.id)
    for goal in (*(each for each in organisation.goals if each.period.due < today), *boxes):
        facts = all_known(connection, background, goal, calendar, now, teams=False)
        known = {place: teams[place] for place in places(facts.histories.values()) if place in teams}
        points = any(result.measure is Measure.POINTS for result in goal.key_results)
        if points or any(thin(goal, team) for team in known.values()):
            yield goal, all_known(connection, background, goal, calendar, now, teams=True), {}
        else:
            yield goal, facts, known


def _teams(connection: Connection, calendar: Calendar) -> Iterator[tuple[TeamPlace, Finishes]]:
    """When each project and repository finished its items, keyed by source and name."""
    for source in sorted(load_sources(connection)):
        for team in load_teams(connection, source):
            items = load_finishing(connection, source, team, datetime(1970, 1, 1, tzinfo=UTC))
            yield (source, team), Finishes(items, calendar)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
