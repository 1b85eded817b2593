"""What those who run the agent are told."""

from datetime import datetime
from shlex import quote

from sync_agent.model import Notice, Organisation, Person, ReasonKind, is_kpi_source, is_setting
from sync_agent.render import phrases
from sync_agent.render.clock import clock_jumped
from sync_agent.render.failures import left_out, stopped, undelivered, unreachable
from sync_agent.render.markup.document import Command, Document, Heading, Strong, bullets, paragraph
from sync_agent.words import say_count


def operations(notice: Notice, organisation: Organisation, now: datetime) -> tuple[str, Document]:
    """Tells of undelivered messages, unusable answers, a jump of the clock, an agent that has stopped, or a source that
    is down or back.
    """
    if notice.undelivered:
        return undelivered(notice.undelivered)
    if notice.jump:
        return clock_jumped(notice.jump)
    if notice.unreachable:
        return unreachable(notice.unreachable[0])
    if notice.stopped:
        return stopped(notice.stopped)
    if notice.left_out:
        return left_out(notice.left_out)
    if notice.reason.kind is ReasonKind.TRIAL:
        return _TRIAL
    return (_back if notice.alerts[0].resolved_at else _down)(notice, organisation, now)


_TRIAL: tuple[str, Document] = (
    "A mail to try whether mails arrive",
    (
        paragraph(Strong("This mail is all there is: nothing is asked of you.")),
        paragraph("Whoever runs the agent wanted to see whether its mails reach you. They do."),
    ),
)


def _back(notice: Notice, organisation: Organisation, now: datetime) -> tuple[str, Document]:
    first = notice.alerts[0]
    setting = is_setting(first.subject)
    back, done = ("is there again", "sent") if setting else ("can be read again", "read")
    title = f"{first.subject} {back} {phrases.lasted(first, organisation, now)}"
    return title, (
        paragraph(Strong(f"{title}.")),
        paragraph(f"There is nothing to do: what was missed meanwhile has been {done}."),
    )


def _down(notice: Notice, organisation: Organisation, now: datetime) -> tuple[str, Document]:
    first = notice.alerts[0]
    goals = bullets([goal.objective] for goal, _ in notice.goals)
    count = say_count(len(notice.goals), "goal")
    still = "Still open: " if notice.reason.kind is ReasonKind.SOURCE_STILL else ""
    title = f"{still}{first.signal.headline}{f', {count} unknown' if goals else ''}"
    since = phrases.at(first.signal.since or first.first_seen, organisation.timezone, today=now)
    them = "it" if len(notice.goals) == 1 else "them"
    meaning = (
        f"Until it can be read, {count} cannot be judged, and nobody is told anything new about {them}."
        if goals
        else _without_goals(first.subject)
    )
    return title, (
        paragraph(Strong(f"{first.signal.headline}. It began on {since}.")),
        *phrases.evidence(first.signal.evidence),
        Heading("What it means"),
        paragraph(meaning),
        *goals,
        Heading("What we ask of you"),
        paragraph("Put right what the error names, then check with ", Command("sync-agent validate --online"), "."),
        paragraph("Once somebody is on it, end the reminders with ", Strong(_ack(first.subject, notice.person)), "."),
        paragraph("The agent catches up on its own, and mails you once more when the source can be read again."),
    )


def _ack(source: str, reader: Person | None) -> str:
    """Returns the command as it is typed."""
    return f"sync-agent ack {quote(source)} --by {reader.id if reader else 'PERSON'}"


def _without_goals(source: str) -> str:
    if is_setting(source):
        return "What needs it waits. Everything else goes on."
    if is_kpi_source(source):
        return "It never had a value: its goal is judged without it, if it can be."
    return "No goal is unknown because of it."
