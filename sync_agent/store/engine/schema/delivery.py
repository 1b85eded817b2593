"""Tables of messages, and of how often a host may be written to."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from sync_agent.store.engine.schema.base import metadata

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
    # Whether an attempt may have arrived.
    Column("doubtful", Boolean, nullable=False, server_default="0"),
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

# One row per host. Whoever counts a write to the host locks it until the end of their transaction.
hosts = Table("hosts", metadata, Column("host", String, primary_key=True))

unreachable = Table(
    "unreachable",
    metadata,
    Column("address", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("at", BigInteger, nullable=False),
)
