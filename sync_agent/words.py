"""Puts numbers, days and items into words."""

from datetime import date

from sync_agent.model import Cause, CauseKind, Evidence, Period, Record, ScopeChange, Trouble, WorkItem

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TITLE = 90


def say_day(day: date, today: date) -> str:
    """Says a day as `18 Dec`, with the year if it is not this year."""
    text = f"{day.day} {_MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"


def say_due(period: Period, today: date) -> str:
    """Says the last day of a period, with its name if it has one: `31 Dec (FY27-Q2)`."""
    return f"{say_day(period.due, today)}{f' ({period.name})' if period.name else ''}"


def say_count(number: int, noun: str, plural: str | None = None) -> str:
    """Says a number of things: `1 item`, `3 items`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def say_number(value: float) -> str:
    """Says a number with three significant digits at most, or whole from 100 on, without trailing zeros."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.3g}"


def say_amount(value: float, unit: str) -> str:
    """Says a value with its unit: `1,500 ms`, `98.8%`, `3`."""
    return f"{say_number(value)}{unit}" if unit == "%" else f"{say_number(value)} {unit}".rstrip()


def say_percent(share: float) -> str:
    """Says a share (0 to 1) as `62%`."""
    return f"{round(share * 100)}%"


def say_record(record: Record) -> str:
    """Says how forecasts held: `of 41 such forecasts in the past year, 35 held`."""
    return f"of {say_count(record.tried, 'such forecast')} in the past year, {round(record.held):,} held"


def say_cause(cause: Cause) -> str:
    """Says a cause: `12 open items added since 1 Oct: 21 days of the delay`."""
    if cause.kind is CauseKind.LATE_NEED:
        return f"{cause.text}: {say_count(cause.days, 'day')} late"
    about = " at the mean pace, from little history" if cause.guess else ""
    part = "without it an end is in sight" if cause.endless else f"{say_count(cause.days, 'day')} of the delay"
    return f"{cause.text}: {part}{about}"


def say_scope(scope: ScopeChange, today: date) -> str:
    """Says how a scope changed: `24 items, 10 done; 6 added and 2 removed since 1 Oct`."""
    text = f"{say_count(scope.total, 'item')}, {scope.done:,} done"
    return f"{text}; {scope.added:,} added and {scope.removed:,} removed since {say_day(scope.since, today)}"


def say_who(item: WorkItem) -> str:
    """Names the people an item is assigned to; `nobody` if there are none."""
    return ", ".join(account.name for account in item.assignees) or "nobody"


def cite(item: WorkItem, text: str) -> Evidence:
    """Returns a fact about an item as evidence that links to it."""
    if item.untitled:
        return Evidence(text=f"{item.key}: {text}", item=item.key, url=item.url)
    title = item.title if len(item.title) <= _TITLE else f"{item.title[: _TITLE - 1]}…"
    return Evidence(text=f"{item.key} {title}: {text}", item=item.key, url=item.url)


_TROUBLES = {
    Trouble.UNAVAILABLE: "it does not answer",
    Trouble.THROTTLED: "it asks the agent to wait",
    Trouble.BARRED: "the way to it is blocked; whoever runs the agent has to open it",
    Trouble.DOUBTFUL: "it gave no clear answer",
    Trouble.UNAUTHORISED: "it does not accept the agent's login; whoever runs the agent has to renew it",
    Trouble.SECRET_MISSING: "the agent has no login for it; whoever runs the agent has to provide it",
    Trouble.FORBIDDEN: "the agent lacks a permission; whoever runs the agent has to ask for it",
    Trouble.NOT_FOUND: "what the agent looks for is not there, or hidden from it",
    Trouble.REFUSED: "it refuses what the agent asks; whoever runs the agent finds why in `sync-agent status`",
    Trouble.MALFORMED: "its answer cannot be understood; whoever runs the agent finds more in `sync-agent status`",
    Trouble.CLOCK_WRONG: "the clock is wrong by days, as the trackers say; whoever runs the agent sets it right",
    Trouble.UNEXPECTED: "the agent cannot read it; whoever runs the agent finds why in `sync-agent status`",
}


def say_trouble(trouble: Trouble | None) -> str:
    """Says, for everybody, what is wrong with another system and who can help, without repeating what that system
    said.
    """
    return _TROUBLES[trouble or Trouble.UNEXPECTED]
