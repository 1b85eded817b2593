"""Which tables belong to the record: every one does, or is filled again by what trackers say."""

from sync_agent.store.engine import schema
from sync_agent.store.upkeep.record import TABLES

FILLED_AGAIN = frozenset({
    "items", "marks", "touched", "changes", "timeboxes", "samples", "sources", "census", "queries", "own_writes",
    "outcomes", "assessments", "tried_forecasts", "upkeep", "writes", "hosts", "readings", "set_aside", "mass_moves",
    "bookkeeping", "urns",
})  # fmt: skip
"""Facts, judgements made from them, and what only matters to a pull or a write that is under way. An urn is never
exported: of two exports the second would show what somebody answered between them.
"""


def test_a_new_table_is_in_the_record_or_is_known_to_be_filled_again() -> None:
    assert set(schema.metadata.tables) == set(TABLES) | FILLED_AGAIN
    assert not set(TABLES) & FILLED_AGAIN
