"""Tells those who run the agent that the clock has jumped."""

from datetime import datetime, timedelta

from sync_agent.model import ClockJump
from sync_agent.render.markup.document import Document, Heading, Strong, paragraph
from sync_agent.words import say_count

_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
_GOES_ON = (
    "The agent goes on by the new time; what it noted at one that has not come yet counts as noted now. Where all "
    "trackers contradict a clock that is off by a day or more, nobody is told about goals until it is right again."
)


def clock_jumped(jump: ClockJump) -> tuple[str, Document]:
    """Says what happened, and what to check."""
    way = "ahead" if jump.by > timedelta(0) else "back"
    title = f"The clock jumped {way} by {say_span(abs(jump.by))}"
    return title, (
        paragraph(Strong(f"{title}.")),
        paragraph(f"It should have shown {_at(jump.before)} and showed {_at(jump.after)}."),
        paragraph(_GOES_ON),
        Heading("What we ask of you"),
        paragraph("See that a time server, and nothing else, sets the clock of the agent's machine."),
    )


def say_span(span: timedelta) -> str:
    """A span in the largest unit that it fills: `3 days`, `2 hours`, `1 minute`."""
    name, unit = next((each for each in _UNITS if span >= each[1]), _UNITS[-1])
    return say_count(round(span / unit), name)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
