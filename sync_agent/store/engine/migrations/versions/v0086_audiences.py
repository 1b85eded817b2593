"""Who was told something is a value; until now it was a sentence.

Revision ID: 0086
"""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from sync_agent.store.engine.old_audiences import read_audience

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    """Rewrites the log of decisions."""
    connection = op.get_bind()
    table = sa.table("decisions", sa.column("number"), sa.column("audience"))
    changed = sa.update(table).where(table.c.number == sa.bindparam("n")).values(audience=sa.bindparam("who"))
    last = 0
    while rows := _some(connection, table, last):
        connection.execute(changed, [{"n": row.number, "who": json.dumps(read_audience(row.audience))} for row in rows])
        last = rows[-1].number


def _some(connection: sa.Connection, table: sa.TableClause, last: int) -> Sequence[Any]:
    """The next rows after that number."""
    query = sa.select(table).where(table.c.number > last).order_by(table.c.number).limit(_AT_ONCE)
    return connection.execute(query).all()
