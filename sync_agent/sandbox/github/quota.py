"""The primary rate limit: so many requests or points an hour, told in headers.

https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync_agent.sandbox.core import Clock
from sync_agent.sandbox.github.records import Raw

_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class LimitUse:
    """What is left of one resource (`core` or `graphql`) in the running hour."""

    resource: str
    limit: int
    used: int
    reset: datetime

    @property
    def remaining(self) -> int:
        """What may still be used."""
        return max(0, self.limit - self.used)

    def shown(self) -> Raw:
        """As in `GET /rate_limit`."""
        reset = int(self.reset.timestamp())
        return {"limit": self.limit, "used": self.used, "remaining": self.remaining, "reset": reset}

    def headers(self) -> dict[str, str]:
        """As every answer carries it."""
        return {f"x-ratelimit-{k}": str(v) for k, v in {**self.shown(), "resource": self.resource}.items()}


@dataclass(slots=True)
class PrimaryLimit:
    """Counts for one token. `limit` is for the hour; None switches the limit off, headers and all."""

    clock: Clock
    limit: int | None
    _used: dict[str, int] = field(default_factory=dict)
    _reset: dict[str, datetime] = field(default_factory=dict)

    def usage(self, resource: str) -> LimitUse | None:
        """How it stands now; None without a limit."""
        if self.limit is None:
            return None
        now = self.clock.now()
        if self._reset.get(resource, now) <= now:
            self._used[resource], self._reset[resource] = 0, now + _WINDOW
        return LimitUse(resource, self.limit, self._used[resource], self._reset[resource])

    def take(self, resource: str, points: int = 1) -> bool:
        """Uses some; False, using nothing, where not enough is left."""
        usage = self.usage(resource)
        if usage is None:
            return True
        if usage.remaining < points:
            return False
        self._used[resource] = usage.used + points
        return True
