"""Forecasts under other assumptions, and what a late goal is late by."""

from datetime import date

import numpy as np
import pytest

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.pace import Pace, measure_growth, rate_uncertainty
from sync_agent.evaluate.forecast.share import Share
from sync_agent.evaluate.forecast.trials import draw_luck, draw_weeks
from sync_agent.evaluate.items.joining import Joining
from sync_agent.evaluate.replay.what_if import Assumption, what_if
from sync_agent.model import Assessment, Facts, Goal, History
from tests.support.builders import NOW, facts, goal, organisation
from tests.support.plans import DAY, finished, left, left_added, p85


def forecast(known: Facts, assumption: Assumption | None = None, *goals: Goal) -> Assessment:
    chosen = organisation(*(goals or (goal(),)))
    return what_if(chosen, known, NOW, "checkout", assumption or Assumption())


KNOWN = facts(*finished(60), *left(60))


def test_one_item_a_day_for_two_thirds_of_sixty_days_is_about_what_sixty_items_take() -> None:
    """60 items in 84 days, all for the goal: 60 more take about 84 days, and longer with 85% certainty."""
    found = forecast(KNOWN).forecast
    assert found
    assert found.p50
    assert abs((found.p50 - NOW.date()).days - 84) <= 21
    assert found.p85
    assert found.p85 > found.p50


def test_leaving_items_out_brings_the_date_forward() -> None:
    half = Assumption(without=frozenset(f"shop-{1000 + n}" for n in range(30)))
    assert p85(forecast(KNOWN, half)) < p85(forecast(KNOWN)) - 21 * DAY


def test_one_more_person_beside_one_is_twice_as_fast() -> None:
    now, more = p85(forecast(KNOWN)), p85(forecast(KNOWN, Assumption(more_people=1)))
    assert 0.4 <= (more - NOW.date()) / (now - NOW.date()) <= 0.65


def test_a_later_due_date_is_likelier_to_be_kept() -> None:
    late = forecast(KNOWN, Assumption(due=date(2027, 6, 30)))
    now = forecast(KNOWN)
    assert late.forecast
    assert now.forecast
    assert (late.forecast.on_time or 0) > 0.9 > (now.forecast.on_time or 0)
    assert abs(p85(late) - p85(now)) <= 21 * DAY, "only the uncertainty of the rate follows the horizon"


def test_the_same_question_has_the_same_answer() -> None:
    assert forecast(KNOWN, Assumption(more_people=2)) == forecast(KNOWN, Assumption(more_people=2))


def test_work_that_keeps_coming_in_makes_it_later() -> None:
    growing = facts(*finished(60), *left(50), *left_added(10))
    assert p85(forecast(growing)) > p85(forecast(KNOWN))


@pytest.mark.parametrize(
    ("planned", "expected"),
    [
        pytest.param(date(2026, 1, 15), 24 / 90, id="counted over the window"),
        pytest.param(date(2026, 10, 15), 24 / 40, id="counted since it was planned"),
        pytest.param(date(2026, 11, 15), 0.0, id="too young to say"),
    ],
)
def test_growth_is_what_joined_after_the_planning(planned: date, expected: float) -> None:
    scope = [History(each) for each in (*left(10), *left_added(24))]
    found, bursts = measure_growth(scope, Joining(()), planned, NOW.date(), Calendar("UTC", None), 90)
    assert (found, bursts) == (pytest.approx(expected), ())


def weekly(*counts: int) -> np.ndarray:
    """A year of weeks, each count on its Monday, repeated from the front."""
    weeks = [counts[n % len(counts)] for n in range(52)]
    return np.array([0] + [value for count in weeks for value in (count, 0, 0, 0, 0, 0, 0)], dtype=np.int64)


def test_a_steady_team_is_surer_than_one_that_swings_and_a_new_one_is_as_usual() -> None:
    steady, swinging = weekly(10), weekly(*[2] * 4, *[30] * 4)
    assert rate_uncertainty(steady, 28) < 0.3 < rate_uncertainty(swinging, 28) <= 0.9
    assert rate_uncertainty(steady[-60:], 28) == 0.35


def test_the_simulation_keeps_the_mean() -> None:
    pace = Pace(weekly(7), 365, 90, share=Share(30, 60, 0.5, NOW.date()))
    luck = draw_luck(lambda what: np.random.default_rng(len(what)), pace, 4000, 70)
    weeks = draw_weeks(np.random.default_rng(1), pace, luck, 0, 10)
    assert weeks.sum(axis=1).mean() == pytest.approx(70 * pace.goal_share, rel=0.05)
    assert (weeks >= 0).all()
