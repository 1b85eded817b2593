"""How each goal stood on each day.

Revision ID: 0073
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the table; what went before is worked out from the facts, a day a cycle."""
    op.create_table(
        "goal_days",
        sa.Column("goal", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("health", sa.String(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("progress", sa.Float()),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("p50", sa.Date()),
        sa.Column("p85", sa.Date()),
        sa.Column("chance", sa.Float()),
        sa.Column("done", sa.Integer()),
        sa.Column("scope", sa.Integer()),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("worked_out", sa.Boolean(), nullable=False),
    )
    op.create_index("goal_days_by_day", "goal_days", ["day"])
