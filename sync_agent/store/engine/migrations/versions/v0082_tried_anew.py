"""The way of forecasting changed, so forecasts of the past are tried again; there is no correction any more.

Revision ID: 0082
"""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forgets what was tried, which the next day's reading tries again, and drops the column of the correction."""
    op.execute("DELETE FROM tried_forecasts")
    op.execute("DELETE FROM upkeep WHERE work LIKE 'track record %'")
    op.drop_column("tried_forecasts", "usual")
