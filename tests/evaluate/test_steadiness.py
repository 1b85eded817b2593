"""What hovers at a threshold does not come and go: the band of the health, the window of the pace."""

from datetime import timedelta

import pytest

from sync_agent.evaluate import evaluate
from sync_agent.model import Assessment, Health, KeptState, Rules
from tests.support.builders import NOW, done, facts, goal, item, organisation

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
        known = {"checkout": KeptState(before, NOW - timedelta(days=14))} if before else {}
        found.append(evaluate(organisation(goal()), facts(*work), NOW, known)[0].health)
    assert tuple(found) == expected


def follow(*finished: int, of: int = 10, rules: Rules | None = None) -> list[Assessment]:
    """So many of the items are done on one day after another, from Tuesday on; each is judged after the one before."""
    here, found, before = organisation(goal(rules=rules or Rules())), [], {}
    for day, count in enumerate(finished):
        work = [done(f"SHOP-{n}") if n < count else item(f"SHOP-{n}") for n in range(of)]
        found += evaluate(here, facts(*work), NOW + timedelta(days=day), before)
        before = {"checkout": KeptState(found[-1].health, found[-1].better_since)}
    return found


def test_what_looks_better_counts_when_it_has_lasted_three_working_days() -> None:
    found = follow(3, 9, 9, 9, 9, 9, 9)  # Better on Wednesday; the third working day after it is Monday.
    assert [each.health for each in found[:6]] == [Health.AT_RISK] * 6
    assert found[6].health is Health.ON_TRACK
    assert found[1].reasons[-1].text == "looks on track since 25 Nov: counts after 3 working days"
    assert {each.better_since for each in found[1:6]} == {NOW + timedelta(days=1)}
    assert found[6].better_since is None


def test_a_goal_that_looks_bad_again_waits_anew() -> None:
    assert [each.health for each in follow(3, 9, 9, 3, 9, 9, 9, 9)] == [Health.AT_RISK] * 8


def test_what_gets_worse_or_done_is_told_at_once() -> None:
    assert [each.health for each in follow(9, 3, 0, 10)] == [
        Health.ON_TRACK, Health.AT_RISK, Health.OFF_TRACK, Health.DONE,
    ]  # fmt: skip


def test_how_long_better_must_last_is_a_rule_of_the_goal() -> None:
    found = follow(3, 9, 9, rules=Rules(better_after_working_days=1))
    assert [each.health for each in found] == [Health.AT_RISK, Health.AT_RISK, Health.ON_TRACK]
