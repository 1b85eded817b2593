"""What hovers at a threshold does not come and go: the band of the health, the window of the pace."""

import numpy as np
import pytest

from sync_agent.evaluate import evaluate
from sync_agent.evaluate.pace import choose_window
from sync_agent.model import Health, Rules
from tests.builders import NOW, done, facts, goal, item, organisation

_SIDES = (None, Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK)


@pytest.mark.parametrize(
    ("finished", "total", "expected"),
    [
        # 38 of 66 working days are over: 57.6%. At risk from 15 points behind, off track from 30; the band is 5.
        (3, 7, (Health.ON_TRACK, Health.ON_TRACK, Health.AT_RISK, Health.AT_RISK)),  # 14.7 behind
        (2, 5, (Health.AT_RISK, Health.ON_TRACK, Health.AT_RISK, Health.AT_RISK)),  # 17.6 behind
        (3, 10, (Health.AT_RISK, Health.AT_RISK, Health.AT_RISK, Health.OFF_TRACK)),  # 27.6 behind
        (1, 4, (Health.OFF_TRACK, Health.AT_RISK, Health.AT_RISK, Health.OFF_TRACK)),  # 32.6 behind
        (1, 2, (Health.ON_TRACK, Health.ON_TRACK, Health.ON_TRACK, Health.ON_TRACK)),  # 7.6 behind
        (0, 4, (Health.OFF_TRACK, Health.OFF_TRACK, Health.OFF_TRACK, Health.OFF_TRACK)),
    ],
)
def test_without_a_forecast_progress_must_be_clearly_on_the_other_side(
    finished: int, total: int, expected: tuple[Health, ...]
) -> None:
    work = [done(f"SHOP-{n}") if n < finished else item(f"SHOP-{n}") for n in range(total)]
    found = []
    for before in _SIDES:
        known = {"checkout": before} if before else {}
        found.append(evaluate(organisation(goal()), facts(*work), NOW, known)[0].health)
    assert tuple(found) == expected


@pytest.mark.parametrize(
    ("days_ago", "window"),
    [(90, 90), (91, 97), (97, 97), (98, 104), (174, 174), (300, 174)],
)
def test_a_team_is_judged_by_as_many_weeks_more_as_its_thirty_items_need(days_ago: int, window: int) -> None:
    year = np.zeros(365, dtype=np.int64)
    year[-days_ago] = 30
    assert choose_window(year, Rules()) == window
