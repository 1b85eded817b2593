"""Tables of what trackers and KPIs say, and of how far they have been read."""

from sqlalchemy import BigInteger, Column, Date, Float, Index, Integer, String, Table, Text

from sync_agent.store.engine.schema.base import metadata

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

item_index = Table(
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
