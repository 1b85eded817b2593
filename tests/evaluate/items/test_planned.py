"""From when on new work is growth."""

from datetime import date, timedelta

import pytest

from sync_agent.evaluate.items.planned import Joined, planned_scope
from sync_agent.model import Period

QUARTER = Period(date(2026, 10, 1), date(2026, 12, 31))
SPRINT = Period(date(2026, 10, 1), date(2026, 10, 14))
SIX_WEEKS = Period(date(2026, 10, 1), date(2026, 11, 14))


def found(period: Period, *joined: int, today: int = 80) -> tuple[int, int]:
    """The morning from which on new work is growth, counted from the first of the period, and how much that is.
    `joined` are the days on which items joined.
    """
    now: Joined = {("jira", str(n)): period.start + timedelta(days=day) for n, day in enumerate(joined)}

    def items_on(day: date) -> Joined | None:
        over = day < period.start + timedelta(days=today)
        return {key: at for key, at in now.items() if at < day} if over else None

    planned = planned_scope(period, now, items_on, period.start + timedelta(days=today))
    return (planned.since - period.start).days, len(now.keys() - planned.items)


@pytest.mark.parametrize(
    ("period", "joined", "expected"),
    [
        pytest.param(QUARTER, [-20] * 10, (14, 0), id="planned before"),
        pytest.param(QUARTER, [], (14, 0), id="no work at all"),
        pytest.param(QUARTER, [-20] * 10 + [5] * 20, (14, 0), id="planned in the first two weeks"),
        pytest.param(QUARTER, [0] * 10 + [15] * 5, (14, 5), id="planned on the first day, then growth"),
        pytest.param(QUARTER, [12] * 10 + [17] * 20, (28, 0), id="two weeks of planning from when it begins"),
        pytest.param(QUARTER, [-20] + [40] * 8, (56, 0), id="a placeholder and a plan"),
        pytest.param(QUARTER, [-20] * 4 + [40] * 24, (56, 0), id="four placeholders and a plan"),
        pytest.param(QUARTER, [-20, 40], (56, 0), id="two items are no plan that could grow"),
        pytest.param(QUARTER, [-20] * 10 + list(range(14, 54)), (14, 40), id="creep to five times as much"),
        pytest.param(QUARTER, [-20] * 4 + [60] * 4, (14, 4), id="scope that doubles"),
        pytest.param(QUARTER, [-20] * 4 + [78] * 40, (80, 0), id="a plan that is being made"),
        pytest.param(SIX_WEEKS, [-1] * 5 + [6] * 5 + [7] * 2, (7, 2), id="a week of planning in six"),
        pytest.param(SPRINT, [-1] * 5 + [0] * 2, (0, 2), id="a sprint is planned before it begins"),
        pytest.param(SPRINT, [0] * 5 + [8] * 2, (7, 2), id="a sprint that is planned on its first day"),
    ],
)
def test_growth_is_what_joins_after_the_planning(period: Period, joined: list[int], expected: tuple[int, int]) -> None:
    assert found(period, *joined) == expected
