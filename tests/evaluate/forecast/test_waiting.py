"""How likely a goal is on time that waits for another one."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync_agent.evaluate import evaluate
from sync_agent.evaluate.forecast.forecast import chance_by
from sync_agent.evaluate.replay.what_if import Assumption, what_if
from sync_agent.model import Assessment, CauseKind, Facts, Forecast, Goal, Health
from tests.support.builders import NOW, facts, goal, organisation
from tests.support.plans import finished, left
from tests.support.platform import BASE, platform

WAITS = goal(depends_on=("base",))
LATE_BASE = facts(*finished(60), *left(20), *platform(40, 50))
EARLY_BASE = facts(*finished(60), *left(20), *platform(60, 2))


def judged(known: Facts, *goals: Goal) -> dict[str, Assessment]:
    return {found.goal: found for found in evaluate(organisation(*goals), known, NOW)}


def foreseen(found: Assessment) -> Forecast:
    assert found.forecast
    return found.forecast


def chance(found: Assessment) -> float:
    return foreseen(found).on_time or 0.0


def test_a_goal_is_no_likelier_on_time_than_what_it_waits_for_and_says_so() -> None:
    alone, found = judged(LATE_BASE, goal())["checkout"], judged(LATE_BASE, WAITS, BASE)
    assert alone.health is Health.ON_TRACK
    assert chance(alone) > 0.9
    assert chance(found["base"]) < 0.4
    assert abs(chance(found["checkout"]) - chance(found["base"])) < 0.05, "both are due on the same day"
    assert found["checkout"].health is found["base"].health is Health.OFF_TRACK
    assert f"waits for “{BASE.objective}”" in found["checkout"].reasons[0].text
    assert CauseKind.DEPENDENCY in {cause.kind for cause in found["checkout"].causes}


def test_what_comes_in_time_and_what_cannot_be_forecast_hold_up_nothing() -> None:
    alone = judged(EARLY_BASE, goal())["checkout"]
    assert chance(judged(EARLY_BASE, WAITS, BASE)["checkout"]) == chance(alone)
    thin = facts(*finished(60), *left(10), *platform(3, 50))
    assert chance(judged(thin, WAITS, BASE)["checkout"]) == chance(judged(thin, goal())["checkout"])


def test_what_is_waited_for_counts_through_others() -> None:
    last = replace(goal("last", depends_on=("checkout",)), objective="Everybody pays")
    found = judged(LATE_BASE, last, WAITS, BASE)
    assert chance(found["last"]) == chance(found["checkout"])
    assert foreseen(found["last"]).share_dates == foreseen(found["base"]).share_dates


def test_with_a_later_due_date_the_other_goal_is_in_time() -> None:
    later = what_if(organisation(WAITS, BASE), LATE_BASE, NOW, "checkout", Assumption(due=date(2027, 12, 31)))
    assert chance(later) > 0.9
    assert later.health is Health.ON_TRACK


dates = st.lists(st.integers(1, 100), min_size=9, max_size=9).map(sorted)


@given(dates, st.integers(0, 9), st.integers(0, 110), st.integers(0, 110))
def test_the_later_the_day_the_likelier(weeks: list[int], known: int, one: int, other: int) -> None:
    ends = tuple(NOW.date() + timedelta(weeks=w) if n < known else None for n, w in enumerate(weeks))
    found = Forecast(None, None, None, "", share_dates=ends)
    early, late = (chance_by(found, NOW.date() + timedelta(weeks=w)) for w in sorted((one, other)))
    assert 0 <= early <= late <= (1 if known == 9 else known / 10)
    if known and other >= weeks[known - 1]:
        assert chance_by(found, NOW.date() + timedelta(weeks=other)) >= known / 10 - 1e-9
