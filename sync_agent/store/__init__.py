"""Facts and state that outlive a cycle, on SQLAlchemy: SQLite by default, PostgreSQL when outgrown."""

from sync_agent.store.database import Store
from sync_agent.store.errors import StoreError
from sync_agent.store.outbox import Row, RowState

__all__ = ["Row", "RowState", "Store", "StoreError"]
