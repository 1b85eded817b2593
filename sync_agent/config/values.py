"""Values as people write them: `15m`, `2026-Q4`, `mon 09:00`."""

import calendar
import re
from datetime import date, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

import holidays
from pydantic import AfterValidator, BeforeValidator, Field

from sync_agent.config.errors import nearest

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DURATION = re.compile(r"^(\d+(?:\.\d+)?)\s*([smhdw])$")
_PERIOD = re.compile(r"^(\d{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?$", re.IGNORECASE)
_DIGEST = re.compile(r"^(daily|mon|tue|wed|thu|fri|sat|sun) (\d{1,2}:\d{2})$", re.IGNORECASE)


def duration(text: Any) -> timedelta:
    """`90s`, `15m`, `24h`, `3d`, `2w`. Raises ValueError."""
    found = _DURATION.match(str(text).strip())
    if not found or not float(found[1]):
        raise ValueError("should be a number with a unit, such as 15m, 24h or 3d")
    return timedelta(**{_UNITS[found[2]]: float(found[1])})


def period(value: Any) -> Any:
    """`2026-Q4`, `2026-H2`, `2026-10` or `2026` as a mapping of its first and last day; a mapping stays as it is."""
    if isinstance(value, dict):
        return value
    found = _PERIOD.match(str(value))
    if not found:
        raise ValueError("should be such as 2026-Q4, 2026-H2, 2026-10, 2026 or {start: 2026-10-01, due: 2026-12-18}")
    year, quarter, half, month = (int(part) if part else 0 for part in found.groups())
    first, months = (quarter * 3 - 2, 3) if quarter else (half * 6 - 5, 6) if half else (month, 1) if month else (1, 12)
    last = first + months - 1
    return {"start": date(year, first, 1), "due": date(year, last, calendar.monthrange(year, last)[1])}


def digest(text: Any) -> str | None:
    """`mon 09:00` or `daily 08:30`, normalised; None for `none`."""
    if str(text).casefold() == "none":
        return None
    found = _DIGEST.match(str(text))
    try:
        return f"{found[1].casefold()} {time.fromisoformat(found[2].zfill(5)):%H:%M}" if found else _no_digest()
    except ValueError:
        return _no_digest()


def _no_digest() -> str:
    raise ValueError("should be a weekday and a time such as mon 09:00, or daily 08:30, or none")


def zone(name: str) -> str:
    """An IANA time zone's name."""
    known = available_timezones()
    if name in known:
        return str(ZoneInfo(name))
    near = nearest(name, known)
    raise ValueError(f"unknown time zone{f'; did you mean {near!r}?' if near else ';'} write one such as Europe/Berlin")


def region(code: str) -> str:
    """A country with public holidays, or a part of one: `DE`, `DE-BY`."""
    country, _, part = code.partition("-")
    known = holidays.list_supported_countries()
    if country not in known:
        raise ValueError("unknown country; write a code such as DE, US or IN")
    if part and part not in known[country]:
        raise ValueError(f"unknown part of {country}; known: {', '.join(known[country]) or 'none'}")
    return code


def several(value: Any) -> Any:
    """One value or a list of them, as a list."""
    return value if isinstance(value, (list, tuple)) else [value]


Name = Annotated[str, Field(min_length=1)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
Names = Annotated[tuple[Name, ...], BeforeValidator(several), Field(min_length=1)]
Duration = Annotated[timedelta, BeforeValidator(duration, json_schema_input_type=str)]
Zone = Annotated[str, AfterValidator(zone)]
Region = Annotated[str, AfterValidator(region)]
Digest = Annotated[str | None, BeforeValidator(digest, json_schema_input_type=str)]
