"""Since when a goal looks better than the health that is told.

Revision ID: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column."""
    op.add_column("judged", sa.Column("better_since", sa.BigInteger(), nullable=True))
