"""Reasons are values; until now they were sentences.

What is told is decided by them, so the sentences of the version before are read here once and for all. One that is not
known stays as it is, as the text of a reason of kind `other`.

Revision ID: 0058
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0053"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_SENTENCES = {
    "how the goal stands": "status",
    "how the goals stand": "labels",
    "it was there when the goal was first judged": "first judged",
    "work has been blocked longer than the goal allows": "blocked",
    "it showed in several checks in a row": "held",
    "it got worse": "worse",
    "it comes and goes; from now on only the digest tells of it": "unstable",
    "it was held back at first and is still open": "late",
    "it is still open, and nobody has acknowledged it": "reminder",
    "it is still open, and you are the next to be asked": "escalation",
    "it is over": "resolved",
    "the goal is reached": "done",
    "you can help to resolve it": "can help",
    "your digest is due": "digest",
    "more came than your daily limit of mails": "gathered",
    "a source cannot be read": "source down",
    "a source can be read again": "source back",
    "a source still cannot be read": "source still down",
    "a source comes and goes; from now on the status page and the metrics tell of it": "source unstable",
    "a silence that you asked for ends within a day": "silence ends",
    "messages cannot be delivered": "undelivered",
    "not yet: waits to see it again next cycle": "waiting",
    "not told: went away before it was told": "passed",
    "not yet over: waits to miss it again next cycle": "missing once",
    "not judged: nobody can know it now": "unknown",
    "forgotten: it is not configured any more": "removed",
    "nothing new since it was told": "nothing new",
    "comes and goes: only the digest tells of it": "still unstable",
    "over, and nobody had been told": "never told",
    "taken over as told before, from a store that was lost": "told before",
}
_UNTIL = r"(?P<until>\d{4}-\d\d-\d\d \d\d:\d\d) UTC"
_PATTERNS = [
    (re.compile(pattern, re.DOTALL), kind)
    for pattern, kind in (
        (r"acknowledged: no reminders \(by (?P<who>.*)\)", "acknowledged"),
        (rf"silenced by (?P<who>.+?) until {_UNTIL}: (?P<text>.*)", "silenced"),
        (r"a silence of (?P<who>.*) ends within a day, and no channel reaches them", "silence of other ends"),
        (r"(?P<who>.+) wants no mail about this goal but the digest", "unsubscribed"),
        (r"left to the digest \(route: (?P<subject>.*)\)", "left to digest"),
        (r"not told: the route says never \(route: (?P<subject>.*)\)", "never"),
        (r"not told: no channel of the route reaches them \(route: (?P<subject>.*)\)", "out of reach"),
        (r"their daily limit is reached: .* \(at most (?P<count>\d+) mails a day\)", "over limit"),
        (r"told inside the message about its cause, goal (?P<subject>.*)", "inside"),
        (rf"acknowledged by (?P<who>.+?) until {_UNTIL}: (?P<text>.*)", "command acknowledged"),
        (r"acknowledged by (?P<who>[^:]+): (?P<text>.*)", "command acknowledged"),
        (r"silence ended by (?P<who>.+)", "command ended silence"),
        (r"not obeyed on (?P<subject>[^:]*): (?P<text>.*)", "command refused"),
    )
]
# Before the sentences had their details, and held back all the same.
_BARE = {"acknowledged: no reminders": "acknowledged", "silenced": "silenced"}
_OPENS = re.compile(
    r"outside their working hours: judged again on "
    r"(?P<when>\w{3} (?P<day>\d+) (?P<month>\w{3}) (?P<hour>\d\d):(?P<minute>\d\d) \((?P<zone>[^)]*)\))"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def upgrade() -> None:
    """Rewrites the alerts, the log of decisions and the messages."""
    connection = op.get_bind()
    _alerts(connection)
    _decisions(connection)
    _messages(connection)


def _alerts(connection: sa.Connection) -> None:
    table = sa.table("alerts", *(sa.column(name) for name in ("goal", "kind", "subject", "data")))
    for row in list(connection.execute(sa.select(table))):
        data = json.loads(row.data)
        now = datetime.fromisoformat(data["last_seen"])
        for each in (data, *data.get("readings", ())):
            each["reason"] = _read(each["reason"], now) if each.get("reason") else None
        mine = sa.and_(table.c.goal == row.goal, table.c.kind == row.kind, table.c.subject == row.subject)
        connection.execute(sa.update(table).where(mine).values(data=json.dumps(data)))


def _decisions(connection: sa.Connection) -> None:
    table = sa.table("decisions", *(sa.column(name) for name in ("number", "at", "reason")))
    changed = sa.update(table).where(table.c.number == sa.bindparam("n")).values(reason=sa.bindparam("said"))
    last = 0
    while rows := _some(connection, table, table.c.number, last):
        values = [{"n": row.number, "said": json.dumps(_read(row.reason, _instant(row.at)))} for row in rows]
        connection.execute(changed, values)
        last = rows[-1].number


def _messages(connection: sa.Connection) -> None:
    table = sa.table("outbox", *(sa.column(name) for name in ("key", "message", "created")))
    changed = sa.update(table).where(table.c.key == sa.bindparam("k")).values(message=sa.bindparam("said"))
    last = ""
    while rows := _some(connection, table, table.c.key, last):
        values = [{"k": row.key, "said": json.dumps(message)} for row, message in _with_reasons(rows)]
        connection.execute(changed, values)
        last = rows[-1].key


def _with_reasons(rows: list[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    for row in rows:
        message = json.loads(row.message)
        yield row, {**message, "reason": _read(message.get("reason", ""), _instant(row.created))}


def _some(connection: sa.Connection, table: sa.TableClause, key: sa.ColumnClause[Any], last: object) -> list[Any]:
    """The next rows after the one whose key is `last`."""
    query = sa.select(table).where(key > last).order_by(key).limit(_AT_ONCE)
    return list(connection.execute(query))


def _instant(micros: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def _read(sentence: str, said_at: datetime) -> dict[str, Any]:
    """The value of a sentence that was written at an instant."""
    kind = _SENTENCES.get(sentence) or _BARE.get(sentence)
    if kind:
        return {"kind": kind}
    if found := _OPENS.fullmatch(sentence):
        return _opening(found, said_at)
    for pattern, kind in _PATTERNS:
        if found := pattern.fullmatch(sentence):
            return {"kind": kind, **_details(found)}
    return {"kind": "other", "text": sentence}


def _details(found: re.Match[str]) -> dict[str, Any]:
    said: dict[str, Any] = found.groupdict()
    if "until" in said:
        said["until"] = datetime.strptime(said["until"], "%Y-%m-%d %H:%M").replace(tzinfo=UTC).isoformat()
    if "count" in said:
        said["count"] = int(said["count"])
    if said.get("text") == "no reason given":
        said["text"] = ""
    return said


def _opening(found: re.Match[str], said_at: datetime) -> dict[str, Any]:
    """When somebody's work begins; the sentence names no year, but it was soon after it was said."""
    try:
        zone, month = ZoneInfo(found["zone"]), _MONTHS.index(found["month"]) + 1
        clock = int(found["hour"]), int(found["minute"])
        starts = (datetime(said_at.year + more, month, int(found["day"]), *clock, tzinfo=zone) for more in (0, 1))
        start = next(start for start in starts if start > said_at - timedelta(days=30))
    except (KeyError, ValueError, StopIteration):
        return {"kind": "not at work", "text": found["when"]}
    return {"kind": "not at work", "until": start.astimezone(UTC).isoformat(), "subject": found["zone"]}
