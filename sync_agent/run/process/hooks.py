"""Hooks of trackers: each genuine one has a cycle run soon. One that is lost costs time, for the schedule goes on."""

import hashlib
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog

from connectors.contract import Connector, Runtime
from connectors.errors import SecretMissing
from connectors.hooks import HOOK_SECRET, HookCall, HookHeaders, HookScheme
from connectors.options import Secret
from sync_agent.clocks import Steady
from sync_agent.config import Settings
from sync_agent.web import HookVerdict

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 15.0
"""Between a cycle and the next one that a hook wakes, and at least as long as the cycle took."""
WINDOW = timedelta(hours=1)
"""What was made longer ago is not looked at; what came within is known."""
_MOST_KNOWN = 10_000


class HookBell:
    """Rung by hooks, however often; heard once, by the next cycle."""

    def __init__(self) -> None:
        self._rung = threading.Event()
        self._from = 0.0

    def ring(self) -> None:
        """Asks for a cycle."""
        self._rung.set()

    def due(self, now: float) -> bool:
        """Whether a cycle is asked for, and the pause after the last one is over."""
        return self._rung.is_set() and now >= self._from

    def heard(self) -> None:
        """Call this when a cycle begins: it reads all that was changed before."""
        self._rung.clear()

    def rest(self, began: float, ended: float) -> None:
        """Call this when it is over."""
        self._from = ended + max(PAUSE_SECONDS, ended - began)


class KnownHooks:
    """What came within the window, by its id and by its body: the id is under no signature."""

    def __init__(self, steady: Steady) -> None:
        self._steady = steady
        self._seen: dict[str, float] = {}
        self._lock = threading.Lock()

    def met(self, source: str, call: HookCall, body: bytes) -> bool:
        """Whether this hook came before; from now on it has."""
        now = self._steady()
        marks = {f"{source} body {hashlib.sha256(body).hexdigest()}", *([f"{source} id {call.id}"] if call.id else [])}
        with self._lock:
            self._forget(now - WINDOW.total_seconds())
            known = not marks.isdisjoint(self._seen)
            self._seen.update((mark, now) for mark in marks - self._seen.keys())
        return known

    def _forget(self, before: float) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] >= before and len(self._seen) < _MOST_KNOWN:
                return
            del self._seen[oldest]


class HookGate:
    """Lets hooks of the present sources ring the bell."""

    def __init__(
        self,
        present: Callable[[], Settings],
        connectors: Mapping[str, Connector],
        context: Runtime,
        steady: Steady,
        bell: HookBell,
        count: Callable[[str, HookVerdict], None],
    ) -> None:
        self._present = present
        self._connectors = connectors
        self._context = context
        self._known = KnownHooks(steady)
        self._bell = bell
        self._count = count

    def take(self, name: str, headers: HookHeaders, body: bytes) -> HookVerdict:
        """Judges a hook, and rings the bell for one that asks for a cycle."""
        source = self._present().sources.get(name)
        scheme = self._connectors[source.type].profile.hooks if source else None
        secret = getattr(source.options, HOOK_SECRET, None) if source else None
        if scheme is None or secret is None:
            return HookVerdict.NO_SOURCE  # Not counted by name, for anybody may make up names.
        verdict = self._unproven(name, scheme, secret, headers, body) or self._proven(name, scheme, headers, body)
        self._count(name, verdict)
        if verdict is HookVerdict.TAKEN:
            self._bell.ring()
        return verdict

    def _unproven(
        self, name: str, scheme: HookScheme, secret: Secret, headers: HookHeaders, body: bytes
    ) -> HookVerdict | None:
        try:
            if scheme.genuine(self._context.reveal(secret), headers, body):
                return None
        except SecretMissing as error:
            log.warning("a hook is refused, for its secret is missing", source=name, fix=str(error))
            return HookVerdict.NO_SECRET
        log.warning("a hook is refused: its signature does not fit the source's hook_secret", source=name)
        return HookVerdict.FORGED

    def _proven(self, name: str, scheme: HookScheme, headers: HookHeaders, body: bytes) -> HookVerdict:
        try:
            call = scheme.read(headers, body)
        except ValueError:
            return HookVerdict.IGNORED
        if call.at and abs(self._context.clock() - call.at) > WINDOW:
            return HookVerdict.STALE
        if self._known.met(name, call, body):
            return HookVerdict.KNOWN
        return HookVerdict.TAKEN if call.changes else HookVerdict.IGNORED
