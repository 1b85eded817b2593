"""Digests come on the reader's own schedule, exactly once a slot, whatever the clocks do."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

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
    assert slots("daily 02:30", "Europe/Berlin", datetime(2026, 3, 29, 0, tzinfo=UTC), 1)[1][1].startswith("2026-03-29")


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
    assert len(desk.keys(MessageKind.DIGEST)) == 3
    assert all(key.startswith("digest/ceo/2026-10-0") for key in desk.keys(MessageKind.DIGEST))
