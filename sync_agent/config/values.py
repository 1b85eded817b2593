"""Parses values as people write them: `15m`, `2026-Q4`, `mon 09:00`."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

import holidays
from pydantic import AfterValidator, BeforeValidator, Field

from sync_agent.config.errors import listed, nearest
from sync_agent.model import EARLIEST, LATEST, Hours

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"^(\d{1,9}(?:\.\d{1,9})?)\s*([smhdw])$", re.ASCII)
_NONE = re.compile(r"^0{1,9}[smhdw]$", re.ASCII)
_LONGEST = timedelta(days=3660)
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$", re.ASCII)
_PERIOD = re.compile(r"^([1-9]\d{3})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?$", re.IGNORECASE | re.ASCII)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = re.compile(
    r"^(?:(?P<days>[a-z]{3}(?:[-,][a-z]{3}){0,9}) )?"
    r"(?P<begins>\d{1,2}(?::\d{2})?) ?- ?(?P<ends>\d{1,2}(?::\d{2})?)$",
    re.ASCII,
)
_DIGEST = re.compile(r"^(daily|mon|tue|wed|thu|fri|sat|sun) (\d{1,2}:\d{2})$", re.IGNORECASE | re.ASCII)


def duration(text: Any) -> timedelta:
    """Parses a duration such as `90s`, `15m`, `24h`, `3d` or `2w`, at most ten years. Raises ValueError."""
    found = _DURATION.match(str(text).strip())
    span = timedelta(**{_UNITS[found[2]]: float(found[1])}) if found else timedelta()
    if found and not span:
        raise ValueError("should be longer than nothing, such as 15m, 24h or 3d; leave it out for the default")
    if not timedelta() < span <= _LONGEST:
        raise ValueError("should be a number with a unit, such as 15m, 24h or 3d")
    return span


def duration_or_none(text: Any) -> timedelta:
    """The same, or `0d`: at once. Raises ValueError."""
    return timedelta() if _NONE.match(str(text).strip()) else duration(text)


def whole_days(span: timedelta) -> timedelta:
    """Checks that a duration is a whole number of days. Raises ValueError."""
    if span % timedelta(days=1):
        raise ValueError("should be whole days, such as 14d or 2w")
    return span


def day(text: Any) -> date:
    """Parses a day such as `2026-12-18`. Raises ValueError."""
    try:
        found = date.fromisoformat(text if _DAY.match(str(text)) else "")
    except ValueError:
        raise ValueError("should be a day such as 2026-12-18") from None
    if not EARLIEST <= found <= LATEST:
        raise ValueError(f"should be a day from {EARLIEST} to {LATEST}")
    return found


def period(value: Any) -> Any:
    """Returns the first and last day of `2026-Q4`, `2026-H2`, `2026-10` or `2026` as a mapping; a mapping stays as it
    is.

    Raises ValueError.
    """
    if isinstance(value, dict):
        return value
    found = _PERIOD.match(str(value))
    if not found:
        raise ValueError("should be such as 2026-Q4, 2026-H2, 2026-10, 2026 or {start: 2026-10-01, due: 2026-12-18}")
    if not EARLIEST.year <= int(found[1]) <= LATEST.year:
        raise ValueError(f"should be a period from {EARLIEST.year} to {LATEST.year}")
    year, quarter, half, month = (int(part) if part else 0 for part in found.groups())
    first, months = (quarter * 3 - 2, 3) if quarter else (half * 6 - 5, 6) if half else (month, 1) if month else (1, 12)
    last = first + months - 1
    end = date(year, last, calendar.monthrange(year, last)[1])
    return {"start": date(year, first, 1).isoformat(), "due": end.isoformat()}


def digest(text: Any) -> str | None:
    """Normalises a schedule such as `mon 09:00` or `daily 08:30`; None for `none`. Raises ValueError."""
    if text is None or str(text).casefold() == "none":
        return None
    found = _DIGEST.match(str(text))
    try:
        return f"{found[1].casefold()} {time.fromisoformat(found[2].zfill(5)):%H:%M}" if found else _no_digest()
    except ValueError:
        return _no_digest()


def _no_digest() -> str:
    raise ValueError("should be a weekday and a time such as mon 09:00, or daily 08:30, or none")


def week(value: Any) -> frozenset[int]:
    """Parses the days of a week: `sun-thu`, `mon, tue, wed` or a list of them; 0 is Monday. Raises ValueError."""
    if isinstance(value, frozenset):
        return value
    parts = value if isinstance(value, list) else [value]
    try:
        found = frozenset(day for part in parts for day in _days("".join(str(part).casefold().split())))
    except ValueError:
        found = frozenset()
    if not found:
        raise ValueError("should be days such as sun-thu or [mon, tue, wed, thu]")
    return found


def hours(text: Any) -> Hours | None:
    """Parses working hours such as `9-17`, `08:30-16:30`, `sun-thu 8-16` or `mon,wed 9-13`; None for `always`.

    Raises ValueError.
    """
    if isinstance(text, Hours):
        return text
    said = " ".join(str(text).casefold().split())
    if said == "always":
        return None
    found = _HOURS.match(said)
    try:
        days = frozenset(_days(found["days"])) if found and found["days"] else Hours().days
        begins, ends = (_clock(found[name]) for name in ("begins", "ends")) if found else (time(), time())
    except ValueError:
        begins = ends = time()
    if begins >= ends:
        raise ValueError("should be such as 9-17, 08:30-16:30, sun-thu 8-16, or always")
    return Hours(begins, ends, days)


def _clock(text: str) -> time:
    hour, _, minute = text.partition(":")
    return time(int(hour), int(minute or 0))


def _days(text: str) -> Iterator[int]:
    """Yields weekdays, Monday being 0. A range such as `sun-thu` may wrap around the end of the week."""
    for part in text.split(","):
        first, _, last = part.partition("-")
        begin, end = _weekday(first), _weekday(last or first)
        yield from ((begin + more) % 7 for more in range((end - begin) % 7 + 1))


def _weekday(name: str) -> int:
    """The number of a day by its name or its first letters, three at least. Raises ValueError."""
    found = next((n for n, day in enumerate(_WEEKDAYS) if len(name) > 2 and day.startswith(name)), None)
    if found is None:
        raise ValueError(f"{name!r} is no weekday")
    return found


def zone(name: str) -> str:
    """Checks the name of an IANA time zone. Raises ValueError."""
    known = available_timezones()
    if name in known:
        return str(ZoneInfo(name))
    near = nearest(name, known)
    hint = f"did you mean '{near}'?" if near else "write one such as Europe/Berlin"
    raise ValueError(f"unknown time zone; {hint}")


def region(code: str) -> str:
    """Checks the code of a country or region with public holidays: `DE`, `DE-BY`. Raises ValueError."""
    country, _, part = code.partition("-")
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        near = nearest(country, known)
        hint = f"did you mean '{near}'?" if near else "write a code such as DE, US or IN"
        raise ValueError(f"unknown country; {hint}")
    if "-" in code and part not in known[country]:
        near = nearest(part, known[country])
        hint = f"did you mean '{country}-{near}'? " if near else ""
        raise ValueError(f"unknown part of {country}; {hint}{listed(known[country])}")
    return code


def several(value: Any) -> Any:
    """Wraps a single value in a list; a list stays as it is."""
    return value if isinstance(value, (list, tuple)) else [value]


Name = Annotated[str, Field(min_length=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
_Listed = Annotated[tuple[Name, ...], Field(min_length=1)]
Names = Annotated[_Listed, BeforeValidator(several, json_schema_input_type=Name | _Listed)]
Duration = Annotated[timedelta, BeforeValidator(duration, json_schema_input_type=str)]
DurationOrNone = Annotated[timedelta, BeforeValidator(duration_or_none, json_schema_input_type=str)]
NamesOrNone = Annotated[tuple[Name, ...], BeforeValidator(several, json_schema_input_type=Name | tuple[Name, ...])]
WholeDays = Annotated[Duration, AfterValidator(whole_days)]
WrittenDay = Annotated[date, BeforeValidator(day, json_schema_input_type=date)]
Zone = Annotated[str, AfterValidator(zone)]
Region = Annotated[str, AfterValidator(region)]
Digest = Annotated[str | None, BeforeValidator(digest, json_schema_input_type=str | None)]
WorkingWeek = Annotated[frozenset[int], BeforeValidator(week, json_schema_input_type=str | list[str])]
WorkingHours = Annotated[Hours | None, BeforeValidator(hours, json_schema_input_type=str)]
