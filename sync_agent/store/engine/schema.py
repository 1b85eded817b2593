"""The tables. Instants are microseconds since 1970 (UTC) as integers, so that they sort and round-trip exactly;
values with many fields are one JSON text beside the columns that are searched.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """An aware datetime as microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC datetime of `to_micros`."""
    return _EPOCH + timedelta(microseconds=micros)


items = Table(
    "items",
    metadata,
    Column("source", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("key", String, nullable=False),
    Column("container", String, nullable=False),
    Column("updated", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
    Column("removed", BigInteger),
    # What is compared without regard to case, folded; and what teams are counted by.
    Column("name", String, nullable=False, server_default=""),
    Column("address", String, nullable=False, server_default=""),
    Column("place", String, nullable=False, server_default=""),
    Column("created", BigInteger, nullable=False, server_default="0"),
    Column("delivered", BigInteger),
    Column("points", Float),
    Index("items_by_container", "source", "container"),
    Index("items_by_name", "name", "source"),
    Index("items_by_address", "address"),
    Index("items_by_delivery", "source", "place", "removed", "delivered"),
    Index("items_by_creation", "source", "place", "removed", "created"),
)

marks = Table(
    "marks",
    metadata,
    Column("source", String, primary_key=True),
    Column("field", String, primary_key=True),
    Column("value", String, primary_key=True),
    Column("item", String, primary_key=True),
    Index("marks_by_item", "source", "item"),
    sqlite_with_rowid=False,
)

touched = Table(
    "touched",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("source", String, nullable=False),
    Column("item", String, nullable=False),
    # Who judges what it belongs to, and until when that may be relied on.
    Column("claimed_by", String),
    Column("claimed_until", BigInteger),
)

changes = Table(
    "changes",
    metadata,
    Column("source", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("item", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("field", String, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("by", String),
    Index("changes_by_item", "source", "item", "at"),
)

mass_moves = Table(
    "mass_moves",
    metadata,
    Column("source", String, primary_key=True),
    Column("by", String, primary_key=True),
    Column("first", BigInteger, primary_key=True, autoincrement=False),
    Column("last", BigInteger, nullable=False),
)

timeboxes = Table(
    "timeboxes",
    metadata,
    Column("source", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("data", Text, nullable=False),
)

samples = Table(
    "samples",
    metadata,
    Column("kpi", String, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("value", Float, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("source", String, primary_key=True),
    Column("cursor", Text),
    Column("state", Text, nullable=False),
    Column("census", Text),
)

census = Table(
    "census",
    metadata,
    Column("source", String, primary_key=True),
    Column("id", String, primary_key=True),
)

queries = Table(
    "queries",
    metadata,
    Column("source", String, primary_key=True),
    Column("query", String, primary_key=True),
    Column("ids", Text, nullable=False),
)

own_writes = Table(
    "own_writes",
    metadata,
    Column("source", String, primary_key=True),
    Column("item_key", String, primary_key=True),
    Column("at", BigInteger, primary_key=True),
)

alerts = Table(
    "alerts",
    metadata,
    Column("goal", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("data", Text, nullable=False),
)

judged = Table(
    "judged",
    metadata,
    Column("goal", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("health", String, nullable=False),
    Column("better_since", BigInteger),
)

known_goals = Table(
    "known_goals",
    metadata,
    Column("goal", String, primary_key=True),
    Column("taken_over", Boolean, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    Column("source", String, primary_key=True),
    Column("container", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("box", String, primary_key=True),
    Column("days_before", Integer, primary_key=True, autoincrement=False),
    Column("due", Date, nullable=False),
    Column("open", Integer, nullable=False),
    Column("delivered", Integer, nullable=False),
    Index("outcomes_by_due", "days_before", "due"),
)

assessments = Table(
    "assessments",
    metadata,
    Column("goal", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("inputs", String, nullable=False),
    Column("data", Text, nullable=False),
)

goal_days = Table(
    "goal_days",
    metadata,
    Column("goal", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("health", String, nullable=False),
    Column("progress", Float),
    Column("expected", Float, nullable=False),
    Column("p50", Date),
    Column("p85", Date),
    Column("chance", Float),
    Column("done", Integer),
    Column("scope", Integer),
    Column("version", String, nullable=False),
    Column("told", Integer, nullable=False, server_default="0"),
    Column("worked_out", Boolean, nullable=False),
    Index("goal_days_by_day", "day"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("goal", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Index("decisions_by_goal", "goal", "number"),
)

acknowledgements = Table(
    "acknowledgements",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
)

silences = Table(
    "silences",
    metadata,
    Column("id", String, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("data", Text, nullable=False),
)

tried_forecasts = Table(
    "tried_forecasts",
    metadata,
    Column("source", String, primary_key=True),
    Column("container", String, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("horizon", Integer, primary_key=True),
    Column("over", Date, nullable=False),
    Column("half", Float),
    Column("sure", Float),
    Column("usual", Float),
)

upkeep = Table(
    "upkeep",
    metadata,
    Column("work", String, primary_key=True),
    Column("day", Date, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("state", String, nullable=False),
    Column("message", Text, nullable=False),
    Column("digest", String, nullable=False),
    Column("delivered_digest", String),
    Column("external_id", String),
    Column("created", BigInteger, nullable=False),
    Column("frozen", BigInteger, nullable=False),
    Column("delivered", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt", BigInteger, nullable=False),
    Column("error", Text),
    Column("problem", String),
    Column("reported", BigInteger),
    Column("instead_of", String),
    Index("outbox_by_state", "state", "next_attempt"),
    Index("outbox_by_instead_of", "instead_of"),
    Index("outbox_by_creation", "created"),
)

writes = Table(
    "writes",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("host", String, nullable=False),
    Column("place", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("writes_by_host", "host", "at"),
)

# One row a host, which whoever counts a write to it holds until the end of its transaction.
hosts = Table("hosts", metadata, Column("host", String, primary_key=True))

heard = Table(
    "heard",
    metadata,
    Column("source", String, primary_key=True),
    Column("item_key", String, primary_key=True),
    Column("updated", BigInteger, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("source", String, primary_key=True),
    Column("comment", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

refusals = Table(
    "refusals",
    metadata,
    Column("goal", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
)

unsubscribed = Table(
    "unsubscribed",
    metadata,
    Column("person", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

readings = Table(
    "readings",
    metadata,
    Column("source", String, primary_key=True),
    Column("slot", String, primary_key=True),
    Column("noted", Text, nullable=False),
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("source", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("changed", String, nullable=False),
    Column("release", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

renamed = Table(
    "renamed",
    metadata,
    Column("kind", String, primary_key=True),
    Column("former", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

asks = Table(
    "asks",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("person", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("opens", BigInteger, nullable=False),
    Column("closes", BigInteger, nullable=False),
    Column("withdrawn", BigInteger),
    Column("data", Text, nullable=False),
    Index("asks_by_close", "closes"),
)

asks_told = Table(
    "asks_told",
    metadata,
    Column("ask", String, primary_key=True),
    Column("person", String, primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("step", String, primary_key=True),
)


def _answer_columns() -> tuple[Column[Any], ...]:
    return (
        Column("origin", String, primary_key=True),
        Column("ask", String, nullable=False),
        Column("kind", String, nullable=False),
        Column("topic", String, nullable=False),
        Column("subject", String, nullable=False),
        Column("person", String, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("door", String, nullable=False),
        Column("known", String, nullable=False),
        Column("late", Boolean, nullable=False),
        Column("takes_back", String),
        Column("data", Text, nullable=False),
    )


answers = Table(
    "answers",
    metadata,
    *_answer_columns(),
    Index("answers_by_time", "at"),
    Index("answers_by_subject", "topic", "subject", "at"),
    Index("answers_by_person", "person", "at"),
)

unconfirmed = Table("unconfirmed", metadata, *_answer_columns())

misheard = Table(
    "misheard",
    metadata,
    Column("words", String, primary_key=True),
    Column("origin", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("name", String, primary_key=True),
    Column("cursor", Text, nullable=False),
)

unreachable = Table(
    "unreachable",
    metadata,
    Column("address", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)

automatic_replies = Table(
    "automatic_replies",
    metadata,
    Column("origin", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Index("automatic_replies_by_time", "at"),
)

goal_versions = Table(
    "goal_versions",
    metadata,
    # A clock that was set back may bring several to one instant: the number keeps them in order.
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("goal", String, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("version", String, nullable=False),
    # The canonical JSON as it was hashed, byte for byte.
    Column("definition", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("goal_versions_by_goal", "goal", "number"),
)
