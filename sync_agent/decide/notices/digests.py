"""When a person's digest is due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sync_agent.model import Person

_DAILY = "daily"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# For this long a late digest is worth reading: an agent that was down at the slot sends it when it is back. A daily
# one that is later than this is closer to the next, and two in a row would say the same. A weekly one comes within its
# week, once its reader is at work; on the day itself it comes at any hour, because they chose that.
_LATE = timedelta(hours=24)
_LATE_AT_WORK = timedelta(days=6, hours=12)
_LATE_DAILY = timedelta(hours=12)
# The least time between two digests. A clock that was set back meets slots again, and some that it had never met.
_APART = timedelta(hours=10)


def is_daily(schedule: str) -> bool:
    """Whether a schedule has a slot on every day."""
    return schedule.partition(" ")[0] == _DAILY


def next_slot(schedule: str, timezone: str, now: datetime) -> datetime:
    """Returns when the next slot of a schedule begins (UTC)."""
    day, _, clock = schedule.partition(" ")
    at, zone = time.fromisoformat(clock), ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    ahead = (today + timedelta(days=n) for n in range(9))
    starts = (datetime.combine(d, at, zone).astimezone(UTC) for d in ahead if day in (_DAILY, _DAYS[d.weekday()]))
    return next(start for start in starts if start > now)


def due_slot(
    schedule: str, timezone: str, now: datetime, told: datetime | None = None, *, at_work: bool = False
) -> str | None:
    """The newest slot of `mon 09:00` or `daily 08:30` that has begun and is not too old: `2026-11-23T0900`.

    The schedule is in the person's own time zone (IANA name). Each day has one such instant at most, so a slot in an
    hour that a clock change skips or repeats comes once. `told` is when the person last got a digest,
    and `at_work` whether they are now.
    """
    day, _, clock = schedule.partition(" ")
    at = time.fromisoformat(clock)
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    for back in range(8):
        date = today - timedelta(days=back)
        begun = datetime.combine(date, at, zone).astimezone(UTC)
        if begun <= now and day in (_DAILY, _DAYS[date.weekday()]):
            weekly = _LATE_AT_WORK if at_work else _LATE
            late = now - begun > (_LATE_DAILY if day == _DAILY else weekly)
            again = told is not None and begun - told < _APART
            return None if late or again else f"{date.isoformat()}T{at:%H%M}"
    return None


def span_of(slot: str, person: Person) -> tuple[datetime, datetime]:
    """The time that a digest covers: from the slot before `2026-11-23T0900` to that one (UTC), by the person's
    schedule.
    """
    day, _, clock = slot.partition("T")
    local = datetime.combine(date.fromisoformat(day), time.fromisoformat(f"{clock[:2]}:{clock[2:]}"))
    zone, step = ZoneInfo(person.timezone), timedelta(days=1 if person.digest and is_daily(person.digest) else 7)
    begun, before = (each.replace(tzinfo=zone).astimezone(UTC) for each in (local, local - step))
    return before, begun
