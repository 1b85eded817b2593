"""Reads single values from other systems strictly: anything unexpected raises ValueError."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from math import nan
from typing import Any

from sync_agent.model import EARLIEST, LATEST

Raw = dict[str, Any]
"""A record as a tracker sends it."""

_SHOWN = 60
# No estimate is larger. Sums and means of such numbers stay finite.
_MOST_POINTS = 1_000_000
# The largest measurement accepted: beyond that, floating point is no longer exact.
MOST = 1e15


def moment(text: Any) -> datetime:
    """Parses an instant into UTC: `2011-10-18T21:08:15.862-0500`, `2026-11-24T08:15:00Z`, or milliseconds since 1970.

    Raises ValueError for anything else, and for times before 1970 or after 2200: no work is dated so, and arithmetic
    breaks at the ends of the calendar.
    """
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else _since_1970(text)
        if EARLIEST <= found.date() <= LATEST:
            return found.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        pass
    raise ValueError(f"found {shown(text)}, not a time between {EARLIEST.year} and {LATEST.year}")


def day(text: Any) -> date | None:
    """Parses the day that a text begins with; None for an empty value. Raises ValueError as `moment` does."""
    if text is None or text == "":
        return None
    try:
        found = date.fromisoformat(text[:10])
        if EARLIEST <= found <= LATEST:
            return found
    except (ValueError, TypeError):
        pass
    raise ValueError(f"found {shown(text)}, not a day between {EARLIEST.year} and {LATEST.year}")


def day_in(text: Any, zone: tzinfo) -> date | None:
    """The day of an instant where `zone` is; a day without a time is that day everywhere. Raises ValueError."""
    if isinstance(text, str) and len(text) > len("2026-10-05T00:00"):
        return moment(text).astimezone(zone).date()
    return day(text)


def points(value: Any) -> float | None:
    """An estimate; None where there is none. People write negative ones, too: what they mean is not decided here.
    Raises ValueError.
    """
    if value is None:
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        found = nan
    if isinstance(value, bool) or not abs(found) <= _MOST_POINTS:
        raise ValueError(f"found {shown(value)}, not a number up to {_MOST_POINTS:,}")
    return found


def mapping(value: Any) -> Mapping[str, Any]:
    """Returns an object, an empty one for null. Raises ValueError."""
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    raise ValueError(f"found {shown(value)}, not an object")


def mapping_or_empty(value: Any) -> Mapping[str, Any]:
    """Returns an object, an empty one for anything else. For describing what cannot be read."""
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[dict[str, Any]]:
    """Returns a list of objects, an empty one for null. Raises ValueError."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return value
    raise ValueError(f"found {shown(value)}, not a list of objects")


def words(value: Any) -> tuple[str, ...]:
    """Returns a list of texts, an empty one for null. Raises ValueError."""
    if value is None:
        return ()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise ValueError(f"found {shown(value)}, not a list of texts")


def text_of(value: Any) -> str:
    """Returns a text that is not empty, or a whole number as text. Raises ValueError."""
    if isinstance(value, int | str) and not isinstance(value, bool) and value != "":
        return str(value)
    raise ValueError(f"found {shown(value)}, not a name")


def said(value: Any) -> str:
    """Returns a name as it is, and anything else as `shown`."""
    return str(value) if isinstance(value, int | str) else shown(value)


def shown(value: Any) -> str:
    """Describes a value for an error: short, on one line, and quick to make however large the value is."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…")
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    return repr(value)[:_SHOWN]


def _since_1970(value: Any) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError
    return datetime.fromtimestamp(value / 1000, UTC)
