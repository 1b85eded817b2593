"""Episodes have names instead of numbers.

Those that are there keep their number as their name: what was said about them is known by it.

Revision ID: 0044
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rewrites the alerts."""
    alerts = sa.table("alerts", *(sa.column(name) for name in ("goal", "kind", "subject", "data")))
    connection = op.get_bind()
    for row in list(connection.execute(sa.select(alerts))):
        data = json.loads(row.data)
        data["episode"] = str(data["episode"] or "")
        mine = sa.and_(alerts.c.goal == row.goal, alerts.c.kind == row.kind, alerts.c.subject == row.subject)
        connection.execute(sa.update(alerts).where(mine).values(data=json.dumps(data)))
