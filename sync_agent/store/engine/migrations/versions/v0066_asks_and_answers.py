"""What was asked of people, what they said, and how far the mailbox was read.

Revision ID: 0066
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "asks",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("opens", sa.BigInteger(), nullable=False),
        sa.Column("closes", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger()),
        sa.Column("data", sa.Text(), nullable=False),
    )
    op.create_index("asks_by_close", "asks", ["closes"])
    op.create_table(
        "asks_told",
        sa.Column("ask", sa.String(), primary_key=True),
        sa.Column("person", sa.String(), primary_key=True),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("step", sa.String(), primary_key=True),
    )
    op.create_table("answers", *_answer_columns())
    op.create_table("unconfirmed", *_answer_columns())
    op.create_index("answers_by_time", "answers", ["at"])
    op.create_index("answers_by_subject", "answers", ["topic", "subject", "at"])
    op.create_index("answers_by_person", "answers", ["person", "at"])
    op.create_table(
        "mailboxes",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("cursor", sa.Text(), nullable=False),
    )
    op.create_table(
        "misheard",
        sa.Column("words", sa.String(), primary_key=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )


def _answer_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("origin", sa.String(), primary_key=True),
        sa.Column("ask", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("known", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("takes_back", sa.String()),
        sa.Column("data", sa.Text(), nullable=False),
    )
