"""Digests come on the reader's own schedule, exactly once a slot, whatever the clocks do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.decide.notices.digests import due_slot
from sync_agent.model import MessageKind, Notice, Person, Role
from tests.support.deciding import DANA, NOOR, START, Desk, goal, judged, of_kind, organisation

HOUR = timedelta(hours=1)
ZONES = ["Europe/Berlin", "America/New_York", "Asia/Amman", "Australia/Lord_Howe", "UTC"]
CEO = Person("ceo", "CEO office", Role.SENIOR_LEADER, "ceo@example.org", digest="daily 09:00")


def slots(schedule: str, zone: str, start: datetime, days: int, step: timedelta = HOUR) -> list[tuple[datetime, str]]:
    """Each new slot with the moment at which it was first due."""
    seen: dict[str, datetime] = {}
    for number in range(int(timedelta(days=days) / step)):
        now = start + number * step
        slot = due_slot(schedule, zone, now)
        if slot:
            seen.setdefault(slot, now)
    return [(moment, slot) for slot, moment in seen.items()]


# Amman still changed its clocks in 2022, at midnight; the hours that Berlin and New York skip and repeat are 1 to 3.
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("clock", ["00:00", "00:30", "01:30", "02:00", "02:30", "09:00", "23:30"])
def test_a_daily_digest_comes_once_a_local_day_for_a_year(zone: str, clock: str) -> None:
    start = datetime(2022, 1, 1, 0, 0, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    found = slots(f"daily {clock}", zone, start + HOUR, 364)
    days = Counter(slot.split("T")[0] for _, slot in found)
    assert set(days.values()) == {1}
    assert {f"{start.astimezone(ZoneInfo(zone)).date() + timedelta(days=n)}" for n in range(1, 363)} <= set(days)
    assert [moment for moment, _ in found] == sorted(moment for moment, _ in found)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("schedule", ["mon 09:00", "sun 02:30", "fri 00:00", "sun 01:30"])
def test_a_weekly_digest_comes_once_a_week_for_a_year(zone: str, schedule: str) -> None:
    found = slots(schedule, zone, datetime(2022, 1, 3, 12, tzinfo=UTC), 364)
    gaps = [later - earlier for (earlier, _), (later, _) in pairwise(found[1:])]
    assert 51 <= len(found) <= 53
    assert all(timedelta(days=7) - 2 * HOUR <= gap <= timedelta(days=7) + 2 * HOUR for gap in gaps)


def test_a_digest_in_the_hour_that_is_skipped_comes_that_day() -> None:
    ((_, slot),) = slots("daily 02:30", "Europe/Berlin", datetime(2026, 3, 29, 0, tzinfo=UTC), 1)
    assert slot.startswith("2026-03-29")


def test_the_schedule_is_in_the_reader_s_time_zone() -> None:
    amman = slots("mon 09:00", "Asia/Amman", datetime(2026, 11, 23, 0, tzinfo=UTC), 1)
    assert amman[0][0] == datetime(2026, 11, 23, 6, tzinfo=UTC)


def test_a_slot_is_due_for_a_day_so_that_a_restart_still_sends_it() -> None:
    begun = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert due_slot("mon 09:00", "UTC", begun - timedelta(seconds=1)) is None
    first = due_slot("mon 09:00", "UTC", begun)
    assert first
    assert due_slot("mon 09:00", "UTC", begun + 24 * HOUR) == first
    assert due_slot("mon 09:00", "UTC", begun + 25 * HOUR) is None


def digests(person: Person, *goals: str, owner: str = "dana", stakeholders: tuple[str, ...] = ()) -> list[Notice]:
    desk = Desk(organisation(*(goal(g, owner=owner, stakeholders=stakeholders) for g in goals), people=(person, DANA)))
    desk.now = START
    return of_kind(desk.cycle(*(judged(g) for g in goals)).notices, MessageKind.DIGEST)


def test_a_reader_gets_the_goals_they_own_or_have_a_stake_in() -> None:
    reader = replace(NOOR, digest="daily 09:00")
    desk = Desk(
        organisation(
            goal("mine", owner="noor"), goal("theirs"), goal("shared", stakeholders=("noor",)), people=(reader, DANA)
        )
    )
    (notice,) = of_kind(desk.cycle(*(judged(g) for g in ("mine", "theirs", "shared"))).notices, MessageKind.DIGEST)
    assert [g.id for g, _ in notice.goals] == ["mine", "shared"]
    assert notice.person == reader


def test_a_senior_leader_without_goals_sees_all() -> None:
    (notice,) = digests(CEO, "fast", "base")
    assert [g.id for g, _ in notice.goals] == ["fast", "base"]


def test_a_senior_leader_with_goals_sees_those() -> None:
    desk = Desk(organisation(goal("fast", stakeholders=("ceo",)), goal("base"), people=(CEO, DANA)))
    (notice,) = of_kind(desk.cycle(judged("fast"), judged("base")).notices, MessageKind.DIGEST)
    assert [g.id for g, _ in notice.goals] == ["fast"]


@pytest.mark.parametrize(
    "reader",
    [
        replace(CEO, digest=None),
        replace(CEO, email=None),
        replace(CEO, role=Role.BUSINESS_PARTNER),
    ],
    ids=["no schedule", "no address", "no goals"],
)
def test_others_get_none(reader: Person) -> None:
    assert not digests(reader, "fast")


def test_a_slot_is_sent_once_however_many_cycles_it_spans() -> None:
    desk = Desk(organisation(goal(), people=(CEO, DANA)), now=datetime(2026, 10, 7, 8, 30, tzinfo=UTC))
    for _ in range(4 * 48):
        desk.cycle(judged("fast"))
    assert desk.keys(MessageKind.DIGEST) == ["digest/ceo/2026-10-07T0900", "digest/ceo/2026-10-08T0900"]


def test_a_daily_digest_is_not_sent_late_when_the_next_is_nearer() -> None:
    begun = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert due_slot("daily 09:00", "UTC", begun + 12 * HOUR) == "2026-11-23T0900"
    assert due_slot("daily 09:00", "UTC", begun + 13 * HOUR) is None


def test_a_slot_that_began_before_the_last_digest_or_soon_after_is_not_due() -> None:
    begun = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert due_slot("mon 09:00", "UTC", begun + HOUR, told=begun - 11 * HOUR), (
        "the latest that one of the day before is"
    )
    assert due_slot("mon 09:00", "UTC", begun + HOUR, told=begun - HOUR) is None
    assert due_slot("mon 09:00", "UTC", begun + HOUR, told=begun + HOUR) is None
    assert due_slot("daily 08:30", "UTC", begun + HOUR, told=begun) is None, "nor is one of another schedule"


DAYS = 6


def received(offsets: Sequence[timedelta], start: datetime) -> list[tuple[datetime, str]]:
    """The digests of some days of hourly cycles, with the true times, when the clock is wrong by so much in each."""
    desk = Desk(organisation(goal(), people=(CEO, DANA)))
    found: list[tuple[datetime, str]] = []
    for number, offset in enumerate(offsets):
        true = start + number * HOUR
        desk.now = true + offset
        desk.digested.update({who: min(at, desk.now) for who, at in desk.digested.items()})  # As a cycle does.
        desk.memory = replace(desk.memory, digested=desk.digested)
        before = len(desk.keys(MessageKind.DIGEST))
        desk.cycle(judged("fast"))
        found += ((true, key) for key in desk.keys(MessageKind.DIGEST)[before:])
    return found


@given(
    st.integers(0, 23),
    st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30), st.integers(1, 23)), max_size=3),
)
@settings(max_examples=100, deadline=None)
def test_a_clock_that_is_set_back_and_right_again_brings_no_digest_twice(
    hour: int, jumps: list[tuple[int, int, int]]
) -> None:
    offsets = [timedelta()] * (DAYS * 24)
    for begins, lasts, by in jumps:
        offsets[begins : begins + lasts] = [-by * HOUR] * len(offsets[begins : begins + lasts])
    found = received(offsets, datetime(2026, 10, 7, hour, 30, tzinfo=UTC))
    keys = [key for _, key in found]
    assert keys == sorted(set(keys)), "each slot once, and none before one that was told"


@pytest.mark.parametrize("by", [n * sign * HOUR for n in (2, 25, 26, 72, 73, 24 * 365) for sign in (1, -1)])
def test_after_a_clock_that_was_wrong_for_two_hours_digests_come_as_before(by: timedelta) -> None:
    start = datetime(2026, 10, 7, 8, 30, tzinfo=UTC)
    offsets = [timedelta()] * (DAYS * 24)
    right = received(offsets, start)
    offsets[2:4] = [
        by
    ] * 2  # After the first digest; set back by 26 or 73 hours, it is once more nine while it is wrong.
    found = received(offsets, start)
    ahead = by > 24 * HOUR
    assert [true for true, _ in found] == [true for true, _ in right] or ahead, "not one digest more, later or earlier"
    assert len({key for _, key in found}) == len(found) <= len(right) + ahead
