"""How long the store keeps what it could do without."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """For the texts of mails that were delivered, the log of who was told what, and what people did."""

    mails: timedelta = timedelta(days=365)
    decisions: timedelta = timedelta(days=730)
    deeds: timedelta = timedelta(days=1825)


DEFAULT_RETENTION = Retention()
