"""Days as people write them."""

import re
from datetime import date, timedelta

from sync_agent.ask.fields.mistakes import UnreadableField, Wrong

RIGHT = "2026-12-02"
WORDS = 3
"""A day is written with at most three words: `2 Dec 2026`."""

_LONGEST = 30
_YEARS = 100
"""Nobody means a day that is further away, and arithmetic near the end of the calendar fails."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FULL = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
         "december")  # fmt: skip
_MONTH = {name: index % 12 + 1 for index, name in enumerate((*_MONTHS, *_FULL))} | {"sept": 9}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = {name[:size]: index for index, name in enumerate(_WEEKDAYS) for size in (3, 9)}
_NEAR = {"today": 0, "tomorrow": 1}
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)? ([a-z]+)(?: (\d{4}))?", re.ASCII)
_MONTH_FIRST = re.compile(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?", re.ASCII)


def read_day(text: str, today: date) -> date:
    """The day that a text means; without a year, the next such day from today. `02/12/2026` is refused, because it
    means different days in different countries. Raises Unreadable.
    """
    words = " ".join(text[: _LONGEST + 1].casefold().replace(",", " ").split()).rstrip(".;:!")
    if len(text) > _LONGEST:
        raise UnreadableField(Wrong.NOT_A_DAY, text, RIGHT)
    try:
        found = _numbers(words) or _named(words, today) or _near(words, today)
    except (ValueError, OverflowError):
        found = None
    if found is None or abs(found.year - today.year) > _YEARS:
        raise UnreadableField(Wrong.NOT_A_DAY, text, RIGHT)
    return found


def _numbers(words: str) -> date | None:
    if found := _ISO.fullmatch(words):
        return date(*map(int, found.groups()))
    if found := _DOTTED.fullmatch(words):
        day, month, year = map(int, found.groups())
        return date(year, month, day)
    return None


def _named(words: str, today: date) -> date | None:
    if found := _DAY_FIRST.fullmatch(words):
        day, name, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(words):
        name, day, year = found.groups()
    else:
        return None
    month = _MONTH.get(name)
    if month is None:
        return None
    if year:
        return date(int(year), month, int(day))
    this_year = date(today.year, month, int(day))
    return this_year if this_year >= today else date(today.year + 1, month, int(day))


def _near(words: str, today: date) -> date | None:
    if words in _NEAR:
        return today + timedelta(days=_NEAR[words])
    if words in _WEEKDAY:
        return today + timedelta(days=(_WEEKDAY[words] - today.weekday() - 1) % 7 + 1)
    return None
