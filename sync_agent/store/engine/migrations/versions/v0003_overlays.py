"""Acknowledgements and silences; what people know of an alert's level.

Revision ID: 0003
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables, and says of every alert that was told that its present level is known."""
    op.create_table(
        "acknowledgements",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "silences",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    alerts = sa.table("alerts", *(sa.column(name) for name in ("goal", "kind", "subject", "data")))
    connection = op.get_bind()
    for row in list(connection.execute(sa.select(alerts))):
        data = json.loads(row.data)
        data["told_level"] = data["signal"]["level"] if data["told"] else 0
        mine = sa.and_(alerts.c.goal == row.goal, alerts.c.kind == row.kind, alerts.c.subject == row.subject)
        connection.execute(sa.update(alerts).where(mine).values(data=json.dumps(data)))
