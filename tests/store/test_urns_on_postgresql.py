"""An anonymous survey on a server: one row, and nothing of what it was before each answer."""

from collections.abc import Sequence

from sqlalchemy import text

from tests.support.poll import PEOPLE, Ballot, Poll
from tests.support.servers.postgresql import Server

BALLOTS = [(who, {"load": str(n % 5 + 1), "why": "x" * (1_000 if n < 4 else n)}) for n, who in enumerate(PEOPLE)]


def left(server: Server, ballots: Sequence[tuple[str, Ballot]]) -> tuple[object, ...]:
    """The rows with their places, and the sizes of the files in which they and their long values stand."""
    poll = Poll(server.database())
    for who, ballot in ballots:
        poll.send(who, ballot)
    with poll.store.read() as connection:
        rows = connection.execute(text("SELECT ctid::text, data FROM urns")).all()
        sizes = connection.execute(text("SELECT pg_relation_size('urns'), pg_total_relation_size('urns')")).all()
    poll.store.close()
    return tuple(map(tuple, rows)), tuple(map(tuple, sizes))


def test_a_row_stands_in_the_same_place_whoever_answered_first(postgresql: Server) -> None:
    rows, sizes = left(postgresql, BALLOTS)
    assert isinstance(rows, tuple)
    assert [place for place, _ in rows] == ["(0,1)"]
    assert (rows, sizes) == left(postgresql, list(reversed(BALLOTS)))
    dealt = [(who, ballot) for (who, _), (_, ballot) in zip(BALLOTS, reversed(BALLOTS), strict=True)]
    assert (rows, sizes) == left(postgresql, dealt)
