"""What items are found by, which were touched, and the judgements that still hold.

Revision ID: 0007
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BATCH = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SINGLE, _SEVERAL = ("parent", "milestone"), ("labels", "components", "versions", "sprints")
# What the model called cancelled at the time of this version.
_CANCELLED = (
    "abandoned", "cancelled", "canceled", "cannot reproduce", "declined", "duplicate", "incomplete", "invalid",
    "not a bug", "not planned", "not_planned", "obsolete", "rejected", "won't do", "won't fix", "wont do", "wont fix",
    "withdrawn",
)  # fmt: skip


def upgrade() -> None:
    """Adds tables and columns, and fills them from what is stored."""
    _add()
    connection = op.get_bind()
    _fill_items(connection)
    _fill_from_changes(connection)


def _add() -> None:
    op.create_table(
        "marks",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "field", "value", "item"),
        sqlite_with_rowid=False,
    )
    op.create_index("marks_by_item", "marks", ["source", "item"], unique=False)
    op.create_table(
        "touched",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "assessments",
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("inputs", sa.String(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("goal"),
    )
    for name in ("name", "address", "place"):
        op.add_column("items", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("items", sa.Column("created", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("items", sa.Column("delivered", sa.BigInteger(), nullable=True))
    op.add_column("items", sa.Column("points", sa.Float(), nullable=True))
    op.drop_index("items_by_key", "items")
    op.create_index("items_by_name", "items", ["name", "source"], unique=False)
    op.create_index("items_by_address", "items", ["address"], unique=False)
    op.create_index("items_by_delivery", "items", ["source", "place", "removed", "delivered"], unique=False)
    op.create_index("items_by_creation", "items", ["source", "place", "removed", "created"], unique=False)


def _fill_items(connection: sa.Connection) -> None:
    names = ("name", "address", "place", "created", "delivered", "points")
    columns = ", ".join(f"{name} = :{name}" for name in names)
    update = sa.text(f"UPDATE items SET {columns} WHERE source = :source AND id = :id")  # noqa: S608
    for batch in _batches(connection, "items", "data"):
        items = [(source, identifier, json.loads(data)) for source, identifier, data in batch]
        connection.execute(update, [{"source": s, "id": i, **_columns(item)} for s, i, item in items])
        _mark(connection, {(s, f, v.casefold().rstrip("/"), i) for s, i, item in items for f, v in _values(item)})


def _fill_from_changes(connection: sa.Connection) -> None:
    for batch in _batches(connection, "changes", "field, before, after, item"):
        found = set()
        for source, _, field, before, after, item in batch:
            for value in filter(None, (before, after)):
                if field == "links" and value.startswith("blocked_by "):
                    found.add((source, field, value.removeprefix("blocked_by ").casefold().rstrip("/"), item))
                elif field in (*_SINGLE, *_SEVERAL, "key", "container", "assignees"):
                    found.add((source, field, value.casefold().rstrip("/"), item))
        _mark(connection, found)


def _batches(connection: sa.Connection, table: str, columns: str) -> Iterator[list[Any]]:
    """All rows by their key, some at a time: the table may be larger than the memory."""
    query = (
        f"SELECT source, id, {columns} FROM {table} WHERE (source, id) > (:s, :i) ORDER BY source, id LIMIT {_BATCH}"  # noqa: S608
    )
    rows = list(connection.execute(sa.text(query), {"s": "", "i": ""}))
    while rows:
        yield rows
        rows = list(connection.execute(sa.text(query), {"s": rows[-1].source, "i": rows[-1].id}))


def _columns(item: dict[str, Any]) -> dict[str, Any]:
    cancelled = (item.get("resolution") or "").casefold() in _CANCELLED
    delivered = item.get("finished") if item["category"] == "done" and not cancelled else None
    return {
        "name": item["key"].casefold(),
        "address": item["url"].casefold().rstrip("/"),
        "place": item["container"].casefold(),
        "created": _micros(item["created"]),
        "delivered": _micros(delivered) if delivered else None,
        "points": item.get("points"),
    }


def _values(item: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield from ((field, item[field]) for field in _SINGLE if item.get(field))
    yield from ((field, value) for field in _SEVERAL for value in item.get(field, ()))
    yield from (("assignees", account["id"]) for account in item.get("assignees", ()))
    yield from (("links", link["target"]) for link in item.get("links", ()) if link["kind"] == "blocked_by")


def _mark(connection: sa.Connection, found: set[tuple[str, str, str, str]]) -> None:
    insert = sa.text("INSERT INTO marks VALUES (:s, :f, :v, :i) ON CONFLICT DO NOTHING")
    if found:
        connection.execute(insert, [{"s": s, "f": f, "v": v, "i": i} for s, f, v, i in sorted(found)])


def _micros(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)
