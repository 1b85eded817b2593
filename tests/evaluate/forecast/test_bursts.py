"""An event is not a rate: imports, mass closings and cleanups are set aside and said; big days that are usual stay."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from sync_agent.evaluate import evaluate
from sync_agent.evaluate.forecast.bursts import find_bursts
from sync_agent.evaluate.forecast.patterns import batch_days, change_of_pace
from sync_agent.model import Assessment, Facts, Field, Goal, Selector, WorkItem
from tests.support.builders import NOW, START, change, done, facts, goal, item, organisation
from tests.support.plans import BEGINNING, finished, left

DAY = timedelta(days=1)
FIRST = date(2026, 1, 1)
LONG = goal(period=replace(goal().period, start=date(2026, 8, 1), due=date(2027, 6, 30)))
"""It began long enough ago for its growth to be seen."""


def judged(known: Facts, wanted: Goal = LONG) -> Assessment:
    return evaluate(organisation(wanted), known, NOW)[0]


def basis(found: Assessment) -> str:
    assert found.forecast
    return found.forecast.basis


def created(number: int, *days_ago: int) -> list[WorkItem]:
    """So many items on each of these days."""
    return [item(f"SHOP-{3000 + day * 200 + n}", created=NOW - day * DAY) for day in days_ago for n in range(number)]


def dated(found: Assessment) -> tuple[date, date]:
    assert found.forecast
    assert found.forecast.p50
    assert found.forecast.p85
    return found.forecast.p50, found.forecast.p85


@pytest.mark.parametrize(
    ("per_day", "days_ago"),
    [
        pytest.param(100, (35,), id="a hundred on one day"),
        pytest.param(20, (35, 36, 37, 38, 39), id="a week of them"),
        pytest.param(50, (35, 32), id="in two goes"),
        pytest.param(50, (60, 20), id="in two goes far apart"),
    ],
)
def test_an_import_is_no_growth_and_is_said(per_day: int, days_ago: tuple[int, ...]) -> None:
    """Dates and chance speak of the same: the imported items are work, and no more of them are expected."""
    found = judged(facts(*finished(180), *created(per_day, *days_ago)))
    plain = judged(facts(*finished(180), *left(per_day * len(days_ago))))
    assert abs((dated(found)[1] - dated(plain)[1]).days) <= 7
    assert "are left out of the growth" in basis(found)
    assert "left out" not in basis(plain)


def test_work_that_comes_in_steadily_is_growth() -> None:
    found = judged(facts(*finished(180), *created(1, *range(1, 60)), *left(20)))
    assert "left out of the growth" not in basis(found)
    assert dated(found)[1] > dated(judged(facts(*finished(180), *left(79))))[1]


def test_what_was_labelled_later_joined_later() -> None:
    """Items made long ago are growth if they were put into the goal week after week."""
    labelled = replace(LONG, key_results=goal(delivers=Selector("jira", labels=("now",))).key_results)
    work = [item(f"SHOP-{4000 + n}", created=BEGINNING, labels=("now",)) for n in range(60)]
    past = [replace(each, labels=("now",)) for each in finished(180)]
    put = tuple(change(f"SHOP-{4000 + n}", NOW - (n + 1) * DAY, Field.LABELS, "", "now") for n in range(60))
    grows, stays = judged(facts(*past, *work, changes=put), labelled), judged(facts(*past, *work), labelled)
    assert dated(grows)[1] > dated(stays)[1]


def test_a_hundred_stale_items_closed_in_one_minute_are_no_pace_and_are_said() -> None:
    stale = [done(f"SHOP-{6000 + n}", NOW - 21 * DAY, created=BEGINNING) for n in range(120)]
    swept, plain = judged(facts(*finished(60), *stale, *left(200))), judged(facts(*finished(60), *left(200)))
    assert "121 items finished on 3 Nov are left out of the pace" in basis(swept)
    # They count as done, but the rest comes no sooner for it than so much work does at the team's own pace.
    assert swept.progress
    rest = judged(facts(*finished(60), *(replace(each, finished=START - 300 * DAY) for each in stale), *left(200)))
    assert abs((dated(swept)[0] - dated(rest)[0]).days) <= 14
    assert "left out" not in basis(plain)


@pytest.mark.parametrize("every", [14, 28, 91])
def test_teams_that_close_their_work_at_releases_keep_their_big_days(every: int) -> None:
    days = np.zeros(365, dtype=np.int64)
    days[::3] = 1
    days[every - 1 :: every] = 40
    assert find_bursts(days, FIRST) == ()
    assert batch_days(days) == (every if every < 50 else None)


def test_a_cleanup_over_three_days_is_one_event() -> None:
    days = np.tile(np.array([2, 3, 1, 2, 2, 0, 0]), 52)
    days[200:203] = 45
    assert [burst.count for burst in find_bursts(days, FIRST)] == [45, 45, 45]


@pytest.mark.parametrize("counts", [[3, 2, 4, 3, 5, 0, 0], [1, 0, 0, 0, 0, 0, 0], [0] * 7])
def test_a_team_that_goes_on_as_ever_has_no_bursts(counts: list[int]) -> None:
    assert find_bursts(np.tile(np.array(counts), 52), FIRST) == ()


def test_that_a_team_closes_its_work_in_batches_is_said() -> None:
    batches = [done(f"SHOP-{7000 + n}", NOW - (20 + n // 30 * 42) * DAY, created=BEGINNING) for n in range(240)]
    assert "the team closes its work about every 42 days" in basis(judged(facts(*batches, *left(30))))
    assert "closes its work" not in basis(judged(facts(*finished(180), *left(30))))


@pytest.mark.parametrize(("now", "told"), [(4.0, True), (22.0, True), (9.0, False), (13.0, False)])
def test_a_team_that_halved_or_doubled_is_noticed_and_small_swings_are_not(now: float, told: bool) -> None:
    random = np.random.default_rng(3)
    weeks = np.concatenate([random.poisson(10, 30), random.poisson(now, 8)]).astype(float)
    assert (change_of_pace(weeks) is not None) is told


def test_steady_teams_hardly_ever_seem_to_have_changed() -> None:
    random = np.random.default_rng(4)
    found = [change_of_pace(random.poisson(rate, 52).astype(float)) for rate in (1, 3, 10, 40) for _ in range(250)]
    assert sum(each is not None for each in found) <= 2
