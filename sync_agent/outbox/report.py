"""What became of messages in one round of deliveries."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.errors import ConnectorError
from sync_agent.model import Channel, Message
from sync_agent.store.outbox.rows import Row, RowState


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What became of the `rows` that were due, by key. `down` are the channels that failed as a whole, with the error;
    `left` is how many messages were not tried because the time of this cycle was over.
    """

    rows: Mapping[str, Row] = field(default_factory=dict)
    down: Mapping[Channel, ConnectorError] = field(default_factory=dict)
    left: int = 0

    @property
    def delivered(self) -> tuple[Message, ...]:
        """What arrived."""
        return tuple(row.message for row in self.rows.values() if row.state is RowState.DELIVERED)

    @property
    def waiting(self) -> tuple[tuple[Message, str], ...]:
        """What waits for another try, with the error."""
        return self._with_error(RowState.WAITING)

    @property
    def dead(self) -> tuple[tuple[Message, str], ...]:
        """What failed for good, with the error."""
        return self._with_error(RowState.DEAD)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there were by state."""
        return Counter(row.state.value for row in self.rows.values())

    def followed_by(self, later: "DeliveryReport") -> "DeliveryReport":
        """Both reports as one."""
        return DeliveryReport({**self.rows, **later.rows}, {**self.down, **later.down}, later.left)

    def _with_error(self, state: RowState) -> tuple[tuple[Message, str], ...]:
        return tuple((row.message, row.error or "") for row in self.rows.values() if row.state is state)
