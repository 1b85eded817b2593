"""Prints how well the forecasts and warnings hold, beside the rules that they should beat and what is wanted."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import fmean

from benchmarks.judgement import components, data, figures, models, replays, situations, sprints
from benchmarks.judgement.calibration import HORIZONS, Case, abstained, cases
from benchmarks.judgement.figures import Figure
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
    found = _forecasts(data.throughput(directory))
    of_sprints = _sprints(data.boards(directory))
    if not options.quick:
        facts = replays.pulled(directory)
        found += figures.of_parts(list(components.parts(facts)))
        released = replays.replayed(facts)
        replays.show(released)
        found += figures.of_releases(released)
    situations.show()
    figures.show([*found, of_sprints])


def _forecasts(series: Mapping[str, tuple[date, data.Series]]) -> list[Figure]:
    ours = list(cases(series, models.product, learning=True))
    before = list(cases(series, models.weekly_bootstrap))
    others = {
        "at a fixed level": list(cases(series, models.product)),
        "before": before,
        "daily": list(cases(series, models.daily_bootstrap)),
    }
    print("P85 holds (every constant was chosen on the first half of each team's history)")
    print(f"{'':38}" + "".join(f"{days:>7} d" for days in HORIZONS) + "   miss a team   P15 loss")
    for half, late in (("first half (chosen on)", False), ("second half (test)", True)):
        base = [case for case in before if case.late is late]
        for title, found in {"ours": ours, **others}.items():
            _print_row(f"{title}, {half}", [case for case in found if case.late is late], base)
    for team in series:
        mine = [case.held for case in ours if case.team == team]
        print(f"  {team:<26} {fmean(mine):.2f} of {len(mine)} forecasts" if mine else f"  {team:<26} not forecast")
    thin, days = abstained(series)
    none = Figure("dates without an answer", "below .03", lambda value: value < 0.03, None, thin / days)
    return [*figures.of_forecasts(ours, before), none]


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
    return Figure("sprints at half of their time: AUC", "at least .76", lambda value: value >= 0.76, None, ours)


if __name__ == "__main__":
    main()
