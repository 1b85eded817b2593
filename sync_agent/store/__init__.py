"""Facts and state that outlive a cycle, on SQLAlchemy: SQLite by default, PostgreSQL when outgrown."""

from sync_agent.store.engine.database import Store
from sync_agent.store.engine.errors import StoreError
from sync_agent.store.outbox.rows import Row, RowState

__all__ = ["Row", "RowState", "Store", "StoreError"]
