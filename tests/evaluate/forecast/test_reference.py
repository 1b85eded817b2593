"""What is expected of goals whose teams have little history; worked out by hand."""

from datetime import date, timedelta

import pytest

from sync_agent.evaluate import evaluate
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.reference import chance_by_idleness, chance_of_slip, past_paces
from sync_agent.model import Health, SignalKind, Timebox, TimeboxKind
from tests.support.builders import NOW, cancelled, doing, done, facts, goal, item, organisation

TODAY = date(2026, 11, 24)


def test_one_fresh_item_is_as_likely_done_as_not_within_ten_days() -> None:
    assert chance_by_idleness([0], 1, 10) == pytest.approx(0.5)


def test_the_longer_an_item_has_lain_the_less_is_expected_of_it() -> None:
    chances = [chance_by_idleness([idle] * 4, 2, 30) for idle in (0, 10, 30, 90, 365)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.8
    assert chances[-1] < 0.1


def test_what_nobody_needs_is_sure_and_what_cannot_be_is_not() -> None:
    assert chance_by_idleness([5, 5], 0, 10) == 1
    assert chance_by_idleness([5, 5], 3, 10) == 0
    assert chance_by_idleness([5, 5], 1, 0) == 0
    assert chance_by_idleness([], 0, 10) == 1


def test_all_and_any_of_two_items() -> None:
    # Each is as likely done as not; their shared luck makes both or neither likelier than a quarter, equally so.
    both, one = chance_by_idleness([0, 0], 2, 10), chance_by_idleness([0, 0], 1, 10)
    assert 0.25 < both < 0.35
    assert both + one == pytest.approx(1)


def test_the_team_s_earlier_times_weigh_against_five_of_what_is_believed() -> None:
    # At one, two and three a day, ten days bring 10, 20 and 30: two of three times were too slow for 25.
    assert chance_of_slip([1, 2, 3], 25, 10, prior=0.5) == pytest.approx((2 + 2.5) / 8)
    assert chance_of_slip([], 25, 10, prior=0.2) == pytest.approx(0.2)


def test_the_pace_of_earlier_versions_counts_what_was_finished_in_their_time() -> None:
    # 2 to 13 November 2026 has ten working days.
    box = Timebox("jira", "SHOP", TimeboxKind.VERSION, "1", "1.0", start=date(2026, 11, 2), due=date(2026, 11, 13))
    running = Timebox("jira", "SHOP", TimeboxKind.VERSION, "2", "2.0", start=date(2026, 11, 2), due=TODAY)
    empty = Timebox("jira", "SHOP", TimeboxKind.VERSION, "3", "0.9", start=date(2026, 10, 2), due=date(2026, 10, 9))
    known = facts(
        *(done(f"SHOP-{n}", NOW - timedelta(days=15), versions=("1.0",)) for n in range(5)),
        done("SHOP-6", NOW - timedelta(days=5), versions=("1.0",)),  # finished too late
        cancelled("SHOP-7", NOW - timedelta(days=15), versions=("1.0",)),
        done("PLAT-1", NOW - timedelta(days=15), versions=("1.0",)),
        item("SHOP-8", versions=("2.0",)),
    )
    found = past_paces(tuple(known.histories.values()), (box, running, empty), TODAY, Calendar("UTC", None))
    assert found == [0.5]


def test_little_history_gives_a_chance_without_dates_and_says_so() -> None:
    # Half of the period is over and nobody has touched the open work for seven weeks.
    found = evaluate(organisation(goal()), facts(done("SHOP-1"), item("SHOP-2"), item("SHOP-3")), NOW)[0]
    forecast = found.forecast
    assert forecast
    assert forecast.low_evidence
    assert (forecast.p50, forecast.p85) == (None, None)
    assert forecast.on_time is not None
    assert forecast.on_time < 0.3
    fresh = (doing(f"SHOP-{n}", active=NOW - timedelta(days=1)) for n in range(2, 4))
    better = evaluate(organisation(goal()), facts(done("SHOP-1"), *fresh), NOW)[0].forecast
    assert better
    assert better.on_time is not None
    assert better.on_time > 0.5


def test_a_guess_from_little_history_is_shown_and_alarms_nobody() -> None:
    # Two of three are done where about half is expected by now; the last has lain for seven weeks.
    lain = facts(done("SHOP-1"), done("SHOP-2"), item("SHOP-3"))
    found = evaluate(organisation(goal()), lain, NOW)[0]
    assert found.forecast
    assert found.forecast.on_time is not None
    assert found.forecast.on_time < 0.4  # off track, were it a forecast
    assert found.health is Health.ON_TRACK
    assert not [signal for signal in found.signals if signal.kind is SignalKind.SLIPPING]
    assert "low evidence: " in found.reasons[0].text


def test_a_goal_behind_its_pace_with_little_history_is_not_said_to_have_no_end() -> None:
    found = evaluate(organisation(goal()), facts(done("SHOP-1"), item("SHOP-2"), item("SHOP-3")), NOW)[0]
    (slipping,) = [signal for signal in found.signals if signal.kind is SignalKind.SLIPPING]
    # 38 of the 66 working days from October to December are over.
    assert slipping.headline == "at risk, 33% done, 58% expected, due 31 Dec"
