"""The one HTTP policy: what to retry, how long to wait, and what each refusal means.

The client libraries' own retries are off: they repeat writes and sleep where nobody can stop them.
"""

import codecs
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import requests
import structlog
import urllib3
from tenacity import RetryCallState, Retrying, retry_if_exception, wait_exponential_jitter

from connectors.contract import Runtime, Usage
from connectors.errors import (
    ConnectorError,
    Doubtful,
    Forbidden,
    Gone,
    Malformed,
    NotAllowed,
    NotFound,
    Refused,
    Throttled,
    Unauthorised,
    Unavailable,
    Unreachable,
)
from connectors.http.answers import parse
from connectors.http.options import HttpOptions
from connectors.http.pace import RateLimiter
from connectors.http.quota import http_date, say_clock, wait_until
from connectors.redact import Keyring

log = structlog.get_logger(__name__)

ATTEMPTS = 7
_BACK_OFF = wait_exponential_jitter(initial=1, max=60, jitter=1)
_CHARSETS = frozenset({"utf-8", "ascii", "iso8859-1", "cp1252"})
# Errors before anything is sent. TLS errors are not among them: a connection can also break in mid-response.
_UNSENT = (
    requests.exceptions.ConnectTimeout,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ProxyError,
)
_PEER = re.compile(r"HTTPS?Connection(?:Pool)?\(host='([^']*)', port=(\d+)\)")
_PROXY_LOGIN = "the proxy wants another login: set proxy: {url: …, user: …, password: …}"
_PROXY_AWAY = "that is the proxy, not the server: check `proxy`, or HTTPS_PROXY and NO_PROXY in the environment"
# Signs of obstacles that a person has to remove, and how. A server that misses our certificate says so before it looks
# at a request, although we hear of it only afterwards.
_OBSTACLES = {
    "CERTIFICATE_REQUIRED": "the server wants a certificate of ours: set client_certificate",
    "HANDSHAKE_FAILURE": "the server may want a certificate of ours: set client_certificate",
    "ALERT_UNKNOWN_CA": "the server does not know who signed client_certificate",
    "ALERT_BAD_CERTIFICATE": "the server does not accept client_certificate",
    "Hostname mismatch": "the certificate is for another name; check `url`",
    "IP address mismatch": "the certificate is for another name; check `url`",
    "certificate has expired": "the server's certificate has expired; its administrator has to renew it",
    "CERTIFICATE_VERIFY_FAILED": "name the certificate of your own authority, or of a proxy that looks into the "
    "traffic, under ca_bundle",
    "WRONG_VERSION_NUMBER": "there is no TLS at this address; check whether `url` and `proxy` begin with http or https",
    "Tunnel connection failed: 407": _PROXY_LOGIN,
    "Tunnel connection failed: 403": "the proxy does not let us through to this address; ask whoever runs it",
}


@dataclass(frozen=True)
class Response:
    """A server's response. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self, what: str) -> Any:
        """Returns the parsed body. Raises Malformed."""
        try:
            return self._parsed
        except ValueError:
            kind = self.headers.get("content-type", "no content type")
            problem = (
                f"{what}: the answer ({self.status}, {kind}) is not JSON; is the address right, or a proxy between?"
            )
            raise Malformed(problem) from None

    @property
    def broken_off(self) -> bool:
        """Whether it calls itself JSON but is not, as when a proxy has lost half of it."""
        if not self.text or "json" not in self.headers.get("content-type", ""):
            return False
        try:
            return self._parsed is None
        except ValueError:
            return True

    @cached_property
    def _parsed(self) -> Any:
        return parse(self.text)

    def without(self, keyring: Keyring) -> "Response":
        """Returns the response without the credentials that we sent, so that a server that echoes them leaks
        nothing.
        """
        text = keyring.clean_data(self.text)
        return self if text is self.text else replace(self, text=text)

    @classmethod
    def of(cls, response: requests.Response) -> "Response":
        """Keeps the parts of a `requests` response that matter."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        return cls(response.status_code, headers, _decoded(response.content, response.encoding))


def _decoded(body: bytes, charset: str | None) -> str:
    """Decodes a body. If no charset is named, none is guessed: guessing takes seconds per megabyte and blocks the
    process.

    A server may choose only a few charsets, not every codec of Python.
    """
    try:
        codec = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError):
        codec = "utf-8"
    return body.decode(codec if codec in _CHARSETS else "utf-8", errors="replace")


