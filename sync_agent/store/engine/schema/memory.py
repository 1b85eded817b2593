"""Tables of what the agent has judged, decided, asked and heard."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Index, Integer, String, Table, Text

from sync_agent.store.engine.schema.base import metadata

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
    Column("verdict", String, nullable=False),
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

deeds = Table(
    "deeds",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", BigInteger, nullable=False),
    Column("person", String, nullable=False),
    Column("door", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("goal", String, nullable=False),
    Column("text", Text, nullable=False),
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

upkeep = Table(
    "upkeep",
    metadata,
    Column("work", String, primary_key=True),
    Column("day", Date, nullable=False),
)

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

bookkeeping = Table(
    "bookkeeping",
    metadata,
    Column("name", String, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
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
    # If the clock was set back, several may have the same time. The number keeps them in order.
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
