"""Goals that wait for another one."""

import re
from dataclasses import replace
from datetime import date, timedelta

from sync_agent.evaluate import evaluate
from sync_agent.evaluate.forecast.forecast import chance_by
from sync_agent.model import (
    Assessment,
    Facts,
    Goal,
    Health,
    KeptState,
    Period,
    Selector,
    Severity,
    Signal,
    SignalKind,
    SourceState,
)
from tests.support.builders import NOW, facts, goal, item, organisation
from tests.support.plans import BEGINNING, finished, left
from tests.support.platform import platform

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


def test_what_is_on_track_for_its_own_date_may_be_too_late_for_the_goal_that_waits() -> None:
    _, (signal,), other = waiting(left_of_both(60))
    assert other.health is Health.ON_TRACK
    assert signal.severity is Severity.ALERT
    assert re.match(
        "waits for “Checkout feels instant”, which is on track, but [0-9]+% likely to be ready by 31 Dec, P85 ",
        signal.headline,
    )


def test_what_is_merely_not_sure_to_come_in_time_is_a_notice() -> None:
    """Even odds are better than the threshold of off track, and worse than that of on track."""
    _, _, other = waiting(left_of_both(30))
    assert other.forecast
    days = (NOW.date() + timedelta(days=n) for n in range(300))
    even = next(day for day in days if chance_by(other.forecast, day) >= 0.5)
    _, (signal,), _ = waiting(left_of_both(30), due=even)
    assert signal.severity is Severity.NOTICE
    assert signal.headline.startswith("waits for “Checkout feels instant”, which is on track, but 5")


def test_what_comes_in_time_is_not_told() -> None:
    assert waiting(left_of_both(1))[1] == []


def test_one_without_an_end_in_sight_is_an_alert() -> None:
    (signal,) = waiting(left_of_both(4000))[1]
    assert signal.severity is Severity.ALERT
    assert signal.headline.endswith("0% likely to be ready by 31 Dec")


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


def test_while_it_is_unknown_what_was_off_track_gets_no_better() -> None:
    """However long that lasts; then it has to last as long as ever."""
    base = goal("base", delivers=Selector("github", repositories=("acme/shop",)))
    waits = goal("checkout", depends_on=("base",))
    down = SourceState("github", complete_at=NOW, error="401 Unauthorized", failing_since=NOW)
    jira = SourceState("jira", complete_at=NOW)
    known = facts(*finished(60), *left(2), sources={"jira": jira, "github": down})
    before = {"checkout": KeptState(Health.OFF_TRACK, better_since=NOW - timedelta(days=30))}
    found = evaluate(organisation(waits, base), known, NOW, before)[0]
    assert (found.health, found.better_since) == (Health.OFF_TRACK, NOW)
    seen = replace(base, key_results=goal().key_results)
    assert evaluate(organisation(waits, seen), known, NOW, before)[0].health is Health.ON_TRACK
