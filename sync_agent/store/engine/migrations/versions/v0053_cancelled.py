"""Cancelled is a category of its own, and mass moves are remembered.

What was cancelled by its resolution until now stays so; the next complete reading counts the rest anew.

Revision ID: 0053
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0051"
branch_labels = None
depends_on = None

_BATCH = 1000
# What the model called cancelled until this version.
_CANCELLED = (
    "abandoned", "cancelled", "canceled", "cannot reproduce", "declined", "duplicate", "incomplete", "invalid",
    "not a bug", "not planned", "not_planned", "obsolete", "rejected", "won't do", "won't fix", "wont do", "wont fix",
    "withdrawn",
)  # fmt: skip


def upgrade() -> None:
    """Adds the table, and gives cancelled items their category."""
    op.create_table(
        "mass_moves",
        sa.Column("source", sa.String(), primary_key=True),
        sa.Column("by", sa.String(), primary_key=True),
        sa.Column("first", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
    )
    connection = op.get_bind()
    update = sa.text("UPDATE items SET data = :data WHERE source = :source AND id = :id")
    last = ("", "")
    while rows := _next(connection, last):
        found = [(row.source, row.id, json.loads(row.data)) for row in rows]
        changed = [
            {
                "source": source,
                "id": identifier,
                "data": json.dumps({**item, "category": "cancelled"}, ensure_ascii=False),
            }
            for source, identifier, item in found
            if item["category"] == "done" and (item.get("resolution") or "").casefold() in _CANCELLED
        ]
        if changed:
            connection.execute(update, changed)
        last = (rows[-1].source, rows[-1].id)


def _next(connection: sa.Connection, last: tuple[str, str]) -> list[sa.Row[tuple[str, str, str]]]:
    """The next items by their key, some at a time; what was delivered was not cancelled."""
    query = (
        "SELECT source, id, data FROM items WHERE delivered IS NULL AND (source, id) > (:s, :i) "  # noqa: S608
        f"ORDER BY source, id LIMIT {_BATCH}"
    )
    return list(connection.execute(sa.text(query), {"s": last[0], "i": last[1]}))
