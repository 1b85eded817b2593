"""How often forecasts held, for teams whose past is known by construction."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.record import Finishes, asks, level_of, record_of, sharpness_of, tries
from sync_agent.model import Facts, Field, Record, Rules, Tried
from sync_agent.words import say_record
from tests.support.builders import NOW, START, cancelled, change, doing, done, facts, item

TODAY = date(2026, 11, 24)
CALENDAR = Calendar("UTC", None)
EARLY = START - timedelta(days=500)


def team(*, weeks: int, quiet: int = 0) -> Facts:
    """Seven a week, one each day, but nothing in the last `quiet` weeks."""
    moments = {f"SHOP-{n}": NOW - timedelta(days=n) for n in range(quiet * 7 + 1, weeks * 7 + 1)}
    finished = tuple(change(key, at, Field.CATEGORY, "doing", "done") for key, at in moments.items())
    return facts(*(done(key, at, created=EARLY) for key, at in moments.items()), changes=finished)


def finishes(known: Facts) -> Finishes:
    return Finishes(known.histories.values(), CALENDAR)


def tried(known: Facts, horizon: int) -> dict[date, Tried]:
    wanted = [ask for ask in asks(TODAY) if ask[1] == horizon]
    return {each.day: each for each in tries(finishes(known), Rules(), wanted)}


def test_a_steady_team_keeps_what_is_forecast() -> None:
    # With forty weeks of history, it could be forecast from about ten weeks on.
    held = [each.sure for each in tried(team(weeks=40), 28).values() if each.sure is not None]
    assert len(held) >= 10
    assert set(held) == {1}


def test_a_team_that_stops_breaks_what_was_forecast() -> None:
    found = tried(team(weeks=40, quiet=6), 28)
    # The last item was finished on 12 October. Of the four weeks from 26 October none was worked in, of those from
    # 31 August all were.
    assert (found[date(2026, 10, 26)].half, found[date(2026, 10, 26)].sure) == (0, 0)
    assert found[date(2026, 8, 31)].sure == 1


def test_no_forecast_is_tried_that_would_not_have_been_made() -> None:
    for known in (facts(done("SHOP-1")), facts(item("SHOP-1")), facts()):
        found = tried(known, 14)
        assert found
        assert {each.sure for each in found.values()} == {None}


def test_every_other_monday_is_tried_once_its_time_is_over() -> None:
    wanted = asks(TODAY)
    assert {day.weekday() for day, _ in wanted} == {0}
    days = sorted({day for day, horizon in wanted if horizon == 14})
    assert {(later - earlier).days for earlier, later in pairwise(days)} == {14}
    assert days[0] >= TODAY - timedelta(days=364)
    assert TODAY - timedelta(days=28) < days[-1] <= TODAY - timedelta(days=14)
    assert max(day for day, horizon in wanted if horizon == 84) <= TODAY - timedelta(days=84)


def test_the_same_days_are_asked_tomorrow_and_only_what_is_new() -> None:
    # 9 November is one of the Mondays; a fortnight from it is over on 23 November.
    before, after = asks(date(2026, 11, 22)), asks(date(2026, 11, 23))
    assert set(after) - set(before) == {(date(2026, 11, 9), 14), (date(2026, 10, 26), 28), (date(2026, 9, 28), 56)} | {
        (date(2026, 8, 31), 84)
    }
    assert asks(date(2026, 11, 23), known=after) == []


def test_the_past_can_be_asked_further_back_than_a_year() -> None:
    assert min(asks(TODAY, date(2020, 1, 1)))[0] in (date(2020, 1, 6), date(2020, 1, 13))


@pytest.mark.parametrize("day", [date(2026, 11, 2), date(2026, 11, 9)])
def test_only_what_was_known_then_counts(day: date) -> None:
    # Finished on 1 November, reopened on the 5th, finished again on the 20th.
    moments = [NOW.replace(day=number) for number in (1, 5, 20)]
    ways = [("doing", "done"), ("done", "doing"), ("doing", "done")]
    moves = tuple(change("SHOP-1", at, Field.CATEGORY, *way) for at, way in zip(moments, ways, strict=True))
    found = finishes(facts(done("SHOP-1", moments[-1]), changes=moves))
    assert found.before(day).sum() == (1 if day < date(2026, 11, 6) else 0)
    assert found.before(date(2026, 11, 24)).sum() == 1
    assert found.between(date(2026, 10, 27), date(2026, 11, 10)) == 0
    assert found.between(date(2026, 10, 27), date(2026, 11, 24)) == 1


def test_what_was_cancelled_was_not_finished_and_what_left_the_scope_was_until_then() -> None:
    day = NOW.replace(day=2)
    known = facts(
        cancelled("SHOP-1", day),
        done("SHOP-2", day, removed=NOW.replace(day=10)),
        changes=(
            change("SHOP-1", day, Field.CATEGORY, "doing", "cancelled"),
            change("SHOP-2", day, Field.CATEGORY, "doing", "done"),
        ),
    )
    found = finishes(known)
    assert found.before(date(2026, 11, 9)).tolist()[-7] == 1
    assert found.before(date(2026, 11, 9)).sum() == 1
    assert found.before(date(2026, 11, 16)).sum() == 0


def test_the_record_is_that_of_the_nearest_days_ahead_and_of_all_teams() -> None:
    shop, plat = ("jira", "SHOP"), ("jira", "PLAT")
    records = {(*shop, 28): Record(20, 17), (*shop, 56): Record(18, 12), (*plat, 28): Record(4, 4)}
    assert record_of(records, [shop], 30) == Record(20, 17)
    assert record_of(records, [shop], 44) == Record(18, 12)
    assert record_of(records, [shop, plat], 28) == Record(24, 21)
    assert record_of(records, [shop], 300) == Record(0, 0)
    assert say_record(Record(41, 35.4)) == "of 41 such forecasts in the past year, 35 held"


def test_a_team_whose_forecasts_failed_is_forecast_less_surely_and_the_other_way_round() -> None:
    assert level_of(Record(0, 0)) == level_of(Record(7, 0)) == 0.85, "too few tell nothing"
    assert level_of(Record(20, 17)) == pytest.approx(0.85)
    # Of 20, 17 should have held. Three too few raise the level by three steps of .04, three more lower it.
    assert level_of(Record(20, 14)) == pytest.approx(0.97)
    assert level_of(Record(20, 19)) == pytest.approx(0.77)
    assert level_of(Record(40, 38)) == pytest.approx(0.85 - 0.04 * 26 / 40 * 4), "two teams count as one"
    assert sharpness_of(Record(20, 17)) == pytest.approx(1)
    assert sharpness_of(Record(20, 14)) < 0.9
    assert sharpness_of(Record(20, 19)) > 1.1


def test_the_level_knows_only_what_was_over_on_that_day() -> None:
    # Seven a week until the last twelve weeks, in which nothing was finished.
    wanted = [ask for ask in asks(TODAY) if ask[1] == 28]
    quiet, steady = (
        {each.day: each for each in tries(finishes(team(weeks=60, quiet=n)), Rules(), wanted)} for n in (12, 0)
    )
    failed = [day for day, each in quiet.items() if each.sure == 0]
    assert failed
    before = [day for day in quiet if day < TODAY - timedelta(weeks=16)]
    assert before
    assert all(quiet[day] == steady[day] for day in before)


def test_open_work_that_changed_lately_was_at_work_on() -> None:
    known = facts(
        doing("SHOP-1", created=NOW - timedelta(days=90)),
        item("SHOP-2", created=NOW - timedelta(days=5)),
        item("SHOP-3", created=NOW - timedelta(days=90)),
        done("SHOP-4", NOW - timedelta(days=2), created=NOW - timedelta(days=9)),
        changes=(
            change("SHOP-1", NOW - timedelta(days=10), Field.CATEGORY, "todo", "doing"),
            change("SHOP-4", NOW - timedelta(days=2), Field.CATEGORY, "todo", "done"),
        ),
    )
    assert finishes(known).past(TODAY).touched == 2
    assert finishes(known).past(TODAY - timedelta(days=4)).touched == 3
