"""What those who run the agent are told when its clock has jumped."""

from datetime import datetime, timedelta

from sync_agent.decide.addressing import Options
from sync_agent.evaluate.words import say_count
from sync_agent.model import Message, Organisation
from sync_agent.render.document import Heading, Strong, paragraph
from sync_agent.render.operations import News, to_operators

REASON = "the clock of the agent's machine jumped"
_UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
_GOES_ON = (
    "The agent goes on by the new time; what it noted at one that has not come yet counts as noted now. Where all "
    "trackers contradict a clock that is off by a day or more, nobody is told about goals until it is right again."
)


def clock_jumped(
    before: datetime, after: datetime, organisation: Organisation, options: Options
) -> tuple[Message, ...]:
    """The clock should have shown `before` and showed `after` (aware UTC). Told once a day in each direction."""
    by = after - before
    way = "ahead" if by > timedelta(0) else "back"
    title = f"The clock jumped {way} by {say_span(abs(by))}"
    document = (
        paragraph(Strong(f"{title}.")),
        paragraph(f"It should have shown {_at(before)} and showed {_at(after)}."),
        paragraph(_GOES_ON),
        Heading("What we ask of you"),
        paragraph("See that a time server, and nothing else, sets the clock of the agent's machine."),
    )
    news = News(f"operations/clock/{after:%Y-%m-%d}/{way}", "operations/clock", REASON, title, document)
    return to_operators(news, organisation, options, organisation.goals)


def say_span(span: timedelta) -> str:
    """`3 days`, `2 hours`, `1 minute`: in the largest unit that it fills."""
    name, unit = next((each for each in _UNITS if span >= each[1]), _UNITS[-1])
    return say_count(round(span / unit), name)


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
