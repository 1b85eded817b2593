"""Prints how well the forecasts hold, beside the rules that they should beat."""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import fmean

from benchmarks.judgement import data, replays, slips, sprints
from benchmarks.judgement.calibration import HORIZONS, Case, by_record, cases, daily_bootstrap, product

_DATA = Path(__file__).parents[3] / "shared" / "data"


def main() -> None:
    """One table a question."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judgement", description=__doc__)
    parser.add_argument("--data", type=Path, default=_DATA, help="directory with throughput_daily.csv.gz and so on")
    parser.add_argument("--quick", action="store_true", help="leave out the releases that are judged day by day")
    options = parser.parse_args()
    directory = options.data
    if not (directory / "throughput_daily.csv.gz").exists():
        sys.exit(f"there is no recorded data in {directory}; name its directory with --data")
    teams = data.throughput(directory)
    _print_calibration({name: series for name, (_, series) in teams.items()})
    _print_slips(data.releases(directory), teams)
    _print_sprints(data.boards(directory))
    if not options.quick:
        replays.show(replays.replayed(directory))


def _print_calibration(series: dict[str, data.Series]) -> None:
    usual, plain = list(cases(series, product)), list(cases(series, daily_bootstrap))
    ours = list(cases(series, product, by_record(usual)))
    print("P85 holds (every constant was chosen on the first half of each team's history)")
    print(f"{'':34}" + "".join(f"{days:>7} d" for days in HORIZONS) + "   miss a team   P15 loss")
    for half, late in (("first half (chosen on)", False), ("second half (test)", True)):
        base = [case for case in plain if case.late is late]
        _print_row(f"ours, {half}", [case for case in ours if case.late is late], base)
        _print_row(f"uncorrected, {half}", [case for case in usual if case.late is late], base)
        _print_row(f"daily, {half}", base, base)
    for team in series:
        mine = [case.held for case in ours if case.team == team]
        print(f"  {team:<26} {fmean(mine):.2f} of {len(mine)} forecasts" if mine else f"  {team:<26} not forecast")


def _print_row(title: str, found: Sequence[Case], base: Sequence[Case]) -> None:
    coverage = "".join(f"{_held(found, days):9.2f}" for days in HORIZONS)
    teams = {case.team for case in found}
    miss = fmean(abs(fmean(case.held for case in found if case.team == team) - 0.85) for team in teams)
    loss = fmean(case.loss for case in found) / fmean(case.loss for case in base)
    print(f"{title:34}{coverage}   {miss:11.3f}   {loss:8.2f}")


def _held(found: Iterable[Case], days: int) -> float:
    return fmean(case.held for case in found if case.horizon == days)


def _print_slips(found: Sequence[data.Release], teams: Mapping[str, tuple[date, data.Series]]) -> None:
    ours = slips.by_product(found, teams)
    same = [release for release in found if f"jira:{release.project}" in teams]
    print(f"\nReleases that leave more than 20% of their scope, seen 30 days before ({len(ours)} with a known team)")
    for title, warned, threshold in (
        ("ours: P(80% in time) < 0.7", ours, 0.3),
        ("open share > 0.3, these teams", slips.by_open_share(same), 0.3),
        ("open share > 0.3, all releases", slips.by_open_share(found), 0.3),
    ):
        precision, recall, score = slips.f1(warned, threshold)
        print(f"{title:32} precision {precision:.2f}  recall {recall:.2f}  F1 {score:.2f}  AUC {slips.auc(warned):.2f}")


def _print_sprints(boards: Mapping[str, Sequence[data.Sprint]]) -> None:
    ours = sprints.by_product(boards)
    print(
        f"\nSprints that deliver less than they hold, at half of their time ({len(ours)}, the later half of each board)"
    )
    for title, warned in (
        ("ours: the board's earlier sprints", ours),
        ("open share", sprints.by_open_share(boards)),
        ("how often earlier ones slipped", sprints.by_slip_rate(boards)),
    ):
        print(f"{title:34} AUC {slips.auc(warned):.2f}")


if __name__ == "__main__":
    main()
