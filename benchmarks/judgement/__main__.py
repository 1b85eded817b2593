"""Prints how well the forecasts and warnings hold, beside the rules that they should beat and what is wanted."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from benchmarks.judgement import data, figures, replays, sprints
from benchmarks.judgement.calibration import HORIZONS, Case, abstained, by_record, cases, daily_bootstrap, product
from benchmarks.judgement.figures import Figure
from sync_agent.evaluate.forecast.pace import LEAST_DONE
from sync_agent.evaluate.replay.scores import auc

_DATA = Path(__file__).parents[3] / "shared" / "data"


def main() -> None:
    """One table a question, and at the end one that sets each figure beside what is wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.judgement", description=__doc__)
    parser.add_argument("--data", type=Path, default=_DATA, help="directory with throughput_daily.csv.gz and so on")
    parser.add_argument("--quick", action="store_true", help="leave out the releases that are judged day by day")
    options = parser.parse_args()
    directory = options.data
    if not (directory / "throughput_daily.csv.gz").exists():
        sys.exit(f"there is no recorded data in {directory}; name its directory with --data")
    found = _forecasts({name: series for name, (_, series) in data.throughput(directory).items()})
    of_sprints = _sprints(data.boards(directory))
    if not options.quick:
        released = replays.replayed(directory)
        replays.show(released)
        found += figures.of_releases(released)
    figures.show([*found, of_sprints])


def _forecasts(series: Mapping[str, data.Series]) -> list[Figure]:
    usual, plain = list(cases(series, product)), list(cases(series, daily_bootstrap))
    ours = list(cases(series, product, by_record(usual)))
    print("P85 holds (every constant was chosen on the first half of each team's history)")
    print(f"{'':38}" + "".join(f"{days:>7} d" for days in HORIZONS) + "   miss a team   P15 loss")
    for half, late in (("first half (chosen on)", False), ("second half (test)", True)):
        base = [case for case in plain if case.late is late]
        for title, found in (("ours", ours), ("uncorrected", usual), ("daily", plain)):
            _print_row(f"{title}, {half}", [case for case in found if case.late is late], base)
    thin, days = abstained(series)
    print(f"  no forecast on {thin} of {days} days: fewer than {LEAST_DONE} items were finished in the 180 days before")
    for team in series:
        mine = [case.held for case in ours if case.team == team]
        print(f"  {team:<26} {fmean(mine):.2f} of {len(mine)} forecasts" if mine else f"  {team:<26} not forecast")
    return figures.of_forecasts(ours, plain)


def _print_row(title: str, found: Sequence[Case], base: Sequence[Case]) -> None:
    coverage = "".join(f"{figures.held(found, days):9.2f}" for days in HORIZONS)
    print(f"{title:38}{coverage}   {figures.miss(found):11.3f}   {figures.loss(found, base):8.2f}")


def _sprints(boards: Mapping[str, Sequence[data.Sprint]]) -> Figure:
    ours = auc(sprints.by_product(boards))
    naive = {
        "open share": sprints.by_open_share(boards),
        "how often earlier ones slipped": sprints.by_slip_rate(boards),
    }
    count = len(naive["open share"])
    print(f"\nSprints that deliver less than they hold, at half of their time ({count}, the later half of each board)")
    for title, found in {"ours: the board's earlier sprints": ours, **{k: auc(v) for k, v in naive.items()}}.items():
        print(f"{title:34} AUC {found:.2f}")
    return Figure("sprints at half of their time: AUC", "above .75", lambda value: value > 0.75, None, ours)


if __name__ == "__main__":
    main()
