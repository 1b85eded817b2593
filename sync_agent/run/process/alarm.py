"""Tells those who run the agent that it has stopped telling anybody anything. Bypasses the store, which may be what is
broken.
"""

from collections.abc import Callable
from datetime import date, datetime

import structlog

from connectors.contract import Parcel
from connectors.errors import ConnectorError
from sync_agent.config import Settings
from sync_agent.decide import stopped
from sync_agent.run.telling.delivery import worded
from sync_agent.web.view import STOPPED_AFTER
from sync_agent.world import World

log = structlog.get_logger(__name__)


class Alarm:
    """Sounds at most once a day. After a restart it may sound again, with the same Message-ID."""

    def __init__(self) -> None:
        self._since: datetime | None = None
        self._failed = 0
        self._told: date | None = None

    def went_well(self) -> None:
        """Call this after a cycle that worked."""
        self._since, self._failed = None, 0

    def failed(self, why: str, settings: Settings, opened: Callable[[], World], now: datetime) -> None:
        """Call this after a cycle that failed as a whole."""
        self._since, self._failed = self._since or now, self._failed + 1
        if self._failed >= STOPPED_AFTER:
            text = f"Every cycle since {self._since:%Y-%m-%d %H:%M} UTC has failed: {why}"
            self.sound(text, settings, opened, now)

    def sound(self, why: str, settings: Settings, opened: Callable[[], World], now: datetime) -> None:
        """Tells everybody who runs the agent. If nobody can be reached, the next cycle tries again. Never raises."""
        if self._told == now.date():
            return
        try:
            if _send(why, settings, opened(), now):
                self._told = now.date()
        except Exception:
            log.exception("those who run the agent cannot be told that it has stopped")


def _send(why: str, settings: Settings, world: World, now: datetime) -> bool:
    """Returns whether it reached anybody."""
    reached = False
    notices = stopped(why, settings.organisation, settings.options, now)
    for message in worded(notices, settings.organisation, world.channels, now):
        try:
            world.channels[message.channel].deliver(Parcel(message, now), lambda *_: None)
            reached = True
        except ConnectorError as error:
            log.warning("cannot be told that the agent has stopped", target=message.target, error=str(error))
    return reached
