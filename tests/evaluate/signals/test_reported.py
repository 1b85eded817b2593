"""What people report beside what the trackers show, and dates that do not fit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sync_agent.evaluate import evaluate
from sync_agent.model import (
    CheckIn,
    Facts,
    Goal,
    Period,
    Rules,
    Selector,
    Severity,
    Signal,
    SignalKind,
    Timebox,
    TimeboxKind,
    WorkItem,
)
from tests.support.builders import NOW, done, facts, goal, item, organisation

TODAY = NOW.date()
BEHIND = facts(done("SHOP-1"), *(item(f"SHOP-{n}") for n in range(2, 10)))  # off track: 11% done, 58% expected
AHEAD = facts(*(done(f"SHOP-{n}") for n in range(1, 9)), item("SHOP-9"))  # on track


def said(confidence: float, days_ago: int = 1, text: str = "", by: str = "dana") -> CheckIn:
    return CheckIn(TODAY - timedelta(days=days_ago), by, confidence, text)


def found(known: Facts, kind: SignalKind, **fields: object) -> list[Signal]:
    judged: Goal = goal(**fields)  # type: ignore[arg-type]
    return [s for s in evaluate(organisation(judged), known, NOW)[0].signals if s.kind is kind]


def test_a_report_that_is_rosier_than_the_evidence_is_shown_beside_it() -> None:
    (signal,) = found(BEHIND, SignalKind.REPORTED, check_ins=(said(0.9, text="the vendor delivers next week"),))
    assert signal.headline == "Dana Reyes was 90% confident on 23 Nov, the evidence says off track"
    assert signal.evidence[0].text == "Dana Reyes was 90% confident on 23 Nov: the vendor delivers next week"
    assert signal.severity is Severity.NOTICE


def test_a_worry_that_no_item_shows_is_heard() -> None:
    (signal,) = found(AHEAD, SignalKind.REPORTED, check_ins=(said(0.3),))
    assert signal.headline == "Dana Reyes was 30% confident on 23 Nov, the evidence says on track"
    assert signal.questions == ("Which worry is it that no item shows yet, and who should hear of it?",)


@pytest.mark.parametrize(
    ("known", "check_ins"),
    [
        (BEHIND, (said(0.1),)),
        (AHEAD, (said(0.7),)),
        (BEHIND, (said(0.9, days_ago=15),)),
        (BEHIND, (said(0.9, days_ago=-1),)),
        (BEHIND, (said(0.9, days_ago=5), said(0.2))),
        (BEHIND, ()),
    ],
    ids=["the same, bad", "the same, good", "too old", "of tomorrow", "corrected since", "none"],
)
def test_a_report_that_agrees_or_does_not_count_needs_no_word(known: Facts, check_ins: tuple[CheckIn, ...]) -> None:
    assert not found(known, SignalKind.REPORTED, check_ins=check_ins)


@pytest.mark.parametrize(("days_ago", "told"), [(7, False), (11, False), (12, True)])
def test_a_check_in_is_overdue_after_the_agreed_days_and_two_of_grace(days_ago: int, *, told: bool) -> None:
    weekly = Rules(check_in_days=7)
    signals = found(AHEAD, SignalKind.CHECK_IN, rules=weekly, check_ins=(said(0.9, days_ago),))
    assert [s.headline for s in signals] == ["check-in overdue: last check-in 12 Nov"] * told


def test_without_any_check_in_the_start_counts() -> None:
    (signal,) = found(AHEAD, SignalKind.CHECK_IN, rules=Rules(check_in_days=30))
    assert signal.headline == "check-in overdue: no check-in since it began 1 Oct"


def test_nobody_is_asked_for_check_ins_unless_agreed_or_out_of_time() -> None:
    assert not found(AHEAD, SignalKind.CHECK_IN)
    over = Period(date(2026, 7, 1), date(2026, 9, 30))
    assert not found(AHEAD, SignalKind.CHECK_IN, rules=Rules(check_in_days=7), period=over)


def version(name: str = "2026.4", due: date | None = None, **fields: object) -> Timebox:
    return replace(Timebox("jira", "SHOP", TimeboxKind.VERSION, name, name, due=due), **fields)  # type: ignore[arg-type]


def in_version(box: Timebox, kind: SignalKind, *items: WorkItem) -> list[Signal]:
    chosen = Selector("jira", projects=("SHOP",), versions=("2026.4",))
    work = (item("SHOP-1", versions=("2026.4",)), *items)
    return found(facts(*work, timeboxes=(box,)), kind, delivers=chosen)


def test_a_version_that_the_goal_is_made_of_needs_a_due_date() -> None:
    (signal,) = in_version(version(), SignalKind.NO_DUE_DATE)
    assert signal.headline == "version “2026.4” in SHOP has no due date"
    assert not in_version(version(due=date(2026, 12, 1)), SignalKind.NO_DUE_DATE)


@pytest.mark.parametrize(
    "box", [version("2027.1"), version(closed=True), version(container="PLAT")], ids=["other", "closed", "elsewhere"]
)
def test_versions_that_are_not_the_goals_do_not_matter(box: Timebox) -> None:
    assert not in_version(box, SignalKind.NO_DUE_DATE)


def test_dates_after_the_goal_is_due_are_told_together() -> None:
    late = item("SHOP-2", versions=("2026.4",), due=date(2027, 1, 8))
    finished = done("SHOP-3", versions=("2026.4",), due=date(2027, 1, 8))
    (signal,) = in_version(version(due=date(2027, 1, 15)), SignalKind.DUE_LATER, late, finished)
    assert signal.headline == "2 dates in the trackers lie after the goal is due (31 Dec)"
    assert [e.text for e in signal.evidence] == [
        "version “2026.4” in SHOP is due 15 Jan 2027",
        "SHOP-2 Title of SHOP-2: due 8 Jan 2027",
    ]


def test_dates_until_the_goal_is_due_fit() -> None:
    fits = item("SHOP-2", versions=("2026.4",), due=date(2026, 12, 31))
    assert not in_version(version(due=date(2026, 12, 31)), SignalKind.DUE_LATER, fits)
