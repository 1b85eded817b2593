"""Messages say whether an attempt may have arrived. Of those that were tried before, nobody knows.

Revision ID: 0083
"""

import sqlalchemy as sa
from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.add_column("outbox", sa.Column("doubtful", sa.Boolean(), nullable=False, server_default=sa.false()))
    names = ("state", "attempts", "frozen", "next_attempt")
    table = sa.table("outbox", *(sa.column(name) for name in (*names, "doubtful")))
    tried = sa.or_(table.c.attempts > 0, table.c.next_attempt > table.c.frozen)
    waiting = sa.and_(table.c.state == "waiting", tried)
    op.get_bind().execute(sa.update(table).where(waiting).values(doubtful=sa.true()))
