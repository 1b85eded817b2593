"""What was written where and when, for write budgets; failures that were told; a message's other way.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table and the columns."""
    op.add_column("outbox", sa.Column("problem", sa.String(), nullable=True))
    op.add_column("outbox", sa.Column("reported", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("instead_of", sa.String(), nullable=True))
    op.create_index("outbox_by_instead_of", "outbox", ["instead_of"], unique=False)
    op.create_table(
        "writes",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("writes_by_host", "writes", ["host", "at"], unique=False)
