"""What mails say besides answers: who is out of office, whose address is gone.

Revision ID: 0069
"""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "unreachable",
        sa.Column("address", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "automatic_replies",
        sa.Column("origin", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
    )
    op.create_index("automatic_replies_by_time", "automatic_replies", ["at"])
