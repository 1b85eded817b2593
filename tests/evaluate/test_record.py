"""How often forecasts held, for teams whose past is known by construction."""

from datetime import date, timedelta

import pytest

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.record import Record, team_of, teams, track_record, tries
from sync_agent.model import Facts, Field, Rules, Selector
from tests.builders import NOW, START, change, done, facts, goal, item

TODAY = date(2026, 11, 24)
CALENDAR = Calendar("UTC", None)
EARLY = START - timedelta(days=500)


def team(*, weeks: int, quiet: int = 0) -> Facts:
    """Seven a week, one each day, but nothing in the last `quiet` weeks."""
    moments = {f"SHOP-{n}": NOW - timedelta(days=n) for n in range(quiet * 7 + 1, weeks * 7 + 1)}
    finished = tuple(change(key, at, Field.CATEGORY, "doing", "done") for key, at in moments.items())
    return facts(*(done(key, at, created=EARLY) for key, at in moments.items()), changes=finished)


def test_a_steady_team_keeps_what_is_forecast() -> None:
    found = list(tries(team(weeks=40), Rules(), TODAY, CALENDAR, (28,)))
    assert len(found) >= 10
    assert all(each.sure == 1 for each in found)


def test_a_team_that_stops_breaks_what_was_forecast() -> None:
    found = {each.day: each for each in tries(team(weeks=40, quiet=4), Rules(), TODAY, CALENDAR, (28,))}
    # Of the four weeks from 27 October all were quiet; before 29 September none was.
    assert found[date(2026, 10, 27)].sure == 0
    assert found[date(2026, 10, 27)].half == 0
    assert found[date(2026, 9, 15)].sure == 1


def test_no_forecast_is_tried_that_would_not_have_been_made() -> None:
    assert not list(tries(facts(done("SHOP-1")), Rules(), TODAY, CALENDAR))
    assert not list(tries(facts(item("SHOP-1")), Rules(), TODAY, CALENDAR))
    assert not list(tries(facts(), Rules(), TODAY, CALENDAR))


def test_the_record_is_that_of_the_past_year_at_the_nearest_horizon() -> None:
    record = track_record(team(weeks=40), Rules(), TODAY, 30, CALENDAR)
    assert record
    assert record.held == record.tried
    assert track_record(team(weeks=8), Rules(), TODAY, 30, CALENDAR) is None
    assert str(Record(41, 35)) == "of 41 such forecasts in the past year, 35 held"


def test_teams_are_the_projects_and_repositories() -> None:
    known = facts(item("SHOP-1"), item("PLAT-1"), item("PLAT-2", labels=("x",)))
    assert {name: len(each.histories) for name, each in teams(known).items()} == {"jira PLAT": 2, "jira SHOP": 1}
    labelled = goal(delivers=Selector("jira", labels=("x",)))
    assert {h.item.key for h in team_of(known, labelled).histories.values()} == {"PLAT-1", "PLAT-2"}


@pytest.mark.parametrize("horizon", [14, 84])
def test_a_forecast_is_tried_only_when_its_time_is_over(horizon: int) -> None:
    found = list(tries(team(weeks=40), Rules(), TODAY, CALENDAR, (horizon,)))
    assert max(each.day for each in found) == TODAY - timedelta(days=horizon)