class Policy:
    """Runs requests against one server. `skew` is how far its clock is ahead of ours."""

    def __init__(self, context: Runtime, options: HttpOptions) -> None:
        self._context = context
        self._give_up_after = min(options.give_up_after, context.patience)
        self._limiter = RateLimiter(context, options)
        self._server_time: datetime | None = None
        self._own = threading.local()
        self.skew = timedelta(0)

    @property
    def usage(self) -> Usage:
        """What was asked of the server so far."""
        return replace(self._limiter.usage, skew=self.skew if self._server_time else None)

    @property
    def server_time(self) -> datetime | None:
        """The server's own clock when it last answered this thread, or any thread if it never answered this one.

        The thread matters: what was listed for this one may have changed by the time the server answers another.
        """
        found: datetime | None = getattr(self._own, "server_time", self._server_time)
        return found

    def run(self, what: str, send: Callable[[], Response], *, repeatable: bool, attempts: int = ATTEMPTS) -> Response:
        """Returns a good response to `send`, retrying while that can help and do no harm. Raises ConnectorError.

        A `repeatable` request (a read) is retried after network errors and 5xx. Any other is retried only if it is
        certain that it had no effect: no connection, or refused by a rate limit. `what` names the request in errors;
        at most `attempts` may fail.
        """
        retrying = Retrying(
            retry=retry_if_exception(_passing),
            stop=lambda state: self._enough(state, attempts),
            wait=self._wait,
            sleep=self._sleep,
            before_sleep=lambda state: _log_retry(what, state),
            reraise=True,
        )
        return retrying(self._once, what, send, repeatable)

    def _once(self, what: str, send: Callable[[], Response], repeatable: bool) -> Response:
        with self._limiter.turn():
            try:
                response = send().without(self._context.keyring)
            except requests.RequestException as error:
                raise self._clean(_lost(what, error, repeatable)) from error
            except ConnectorError as error:
                raise self._clean(error) from None
        log.debug("response", request=what, status=response.status)
        if said := http_date(response.headers.get("date", "")):
            self._server_time = self._own.server_time = said
            self.skew = said - self._context.clock()
        until = wait_until(response.headers, self._context.clock()) if limited(response) else None
        self._limiter.learn(response.headers, refused_until=until)
        if response.status >= 300:
            raise self._clean(self._refusal(what, response, until, repeatable))
        if response.broken_off:
            raise _unclear(f"{what}: the answer broke off", repeatable)
        return response

    def _clean(self, error: ConnectorError) -> ConnectorError:
        return error.redact(self._context.keyring.clean)

    def _refusal(self, what: str, response: Response, until: datetime | None, repeatable: bool) -> ConnectorError:
        """Returns the error for a response that refuses; `until`: it asks to wait.

        A busy server (503) may have carried out a write all the same, or may still do so.
        """
        text, said = f"{what}: {response.status}", _words(response)
        if until and (repeatable or response.status != 503):
            clock = say_clock(until, self._context.clock())
            return Throttled(f"{text} (rate limit; asked to wait until {clock})", until, said)
        if response.status < 400:
            where = _without_query(response.headers.get("location", "nowhere"))
            return Unreachable(f"{text} redirected to {where}; write the address behind all redirects under `url`")
        if response.status in (400, 495, 496) and "SSL certificate" in response.text[:1000]:  # As nginx words it.
            return Unreachable(text, said, _OBSTACLES["CERTIFICATE_REQUIRED"])
        if response.status == 407:
            return Unreachable(text, said, _PROXY_LOGIN)
        if response.status >= 500 or response.status == 408:
            return _unclear(text, repeatable, said)
        kinds: dict[int, type[ConnectorError]] = {
            401: Unauthorised,
            403: Forbidden,
            404: NotFound,
            405: NotAllowed,
            410: Gone,
        }
        wrong = "the token is wrong or has expired, or belongs to another account" if response.status == 401 else ""
        return kinds.get(response.status, Refused)(text, said, wrong)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        wait = (error.until - self._context.clock()).total_seconds() if isinstance(error, Throttled) else 0.0
        return wait if wait > 0 else _BACK_OFF(state)

    def _enough(self, state: RetryCallState, attempts: int) -> bool:
        waited = state.idle_for + state.upcoming_sleep
        throttled = state.outcome is not None and isinstance(state.outcome.exception(), Throttled)
        if state.attempt_number >= (ATTEMPTS if throttled else attempts):  # Waiting as asked is not a failed attempt.
            return True
        return waited > self._give_up_after or self._context.stop.is_set()

    def _sleep(self, seconds: float) -> None:
        if self._context.stop.wait(seconds):
            raise ConnectorError("abandoned: the agent is stopping")


