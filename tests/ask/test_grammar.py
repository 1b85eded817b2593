"""What a command says, and what it does not."""

from datetime import UTC, datetime, timedelta

import pytest

from sync_agent.ask.texts.grammar import Misunderstood, Order, Verb, understand, until_when
from sync_agent.render.misunderstood import say_command_problem

SAID = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def order(words: str) -> Order:
    return understand(words, SAID, "Europe/Berlin")


def test_an_acknowledgement_may_name_its_end_and_its_reason() -> None:
    assert order("ack") == Order(Verb.ACK)
    assert order("ack 3d is what it takes") == Order(Verb.ACK, None, "3d is what it takes")
    # The end of 1 December in Berlin, an hour ahead of UTC.
    end = datetime(2026, 12, 1, 23, 0, tzinfo=UTC)
    assert order("ACK until 2026-12-01 waiting for legal") == Order(Verb.ACK, end, "waiting for legal")


def test_a_snooze_is_an_acknowledgement_with_an_end() -> None:
    assert order("snooze 3d after the release") == Order(Verb.SNOOZE, SAID + timedelta(days=3), "after the release")
    assert order("snooze until 2026-12-01").until == datetime(2026, 12, 1, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("3d", SAID + timedelta(days=3)),
        ("36h", SAID + timedelta(hours=36)),
        ("2026-12-01", datetime(2026, 12, 1, 23, 0, tzinfo=UTC)),
    ],
)
def test_an_end_is_a_time_or_a_day(text: str, end: datetime) -> None:
    assert until_when(text, SAID, "Europe/Berlin") == end


@pytest.mark.parametrize(
    ("text", "hint"), [("soon", "write 2026-12-01, 3d"), ("2020-01-01", "is over"), ("0d", "is over")]
)
def test_an_end_that_is_none_says_what_would_be_right(text: str, hint: str) -> None:
    with pytest.raises(Misunderstood) as found:
        until_when(text, SAID, "Europe/Berlin")
    assert hint in say_command_problem(found.value.problem, found.value.said)


def test_a_silence_lasts_for_a_time_or_until_the_end_of_a_day() -> None:
    assert order("silence 3d moving house") == Order(Verb.SILENCE, SAID + timedelta(days=3), "moving house")
    assert order("silence for 36h moving") == Order(Verb.SILENCE, SAID + timedelta(hours=36), "moving")
    assert order("silence until 2026-11-30 moving").until == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    assert order("silence end") == Order(Verb.END_SILENCE)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ("akc", "there is no such command"),
        ("silence", "say how long"),
        ("snooze", "say how long"),
        ("silence 3d", "needs a reason"),
        ("silence 60w much too long", "a year at most"),
        ("silence until tomorrow moving", "write until 2026-12-01"),
        ("ack until 9999-12-31 never", "write until 2026-12-01"),
    ],
)
def test_what_cannot_be_obeyed_says_what_would_be_right(words: str, hint: str) -> None:
    with pytest.raises(Misunderstood) as found:
        order(words)
    assert hint in say_command_problem(found.value.problem, found.value.said)
