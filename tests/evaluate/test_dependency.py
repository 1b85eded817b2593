"""Goals that wait for another one."""

from datetime import date

from sync_agent.evaluate import evaluate
from sync_agent.model import (
    Assessment,
    Facts,
    Goal,
    Health,
    Period,
    Selector,
    Severity,
    Signal,
    SignalKind,
    SourceState,
)
from tests.builders import NOW, facts, goal, item, organisation
from tests.evaluate.test_causes import platform
from tests.evaluate.test_what_if import BEGINNING, finished, left

DUE = date(2026, 12, 31)
UNHURRIED = goal(
    "base", delivers=Selector("jira", projects=("PLAT",)), period=Period(date(2026, 10, 1), date(2027, 10, 1))
)
"""The goal that is waited for has time, so that it is on track whatever is left of it."""


def waiting(known: Facts, due: date = DUE, base: Goal = UNHURRIED) -> tuple[Assessment, list[Signal], Assessment]:
    waits = goal("checkout", depends_on=("base",), period=Period(date(2026, 10, 1), due))
    found, other = evaluate(organisation(waits, base), known, NOW)
    return found, [s for s in found.signals if s.kind is SignalKind.DEPENDENCY], other


def left_of_both(open_items: int) -> Facts:
    return facts(*finished(60), *left(2), *platform(60, open_items))


def test_an_alert_needs_more_than_even_odds_that_what_is_waited_for_comes_too_late() -> None:
    _, (signal,), other = waiting(left_of_both(60))
    assert other.health is Health.ON_TRACK
    assert other.forecast
    assert other.forecast.p50
    assert other.forecast.p50 > DUE
    assert signal.severity is Severity.ALERT
    assert signal.headline.startswith(
        "waits for “Checkout feels instant”, which is on track, but probably done after 31 Dec (P50 "
    )


def test_what_is_merely_not_sure_to_come_in_time_is_a_notice() -> None:
    _, _, other = waiting(left_of_both(30))
    assert other.forecast
    assert other.forecast.p50
    assert other.forecast.p85
    between = other.forecast.p50 + (other.forecast.p85 - other.forecast.p50) / 2
    _, (signal,), _ = waiting(left_of_both(30), due=between)
    assert signal.severity is Severity.NOTICE
    assert "on track, but perhaps done after " in signal.headline


def test_what_comes_in_time_is_not_told() -> None:
    assert waiting(left_of_both(1))[1] == []


def test_one_without_an_end_in_sight_is_an_alert() -> None:
    (signal,) = waiting(left_of_both(4000))[1]
    assert signal.severity is Severity.ALERT
    assert "no end in sight" in signal.headline


def test_a_guess_from_little_history_alarms_nobody() -> None:
    known = facts(*finished(60), *left(2), *(item(f"PLAT-{n}", created=BEGINNING) for n in range(40)))
    found, signals, other = waiting(known)
    assert other.forecast
    assert other.forecast.low_evidence
    assert (signals, found.unseen) == ([], ())


def test_an_unknown_one_is_told_as_unseen() -> None:
    base = goal("base", delivers=Selector("github", repositories=("acme/shop",)))
    down = SourceState("github", complete_at=NOW, error="401 Unauthorized", failing_since=NOW)
    known = facts(*finished(60), *left(2), sources={"jira": SourceState("jira", complete_at=NOW), "github": down})
    found, signals, other = waiting(known, base=base)
    assert other.health is Health.UNKNOWN
    assert (signals, found.unseen) == ([], ("base",))
