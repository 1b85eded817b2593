"""Messages that have not left yet: what the store has of them, and writing what becomes of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from sync_agent.decide.late import DECIDED_ANEW, Late
from sync_agent.decide.unsent import LateMessage
from sync_agent.model import Message, MessageKind
from sync_agent.model.asking import AskTold
from sync_agent.outbox.unsent import load_unsent, reword, withdraw
from sync_agent.store.memory.answers import forget_asked
from sync_agent.store.outbox.rows import Row, load_rows


@dataclass(frozen=True, slots=True)
class Unsent:
    """The messages that have certainly not been sent, oldest first."""

    messages: tuple[LateMessage, ...] = ()
    rows: tuple[Row, ...] = ()

    @property
    def anew(self) -> frozenset[str]:
        """The keys of messages that are decided again in every cycle until they have left."""
        return frozenset(row.message.key for row in self.rows if row.message.kind in DECIDED_ANEW)

    @property
    def digests(self) -> Mapping[str, str]:
        """The slot of each person's newest digest."""
        found = (row.message for row in self.rows if row.message.kind is MessageKind.DIGEST)
        return {message.person or "": message.key.rpartition("/")[2] for message in found}

    def without(self, told: Iterable[AskTold]) -> tuple[AskTold, ...]:
        """What people have been asked, leaving out questions that have not been sent."""
        asked = {(ask, row.created) for row in self.rows if row.message.key in self.anew for ask in row.message.asks}
        return tuple(each for each in told if (each.ask, each.at) not in asked)


def find_unsent(connection: Connection) -> Unsent:
    """Reads what has certainly not been sent."""
    rows = load_unsent(connection)
    dead = load_rows(connection, {row.instead_of for row in rows if row.instead_of})
    stands = {key: row.message for key, row in dead.items()}
    return Unsent(tuple(LateMessage(row.message, stands.get(row.instead_of or "")) for row in rows), rows)


def put_right(connection: Connection, late: Late, retold: Sequence[Message], now: datetime) -> Sequence[Row]:
    """Withdraws messages that are no longer to be sent, and rewords the rest. Returns what was withdrawn. Raises
    StoreError as `withdraw` does.
    """
    gone = withdraw(connection, late.withdrawn)
    for row in gone:
        forget_asked(connection, row.message.asks, row.created)
    reword(connection, retold, now)
    return gone
