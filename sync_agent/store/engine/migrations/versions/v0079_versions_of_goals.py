"""The versions of goals that were configured, and when.

Revision ID: 0079
"""

import sqlalchemy as sa
from alembic import op

revision = "0079"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "goal_versions",
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
    )
    op.create_index("goal_versions_by_goal", "goal_versions", ["goal", "number"])
