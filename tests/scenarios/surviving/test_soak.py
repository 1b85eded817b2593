"""A small part of `python -m benchmarks.soak`, and that its collector notices what is wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.soak.__main__ import main
from benchmarks.soak.collector import Arrived, Expected, compare, read_mail

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
WANTED = Expected("alert", "dana@example.org", "Goal 001", MONDAY, MONDAY + DAY)
FOUND = Arrived("alert", "dana@example.org", "Goal 001", MONDAY, "<1>")
LATER = MONDAY + 9 * DAY


def test_nine_days_bring_every_message_in_its_time_and_no_other(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--days", "9", "--goals", "4"]) == 0, capsys.readouterr().out


def test_what_does_not_come_in_its_time_is_missing() -> None:
    assert compare([WANTED], [FOUND], LATER).good
    assert compare([WANTED], [], LATER).missing == (WANTED,)
    late = replace(FOUND, at=MONDAY + 2 * DAY)
    verdict = compare([WANTED], [late], LATER)
    assert (verdict.missing, verdict.unexpected) == ((WANTED,), (late,))


def test_what_may_still_come_is_not_missing() -> None:
    assert compare([WANTED], [], MONDAY).good


def test_what_comes_twice_or_to_somebody_else_was_not_expected() -> None:
    twice = replace(FOUND, identity="<2>")
    other = replace(FOUND, target="noor@example.org", identity="<3>")
    assert compare([WANTED], [FOUND, twice, other], LATER).unexpected == (twice, other)


def test_a_mail_that_comes_again_as_the_very_same_is_a_copy() -> None:
    verdict = compare([WANTED], [FOUND, replace(FOUND, at=MONDAY + 3 * DAY)], LATER)
    assert (verdict.good, verdict.copies) == (True, 1)


def test_a_subject_of_no_known_kind_is_nothing_that_is_expected() -> None:
    assert read_mail("[Goals] Goal 001 is met: blocked 3 working days", "") == ("alert", "Goal 001")
    assert read_mail("[Goals] Goal 001 is met: at risk", "") == ("[Goals] Goal 001 is met: at risk", "")
