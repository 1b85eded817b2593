"""How forecasts of the past held, by team, day and days ahead; when regular work was last done.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "tried_forecasts",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("container", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("over", sa.Date(), nullable=False),
        sa.Column("half", sa.Float(), nullable=True),
        sa.Column("sure", sa.Float(), nullable=True),
        sa.Column("usual", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("source", "container", "day", "horizon"),
    )
    op.create_table(
        "upkeep",
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("work"),
    )
