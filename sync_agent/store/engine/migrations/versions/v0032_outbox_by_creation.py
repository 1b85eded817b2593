"""Finds what was sent to people on one day.

Revision ID: 0032
"""

from alembic import op

revision = "0032"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the index."""
    op.create_index("outbox_by_creation", "outbox", ["created"])
