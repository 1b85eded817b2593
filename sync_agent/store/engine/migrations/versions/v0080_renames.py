"""What was renamed, so that old links and answers to old mails still find it.

Revision ID: 0080
"""

import sqlalchemy as sa
from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "renamed",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("former", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
