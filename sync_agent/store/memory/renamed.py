"""What things are called now, by the names that they once had."""

from sqlalchemy import Connection, select

from sync_agent.model.renames import Named
from sync_agent.store.engine import schema


def load_renamed(connection: Connection) -> dict[tuple[Named, str], str]:
    """The present names, by kind and former name."""
    return {(Named(row.kind), row.former): row.name for row in connection.execute(select(schema.renamed))}


def now_called(connection: Connection, kind: Named, name: str) -> str:
    """The present name of what once had this name; the same if it was not renamed."""
    table = schema.renamed.c
    found = connection.scalar(select(table.name).where(table.kind == kind.value, table.former == name))
    return found or name
