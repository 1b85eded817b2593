"""Touched items are claimed by who judges them, hosts are held by who counts a write, and alerts do not say any more
when they were last seen.

Revision ID: 0072
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the columns and the table, and shortens the alerts."""
    op.add_column("touched", sa.Column("claimed_by", sa.String()))
    op.add_column("touched", sa.Column("claimed_until", sa.BigInteger()))
    op.create_table("hosts", sa.Column("host", sa.String(), primary_key=True))
    connection = op.get_bind()
    table = sa.table("alerts", *(sa.column(name) for name in ("goal", "kind", "subject", "data")))
    for row in list(connection.execute(sa.select(table))):
        data = json.loads(row.data)
        data.pop("last_seen", None)
        mine = sa.and_(table.c.goal == row.goal, table.c.kind == row.kind, table.c.subject == row.subject)
        connection.execute(sa.update(table).where(mine).values(data=json.dumps(data)))
