"""The measurement counts what it says; on the recorded data the forecasts hold as the guide tells."""

from pathlib import Path
from statistics import fmean

import numpy as np

from benchmarks.judgement import data, slips
from benchmarks.judgement.calibration import HORIZONS, Case, by_record, cases, daily_bootstrap, product
from benchmarks.judgement.slips import Warned


def test_a_team_that_never_changes_is_forecast_right() -> None:
    steady = np.tile(np.array([2, 2, 2, 2, 2, 0, 0]), 80)
    found = list(cases({"steady": steady}, daily_bootstrap))
    assert fmean(case.held for case in found) > 0.85


def test_a_team_that_finishes_next_to_nothing_is_not_forecast() -> None:
    assert list(cases({"idle": np.zeros(600, dtype=np.int64)}, product)) == []


def test_warnings_are_scored_as_usual() -> None:
    warned = [Warned(0.9, True), Warned(0.8, False), Warned(0.4, True), Warned(0.1, False)]
    assert slips.f1(warned, 0.5) == (0.5, 0.5, 0.5)
    assert slips.auc(warned) == 0.75


def test_on_recorded_teams_p85_holds_at_every_horizon(shared: Path) -> None:
    """On the half of each history that nothing was chosen on; what a plain bootstrap promises does not hold."""
    teams = {name: series for name, (_, series) in data.throughput(shared / "data").items()}
    for model, low, high in ((product, 0.8, 0.9), (daily_bootstrap, 0.5, 0.75)):
        found = [case for case in cases(teams, model) if case.late]
        for days in HORIZONS:
            assert low <= fmean(case.held for case in found if case.horizon == days) <= high


def test_its_own_record_makes_a_team_s_forecasts_hold_better_and_sharper(shared: Path) -> None:
    teams = {name: series for name, (_, series) in data.throughput(shared / "data").items()}
    usual = list(cases(teams, product))
    corrected = [case for case in cases(teams, product, by_record(usual)) if case.late]
    usual = [case for case in usual if case.late]
    assert _miss(corrected) <= 0.07 < _miss(usual)
    assert fmean(case.loss for case in corrected) < fmean(case.loss for case in usual)


def _miss(found: list[Case]) -> float:
    teams = {case.team for case in found}
    return fmean(abs(fmean(case.held for case in found if case.team == team) - 0.85) for team in teams)
