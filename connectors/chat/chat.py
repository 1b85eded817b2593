"""Messages through the Apprise library, which says only whether a message went out.

What went wrong is read from its log, which nobody else gets to see: it holds the address and its secret.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from connectors.chat.options import AppriseOptions
from connectors.contract import Ability, Finding, Level, Markup, Parcel, Runtime, Sent, Turn
from connectors.errors import ConnectorError, Doubtful, Refused, Throttled, Unavailable
from connectors.http.quota import say_clock

INSTALL = "pip install 'goal-sync-agent[apprise]'"
_STATUS = re.compile(r"error=(\d{3})\b")
# What urllib3 calls a request that never left this machine.
_UNSENT = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "Failed to establish", "SSLError")
_LISTENING = threading.RLock()
_PART = 10
_TOO_FAST = timedelta(minutes=1)
_TOO_LONG = frozenset({400, 413})
"""What services answer to a text that is too long, and to other things."""


def installed() -> bool:
    """Whether the library is there."""
    return find_spec("apprise") is not None


class AppriseChat:
    """Posts to one place, where nothing can be looked up afterwards; needs the extra `apprise`."""

    markup = Markup.CHAT
    can = frozenset[Ability]()
    budget = None

    def __init__(self, name: str, options: AppriseOptions, context: Runtime) -> None:
        if not installed():
            raise ConnectorError(f"channels.apprise.{name} needs Apprise: {INSTALL}")
        self._where = f"chat {name}"
        self._url = options.url
        self._kept = options.url.place
        self._context = context

    @cached_property
    def _service(self) -> Any:
        address = self._context.reveal(self._url)
        for number, part in enumerate(re.split(r"[/:@?&=]+", address)):  # Any may be the secret, and come back alone.
            if len(part) >= _PART:
                self._context.keyring.learn(f"{self._kept}, part {number}", part)
        with _overheard():
            return _service(address)

    def identify(self, _key: str) -> None:
        """A chat tells no ids."""

    def deliver(self, parcel: Parcel, _turn: Turn, /) -> Sent:
        """Posts the message under its key."""
        payload = parcel.message.payload
        self.post(payload.subject or "", payload.body)
        return Sent(parcel.message.key)

    def post(self, title: str, text: str) -> None:
        """Posts once. Raises Doubtful when nobody knows whether it arrived: a chat cannot be asked."""
        if not self._service:
            raise Refused(f"{self._where}: {self._not_understood}")
        statuses, words = self._try(title, text)
        long = any(len(title) + len(text) + 2 > each.body_maxlen for each in self._service)
        if statuses and long and _TOO_LONG.issuperset(statuses):
            with self._in_parts():
                statuses, words = self._try(title, text)
        if words is not None:
            raise self._meaning(statuses, words)

    def _try(self, title: str, text: str) -> tuple[list[int], str | None]:
        """What the library logs, and the status codes in it; None where it posts."""
        with _overheard() as said:
            if self._service.notify(body=text, title=title, body_format="text"):
                return [], None
        words = " ".join(said)
        return [int(found) for found in _STATUS.findall(words)], words

    @contextmanager
    def _in_parts(self) -> Iterator[None]:
        """A long text becomes several posts. Only where it was refused whole, for many services take more than the
        library believes.
        """
        before = [each.overflow_mode for each in self._service]
        for each in self._service:
            each.overflow_mode = type(each.overflow_mode).SPLIT
        try:
            yield
        finally:
            for each, mode in zip(self._service, before, strict=True):
                each.overflow_mode = mode

    def check(self) -> Iterator[Finding]:
        """Whether the address is one that Apprise understands; posts nothing."""
        try:
            understood = bool(self._service)
        except ConnectorError as error:
            yield Finding(Level.ERROR, self._where, str(error))
            return
        if understood:
            yield Finding(Level.OK, self._where, "the address is understood; nothing was posted")
        else:
            yield Finding(Level.ERROR, self._where, self._not_understood)

    @property
    def _not_understood(self) -> str:
        return f"Apprise does not understand the address in {self._kept}; see https://github.com/caronc/apprise/wiki"

    def _meaning(self, statuses: list[int], words: str) -> ConnectorError:
        """The error that the library's log amounts to. Its words are not quoted, for they may hold the address."""
        if any(300 <= status < 400 for status in statuses):
            fix = f"keep the address behind all redirects in {self._kept}"
            return Refused(f"{self._where}: the address leads elsewhere ({statuses[0]}); {fix}")
        refused = [status for status in statuses if 400 <= status < 500 and status not in (408, 429)]
        if refused:
            fix = f"make a new webhook or token, and keep its Apprise URL in {self._kept}"
            return Refused(f"{self._where}: the service refuses the message ({refused[0]}); {fix}")
        if 429 in statuses:
            now = self._context.clock()
            until = now + _TOO_FAST
            return Throttled(f"{self._where}: too many messages (429); waits until {say_clock(until, now)}", until)
        if any(word in words for word in _UNSENT):
            return Unavailable(f"{self._where}: the service cannot be reached")
        answer = f"answers {statuses[0]}" if statuses else "does not answer"
        return Doubtful(f"{self._where}: the service {answer}; the message may be there all the same")


def _service(address: str) -> Any:
    """The library's object for one address; empty, and so false, where it does not understand that."""
    library = import_module("apprise")
    # No threads, no files, no emoji, and escapes stay text; a redirect would make a reading of a post, which succeeds.
    asset = library.AppriseAsset(
        async_mode=False, interpret_escapes=False, interpret_emojis=False, http_redirects=False
    )
    service = library.Apprise(asset=asset)
    service.add(address)
    return service


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What the library logs meanwhile, which goes nowhere else. It has one logger for all chats, and posts from threads
    of its own, so only one of them posts at a time.
    """
    logger, said = logging.getLogger("apprise"), _Ear()
    with _LISTENING:
        before = (logger.level, logger.propagate)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(said)
        try:
            yield said.words
        finally:
            logger.removeHandler(said)
            logger.setLevel(before[0])
            logger.propagate = before[1]


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(record.getMessage())
