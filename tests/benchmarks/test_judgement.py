"""The measurement counts what it says; on the recorded data the forecasts hold as the guide tells."""

import gzip
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest

from benchmarks.judgement import data, replays, sprints
from benchmarks.judgement.calibration import HORIZONS, Case, abstained, cases
from benchmarks.judgement.data import Sprint
from benchmarks.judgement.figures import Figure, miss, of_forecasts
from benchmarks.judgement.models import daily_bootstrap, product
from sync_agent.evaluate.replay.scores import auc

MONDAY = date(2024, 1, 1)
_LARGE = ("FCREPO-", "ISLANDORA-", "DURACLOUD-")


def test_a_team_that_never_changes_is_forecast_right() -> None:
    steady = np.tile(np.array([2, 2, 2, 2, 2, 0, 0]), 80)
    found = list(cases({"steady": (MONDAY, steady)}, daily_bootstrap))
    assert fmean(case.held for case in found) > 0.85


def test_a_team_that_finishes_next_to_nothing_is_not_forecast() -> None:
    idle = {"idle": (MONDAY, np.zeros(600, dtype=np.int64))}
    assert list(cases(idle, product)) == []
    assert abstained(idle) == (34, 34)


def test_on_recorded_teams_p85_holds_at_every_horizon(shared: Path) -> None:
    """On the half of each history that nothing was chosen on; what a plain bootstrap promises does not hold."""
    teams = data.throughput(shared / "data")
    fixed, learning = (list(cases(teams, product, learning=learns)) for learns in (False, True))
    plain = list(cases(teams, daily_bootstrap))
    for found, low, high in ((learning, 0.82, 0.88), (plain, 0.5, 0.78)):
        for days in HORIZONS:
            assert low <= fmean(case.held for case in found if case.late and case.horizon == days) <= high
    late = [case for case in learning if case.late]
    assert miss(late) < 0.05 < miss([case for case in fixed if case.late]), "the level follows each team's record"


def test_a_figure_is_met_by_the_test_part_alone() -> None:
    high = Figure("F1", "above .87", lambda value: value > 0.87, chosen=0.5, test=0.88)
    assert high.met
    assert not replace(high, chosen=0.9, test=0.87).met
    assert not replace(high, test=None).met


def test_forecasts_that_always_hold_and_cost_nothing_are_too_careful_but_sharp() -> None:
    made = [
        Case("team", 200, days, late, held=1.0, loss=1.0, crps=1.0, over_christmas=True)
        for days in HORIZONS
        for late in (False, True)
        for _ in range(10)
    ]
    plain = [replace(case, loss=2.0, crps=2.0) for case in made]
    found = of_forecasts(made, plain)
    assert [(figure.test, figure.met) for figure in found] == [
        *[(1.0, False)] * 4, *[(1.0, True)] * 3, (pytest.approx(0.15), False), (1.0, True), *[(0.5, True)] * 2,
    ]  # fmt: skip


def test_a_sprint_is_judged_by_the_pace_of_those_before_it() -> None:
    # Three earlier sprints brought one point a day; five days are left.
    earlier = [Sprint(days=10, done=5, open=5, difference=0)] * 3
    easy, hard = (Sprint(days=10, done=5, open=left, difference=-1) for left in (4, 20))
    easy_chance, hard_chance = (sprints.by_product({"board": [*earlier, each]})[-1][0] for each in (easy, hard))
    assert easy_chance == pytest.approx(5 * (4 / 9) / 8)  # none of the three was too slow
    assert hard_chance == pytest.approx((3 + 5 * 0.8) / 8)  # all of them were


def test_on_recorded_boards_sprints_that_fall_short_are_told_from_those_that_do_not(shared: Path) -> None:
    boards = data.boards(shared / "data")
    ours, naive = sprints.by_product(boards), sprints.by_slip_rate(boards)
    assert (auc(ours) or 0) > 0.8 > (auc(naive) or 1)


def test_a_recorded_tracker_can_be_judged_again(shared: Path, tmp_path: Path) -> None:
    """Without its three largest projects, which would take most of the time."""
    records, releases = "jira-records.ndjson.gz", "jira_release_targets.csv.gz"
    with gzip.open(shared / "data" / records, "rt") as every, gzip.open(tmp_path / records, "wt") as kept:
        kept.writelines(line for line in every if not json.loads(line)["key"].startswith(_LARGE))
    (tmp_path / releases).symlink_to(shared / "data" / releases)
    found = replays.replayed(replays.pulled(tmp_path), every=30)
    assert len(found) > 50
    near = [day for each in found if (day := each.on(30))]
    assert 15 < len(near) < 35
    assert 10 < sum(day.slipped for day in near) < 24
