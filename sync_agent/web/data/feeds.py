"""Changes as Atom, due dates and questions as iCalendar, and a badge as SVG."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from xml.etree.ElementTree import Element, SubElement, tostring

from sync_agent.model import GoalDay, Verdict
from sync_agent.model.asking import Ask
from sync_agent.model.printable import one_line
from sync_agent.web.pages.rows import standing_of
from sync_agent.web.present import ShownGoal

_ATOM = "http://www.w3.org/2005/Atom"
_LONGEST = 300
_COLOURS = {
    Verdict.OFF_TRACK: "#c62828",
    Verdict.AT_RISK: "#8a5d00",
    Verdict.TROUBLED: "#8a5d00",
    Verdict.UNKNOWN: "#57606a",
    Verdict.ON_TRACK: "#1a7f37",
    Verdict.DONE: "#1a7f37",
}
_LINE = 73
"""Bytes of a line of iCalendar, without the space that continues one: RFC 5545, 3.1."""


def atom(title: str, name: str, entries: Sequence[tuple[ShownGoal, GoalDay]], updated: datetime, base: str) -> bytes:
    """A feed of the days on which the verdict of a goal changed. `base` is the public address of the pages."""
    feed = Element("feed", {"xmlns": _ATOM})
    SubElement(feed, "title").text = one_line(title, _LONGEST)
    SubElement(feed, "id").text = f"urn:goal-sync-agent:{escape(name)}"
    SubElement(feed, "updated").text = updated.isoformat()
    author = SubElement(feed, "author")
    SubElement(author, "name").text = "goal-sync-agent"
    for shown, day in entries:
        goal = shown.goal
        entry = SubElement(feed, "entry")
        SubElement(entry, "title").text = one_line(f"{goal.objective}: {day.verdict.value}", _LONGEST)
        SubElement(entry, "id").text = f"urn:goal-sync-agent:{goal.id}:{day.day.isoformat()}"
        SubElement(entry, "updated").text = datetime.combine(day.day, time(), UTC).isoformat()
        if base:
            SubElement(entry, "link", {"href": f"{base.rstrip('/')}/goals/{goal.id}"})
        SubElement(entry, "summary").text = one_line(_summary(day), _LONGEST)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + tostring(feed, encoding="unicode").encode()


def _summary(day: GoalDay) -> str:
    done = "" if day.progress is None else f"{round(100 * day.progress)}% done. "
    return f"{done}{f'85% sure by {day.p85.isoformat()}.' if day.p85 else 'No forecast.'}"


def turns(days: Sequence[GoalDay]) -> list[GoalDay]:
    """The days on which the verdict of a goal changed."""
    return [
        day for before, day in zip([None, *days], days, strict=False) if not before or before.verdict != day.verdict
    ]


def calendar(name: str, found: Iterable[ShownGoal], asks: Iterable[Ask], stamp: datetime, base: str) -> str:
    """Due dates of goals and of questions as all-day events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//goal-sync-agent//EN", f"X-WR-CALNAME:{_text(name)}"]
    for each in found:
        goal = each.goal
        said = f"{standing_of(each)}. {f'85% sure by {each.day.p85.isoformat()}' if each.day.p85 else 'No forecast'}."
        where = [f"URL:{base.rstrip('/')}/goals/{goal.id}"] if base else []
        lines += _event(f"{goal.id}@goal-sync-agent", goal.period.due, f"Due: {goal.objective}", said, stamp, where)
    for ask in asks:
        day = (ask.closes - timedelta(microseconds=1)).date()
        lines += _event(f"{ask.id}@goal-sync-agent", day, f"Answer by today: {ask.kind}", "", stamp, [])
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(uid: str, day: date, title: str, said: str, stamp: datetime, more: list[str]) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}",
        f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"SUMMARY:{_text(title)}",
        *([f"DESCRIPTION:{_text(said)}"] if said else []),
        *more,
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """RFC 5545, 3.3.11."""
    plain = one_line(value, _LONGEST)
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> list[str]:
    """Lines of at most 75 bytes, never cut within a character."""
    parts, part, size = [], "", 0
    for letter in line:
        length = len(letter.encode())
        if size + length > _LINE:
            parts.append(part)
            part, size = " ", 1
        part, size = part + letter, size + length
    return [*parts, part]


def badge(each: ShownGoal) -> str:
    """How a goal stands, to show elsewhere. Word and colour say the same, so either is enough."""
    words = each.verdict.value
    width = 44 + 7 * len(words)
    colour = _COLOURS[each.verdict]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="goal: {words}">'
        f'<rect width="{width}" height="20" rx="3" fill="#3a424b"/>'
        f'<path d="M40 0h{width - 43}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3H40z" fill="{colour}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="8" y="14">goal</text><text x="46" y="14">{words}</text></g></svg>'
    )
