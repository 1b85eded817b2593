"""Limits the requests to one server: how many at once, how many per hour, and what is left for people."""

import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.contract import Quota, Runtime, Usage
from connectors.errors import Throttled
from connectors.http.options import HttpOptions
from connectors.http.quota import quotas, say_clock

_HOUR = timedelta(hours=1)
_CALM = 50
_PATIENCE_SECONDS = 0.1


@dataclass(slots=True)
class _Room:
    """The requests under way, the most allowed at once, and how many went well since that limit last changed."""

    most: int
    busy: int = 0
    calm: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)


class RateLimiter:
    """Counts and delays the requests to one server. Thread-safe.

    The number of requests at once starts at `concurrency`, is halved whenever the server says that it is too much,
    and grows again by one with every fifty that go well. Quotas are what the server itself says in its headers.
    """

    def __init__(self, context: Runtime, options: HttpOptions) -> None:
        self._context = context
        self._options = options
        self._room = _Room(options.concurrency)
        self._recent: deque[datetime] = deque(maxlen=options.requests_per_hour or 1)
        self._requests = 0
        self._quotas: dict[str, Quota] = {}
        self._held_until: datetime | None = None
        self._told_until: datetime | None = None

    @property
    def usage(self) -> Usage:
        """What was used since the start, and what the server says is left."""
        return Usage(self._requests, dict(self._quotas), held_until=self._told_until)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Waits until one more request is allowed and counts it. Raises Throttled while none is."""
        with self._room.changed:
            while self._room.busy >= self._room.most and not self._context.stop.is_set():
                self._room.changed.wait(_PATIENCE_SECONDS)
            self._room.busy += 1
        try:
            self._allow(self._context.clock())
            yield
        except Throttled as error:
            self._told_until = error.until
            raise
        finally:
            with self._room.changed:
                self._room.busy -= 1
                self._room.changed.notify()

    def learn(self, headers: Mapping[str, str], *, refused_until: datetime | None = None) -> None:
        """Takes note of the headers of a response (lower case). `refused_until`: the server asked to wait until
        then.
        """
        found = {quota.resource: quota for quota in quotas(headers, self._context.clock())}
        with self._room.changed:
            self._quotas |= found
            if refused_until:
                self._held_until = self._told_until = refused_until
                self._room.most, self._room.calm = max(1, self._room.most // 2), 0
                return
            self._room.calm += 1
            if self._room.calm >= _CALM and self._room.most < self._options.concurrency:
                self._room.most, self._room.calm = self._room.most + 1, 0

    def _allow(self, now: datetime) -> None:
        with self._room.changed:
            if self._held_until and now < self._held_until:
                until = say_clock(self._held_until, now)
                raise Throttled(f"the server asked to wait until {until}", self._held_until)
            self._keep_reserve(now)
            self._keep_ceiling(now)
            self._requests += 1

    def _keep_reserve(self, now: datetime) -> None:
        for quota in self._quotas.values():
            if now < quota.reset and quota.remaining < self._options.reserve * quota.limit:
                raise Throttled(
                    f"{quota.remaining:,} of {quota.limit:,} requests are left until {say_clock(quota.reset, now)}; "
                    f"the last {self._options.reserve:.0%} are left to people (`reserve`)",
                    quota.reset,
                )

    def _keep_ceiling(self, now: datetime) -> None:
        most = self._options.requests_per_hour
        if most is None:
            return
        if len(self._recent) == most and now - self._recent[0] < _HOUR:
            free = self._recent[0] + _HOUR
            when = say_clock(free, now)
            raise Throttled(f"{most:,} requests in an hour (`requests_per_hour`); goes on at {when}", free)
        self._recent.append(now)