def limited(response: Response) -> bool:
    """Tells whether a refusal is about pace, not permission."""
    # Jira Data Center sends `retry-after: 0` with every response, even for a missing permission.
    asked_to_wait = response.headers.get("retry-after", "0") != "0"
    if response.status == 429 or (response.status in (403, 503) and asked_to_wait):
        return True
    if response.status not in (403, 422):
        return False
    words = response.text[:1000].casefold()
    # GitHub's words for pace, including older ones; 422 "was submitted too quickly" is for new comments.
    slow_down = any(phrase in words for phrase in ("rate limit", "abuse detection", "submitted too quickly"))
    return slow_down or (response.status == 403 and response.headers.get("x-ratelimit-remaining") == "0")


def _lost(what: str, error: requests.RequestException, repeatable: bool) -> ConnectorError:
    """Returns the error for a request without a response, depending on whether it can have reached the server."""
    text = f"{what}: {_cause(error)}"
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return Refused(text)
    fix = next((words for sign, words in _OBSTACLES.items() if sign in repr(error)), None)
    if fix:
        return Unreachable(f"{text}; {fix}")
    if any(isinstance(cause, urllib3.exceptions.ProxyError) for cause in _causes(error)):
        text = f"{text}; {_PROXY_AWAY}"
    return _unclear(text, repeatable or unsent(error))


def unsent(error: BaseException) -> bool:
    """Tells whether a request that failed has certainly not left this machine."""
    return any(isinstance(cause, _UNSENT) for cause in _causes(error))


def _unclear(text: str, repeatable: bool, said: str = "") -> ConnectorError:
    """Returns the error for an unclear result: ask again or, if it was a write, look first whether it is there."""
    return Unavailable(text, said) if repeatable else Doubtful(text, said, "it may have been written all the same")


def _without_query(address: str) -> str:
    """Returns where a redirect leads, without what follows the path: that may be a ticket that logs us in."""
    return address.partition("?")[0].partition("#")[0]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yields the error and the reasons inside it. requests and urllib3 wrap them in layers that tell nobody
    anything.
    """
    inner: object = error
    while isinstance(inner, BaseException):
        yield inner
        reason = getattr(inner, "reason", None) or next(iter(inner.args[::-1]), None)
        inner = reason if reason is not inner else None


def _cause(error: BaseException) -> str:
    """Says the innermost reason."""
    *_, inner = _causes(error)
    text = str(inner).rsplit(": ", 1)[-1] if "object at 0x" in str(inner) else str(inner)
    short = _PEER.sub(r"\1:\2", text)
    return f"{type(inner).__name__}: {short}"


def _words(response: Response) -> str:
    """Returns the server's own words, from the shapes that Jira, GitHub and Prometheus use."""
    try:
        body = parse(response.text)
    except ValueError:
        return "" if "<" in response.text[:100] else response.text
    if not isinstance(body, dict):
        return ""
    fields = body.get("errors")
    told = body.get("errorMessages")
    parts = [*(told if isinstance(told, list) else [told]), body.get("message"), body.get("error")]
    if isinstance(fields, dict):
        parts += [f"{name}: {text}" for name, text in fields.items()]
    return "; ".join(str(part) for part in parts if part)


def _passing(error: BaseException) -> bool:
    """Tells whether trying again soon can help."""
    return isinstance(error, Unavailable) and not isinstance(error, Unreachable)


def _log_retry(what: str, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    event = "waiting for a rate limit" if isinstance(error, Throttled) else "request repeated"
    wait = round(state.upcoming_sleep, 1)
    log.warning(event, request=what, attempt=state.attempt_number, error=str(error), wait=wait)
