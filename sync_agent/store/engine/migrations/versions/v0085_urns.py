"""Anonymous surveys: the urns of those that are open, the results of those that have closed.

Revision ID: 0085
"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables."""
    for name, data in (("urns", sa.LargeBinary()), ("survey_results", sa.Text())):
        survey = sa.Column("survey", sa.String(), primary_key=True)
        op.create_table(name, survey, sa.Column("data", data, nullable=False))
