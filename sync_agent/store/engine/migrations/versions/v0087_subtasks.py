"""Every item says whether it is a part of its parent.

Trackers were not asked that at first. Of items that were read then, those below an epic, an initiative or a theme are
no parts of it, and all others are.

Revision ID: 0087
"""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_HOLDERS = frozenset({"epic", "initiative", "theme"})
_ITEMS = sa.table("items", *(sa.column(name) for name in ("source", "id", "name", "data")))


def upgrade() -> None:
    """Rewrites the items that do not say it."""
    connection, items = op.get_bind(), _ITEMS.c
    mine = (items.source == sa.bindparam("of")) & (items.id == sa.bindparam("item"))
    changed = sa.update(_ITEMS).where(mine).values(data=sa.bindparam("text"))
    for rows in _silent(connection):
        known = [(row, json.loads(row.data)) for row in rows]
        values = [
            {"of": row.source, "item": row.id, "text": _text({**data, "subtask": _part(connection, row, data)})}
            for row, data in known
        ]
        connection.execute(changed, values)


def _text(data: dict[str, Any]) -> str:
    """As items are stored: renaming a source looks for fields in the text."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _silent(connection: sa.Connection) -> Iterator[list[Any]]:
    """The items that do not say it, some at a time."""
    items, last = _ITEMS.c, ("", "")
    silent = sa.not_(items.data.contains('"subtask":true') | items.data.contains('"subtask":false'))
    query = sa.select(_ITEMS).where(silent).order_by(items.source, items.id).limit(_AT_ONCE)
    while rows := list(connection.execute(query.where(sa.tuple_(items.source, items.id) > last))):
        yield rows
        last = rows[-1].source, rows[-1].id


def _part(connection: sa.Connection, row: Any, data: dict[str, Any]) -> bool:
    if not data.get("parent"):
        return False
    name = data["parent"].casefold().rstrip("/")
    above = sa.select(_ITEMS.c.data).where(_ITEMS.c.name == name, _ITEMS.c.source == row.source).limit(1)
    found = connection.scalar(above)
    return found is not None and json.loads(found).get("type", "").casefold() not in _HOLDERS
