"""Items that left the scope, and complete readings that are under way.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what a reconciliation needs."""
    op.add_column("items", sa.Column("removed", sa.BigInteger(), nullable=True))
    op.add_column("sources", sa.Column("census", sa.Text(), nullable=True))
    op.create_table(
        "census",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("source", "id"),
    )
