"""Puts reasons into words: for footers, for `plan` and `explain`, and for the log."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sync_agent.model import EMAIL, Audience, Place, Reason, ReasonKind
from sync_agent.render.misunderstood import say_command_problem

_WORDS: Mapping[ReasonKind, str] = {
    ReasonKind.STATUS: "how the goal stands",
    ReasonKind.LABELS: "how the goals stand",
    ReasonKind.FIRST: "it was there when the goal was first judged",
    ReasonKind.BLOCKED: "work has been blocked longer than the goal allows",
    ReasonKind.HELD: "it showed in several checks in a row",
    ReasonKind.WORSE: "it got worse",
    ReasonKind.UNSTABLE: "it comes and goes; from now on only the digest tells of it",
    ReasonKind.LATE: "it was held back at first and is still open",
    ReasonKind.REMINDER: "it is still open, and nobody has acknowledged it",
    ReasonKind.ESCALATION: "it is still open, and you are the next to be asked",
    ReasonKind.RESOLVED: "it is over",
    ReasonKind.DONE: "the goal is reached",
    ReasonKind.CAN_HELP: "you can help to resolve it",
    ReasonKind.DIGEST: "your digest is due",
    ReasonKind.ASKED: "something is asked of you, or was answered to you",
    ReasonKind.GATHERED: "more came than your daily limit of mails",
    ReasonKind.SOURCE_DOWN: "a source cannot be read",
    ReasonKind.SOURCE_BACK: "a source can be read again",
    ReasonKind.SOURCE_STILL: "a source still cannot be read",
    ReasonKind.SOURCE_UNSTABLE: "a source comes and goes; from now on the status page and the metrics tell of it",
    ReasonKind.SILENCE_ENDS: "a silence that you asked for ends within a day",
    ReasonKind.SILENCE_OF_OTHER: "a silence of {who} ends within a day, and no channel reaches them",
    ReasonKind.CHANGED: "a goal was changed or has ended that you have to do with",
    ReasonKind.ROUND: "you run “{subject}”",
    ReasonKind.UNDELIVERED: "messages cannot be delivered",
    ReasonKind.CLOCK_JUMPED: "the clock of the agent's machine jumped",
    ReasonKind.WROTE: "you wrote to the agent",
    ReasonKind.HEARD: "a comment was heard",
    ReasonKind.ANSWERED: "a form was filled in in your name",
    ReasonKind.UNREACHABLE: "mails to somebody come back",
    ReasonKind.LEFT_OUT: "an answer in the store does not fit what is asked, and is left out",
    ReasonKind.STOPPED: "the agent tells nobody anything any more",
    ReasonKind.TRIAL: "whoever runs the agent tries whether mails reach you",
    ReasonKind.INSIDE: "told inside the message about its cause, goal {subject}",
    ReasonKind.WAITING: "not yet: waits to see it again next cycle",
    ReasonKind.PASSED: "not told: went away before it was told",
    ReasonKind.MISSING_ONCE: "not yet over: waits to miss it again next cycle",
    ReasonKind.UNKNOWN: "not judged: nobody can know it now",
    ReasonKind.REMOVED: "forgotten: it is not configured any more",
    ReasonKind.NOTHING_NEW: "nothing new since it was told",
    ReasonKind.ACKNOWLEDGED: "acknowledged: no reminders (by {who})",
    ReasonKind.SILENCED: "silenced by {who}{until}: {text}",
    ReasonKind.STILL_UNSTABLE: "comes and goes: only the digest tells of it",
    ReasonKind.UNSUBSCRIBED: "{who} wants no mail about this goal but the digest",
    ReasonKind.NEVER_TOLD: "over, and nobody had been told",
    ReasonKind.NEVER_LEFT: "could not be sent in time, and is not sent any more",
    ReasonKind.TOLD_BEFORE: "taken over as told before, from a store that was lost",
    ReasonKind.LEFT_TO_DIGEST: "left to the digest (route: {subject})",
    ReasonKind.NEVER: "not told: the route says never (route: {subject})",
    ReasonKind.OUT_OF_REACH: "not told: no channel of the route reaches them (route: {subject})",
    ReasonKind.NOT_AT_WORK: "outside their working hours: judged again on {opens}",
    ReasonKind.OVER_LIMIT: (
        "their daily limit is reached: gathered for the next working day (at most {count} mails a day)"
    ),
    ReasonKind.COMMAND_ACKNOWLEDGED: "acknowledged by {who}{until}: {why}",
    ReasonKind.COMMAND_SPOKE_AGAIN: "silence ended by {who}",
    ReasonKind.COMMAND_REFUSED: "not obeyed on {subject}: {text}",
    ReasonKind.NEWS: "its health, problems or answers have changed",
    ReasonKind.FORECAST_MOVED: "the forecast has moved by {count} days or more",
    ReasonKind.PROGRESS_MOVED: "progress has moved by {count} points or more",
    ReasonKind.WEEKLY: "something has changed, and it was last edited {count} days ago or more",
    ReasonKind.TOO_LITTLE: "too little has changed for an edit",
    ReasonKind.ALREADY_TOLD: "already told",
    ReasonKind.IN_OUTBOX: "already in the outbox: {subject}",
    ReasonKind.NOT_SENT: "{text}",
    ReasonKind.OTHER: "{text}",
}


def say_reason(reason: Reason) -> str:
    """Says a reason: `silenced by dana until 2026-10-08 10:00 UTC: moving`."""
    said = {
        "who": reason.who,
        "until": f" until {reason.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if reason.until else "",
        "opens": _opens(reason.until, reason.subject) if reason.until else reason.text,
        "count": reason.count,
        "subject": reason.subject,
        "text": _text(reason),
        "why": reason.text or "no reason given",
    }
    return _WORDS[reason.kind].format_map(said)


def _text(reason: Reason) -> str:
    if reason.problem:
        return say_command_problem(reason.problem, reason.text)
    return reason.text or "was not sent yet" if reason.kind is ReasonKind.NOT_SENT else reason.text


def _opens(moment: datetime, timezone: str) -> str:
    """Says when working hours begin: `Mon 5 Oct 09:00 (Asia/Amman)`."""
    local = moment.astimezone(ZoneInfo(timezone or "UTC"))
    return f"{local:%a} {local.day} {local:%b %H:%M} ({timezone or 'UTC'})"


def say_audience(audience: Audience, name: Callable[[str], str] = str) -> str:
    """Says who is told: `dana by mail`, `dana and noor on jira SHOP-1`, `everybody in chat team`."""
    people = " and ".join(map(name, audience.people))
    where = audience.where
    if isinstance(where, Place):
        return f"{people or 'everybody'} on {where.source} {where.key}"
    if where is None or where == EMAIL:
        return f"{people or 'nobody'}{' by mail' if where else ''}"
    return f"{people or 'everybody'} in chat {where}"
