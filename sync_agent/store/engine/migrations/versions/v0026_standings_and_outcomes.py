"""Since when a goal looks better than the health that is told; what became of versions, milestones and sprints.

Revision ID: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds a column and a table."""
    op.add_column("judged", sa.Column("better_since", sa.BigInteger(), nullable=True))
    op.create_table(
        "outcomes",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("container", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("box", sa.String(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "container", "kind", "box", "days_before"),
    )
    op.create_index("outcomes_by_due", "outcomes", ["days_before", "due"], unique=False)
