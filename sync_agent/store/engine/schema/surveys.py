"""Tables of anonymous surveys."""

from sqlalchemy import Column, LargeBinary, String, Table, Text

from sync_agent.store.engine.schema.base import metadata

# One row a survey, of the same size from its opening to its close, and rewritten whole with each answer: nothing moves
# in the file, whoever answers and in whichever order. See docs/decisions/0086.
urns = Table(
    "urns",
    metadata,
    Column("survey", String, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

survey_results = Table(
    "survey_results",
    metadata,
    Column("survey", String, primary_key=True),
    Column("data", Text, nullable=False),
)
