"""The one HTTP policy: what is tried again, how long to wait, and what each refusal means.

The client libraries' own retries are off: they repeat writes and sleep where nobody can stop them.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import orjson
import requests
import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential_jitter

from connectors.base import Context, Usage
from connectors.errors import (
    ConnectorError,
    Doubtful,
    Forbidden,
    Gone,
    Malformed,
    NotFound,
    Refused,
    Throttled,
    Unauthorised,
    Unavailable,
)
from connectors.options import HttpOptions
from connectors.pace import Pace, by_our_clock, http_date, reset_time

log = structlog.get_logger(__name__)

ATTEMPTS = 7
_BACK_OFF = wait_exponential_jitter(initial=1, max=60, jitter=1)
# GitHub: "wait for at least one minute" where a secondary limit names no time.
# https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
_UNNAMED_WAIT = timedelta(minutes=1)
_EXCERPT = 300


@dataclass(frozen=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    def json(self, what: str) -> Any:
        """The parsed body. Raises Malformed."""
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
        """Whether it calls itself JSON and is not: a proxy that lost the other half of it looks like that."""
        if not self.text or "json" not in self.headers.get("content-type", ""):
            return False
        try:
            return self._parsed is None
        except ValueError:
            return True

    @cached_property
    def _parsed(self) -> Any:
        return orjson.loads(self.text)

    @classmethod
    def of(cls, response: requests.Response) -> "Answer":
        """The parts of a `requests` answer that matter."""
        return cls(response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.text)


class Policy:
    """Runs requests against one server. `server_time` is the server's own clock when it last answered."""

    def __init__(self, context: Context, options: HttpOptions) -> None:
        self._context = context
        self._give_up_after = options.give_up_after
        self._pace = Pace(context, options)
        self.server_time: datetime | None = None

    @property
    def usage(self) -> Usage:
        """What was asked of the server so far."""
        return self._pace.usage

    def run(self, what: str, send: Callable[[], Answer], *, repeatable: bool, attempts: int = ATTEMPTS) -> Answer:
        """A good answer to `send`, which is tried again while that can help and do no harm.

        A `repeatable` request (a read) is tried again after network errors and 5xx; any other only where it is sure
        that it did nothing: no connection, or refused by a rate limit. `what` names the request in errors. Raises
        ConnectorError.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(Unavailable),
            stop=lambda state: state.attempt_number >= attempts or self._enough(state),
            wait=self._wait,
            sleep=self._sleep,
            before_sleep=lambda state: _log_retry(what, state),
            reraise=True,
        )
        return retrying(self._once, what, send, repeatable)

    def _once(self, what: str, send: Callable[[], Answer], repeatable: bool) -> Answer:
        with self._pace.turn():
            try:
                answer = send()
            except requests.RequestException as error:
                raise _lost(what, error, repeatable) from error
        self.server_time = http_date(answer.headers.get("date", "")) or self.server_time
        refusal = None if answer.status < 300 else self._refusal(what, answer, repeatable)
        self._pace.learn(answer.headers, refused_until=refusal.until if isinstance(refusal, Throttled) else None)
        if refusal:
            raise refusal
        if repeatable and answer.broken_off:
            raise Unavailable(f"{what}: the answer broke off")
        return answer

    def _refusal(self, what: str, answer: Answer, repeatable: bool) -> ConnectorError:
        text = f"{what}: {answer.status} {_explain(answer)}"
        if limited(answer):
            until = _until(answer, self._context.clock())
            return Throttled(f"{text} (rate limit; asked to wait until {until:%H:%M:%S} UTC)", until)
        if answer.status >= 500:
            return Unavailable(text) if repeatable else Doubtful(f"{text}; it may have been written all the same")
        kinds: dict[int, type[ConnectorError]] = {
            401: Unauthorised,
            403: Forbidden,
            404: NotFound,
            408: Unavailable,
            410: Gone,
        }
        return kinds.get(answer.status, Refused)(text)

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, Throttled):
            return max(0.0, (error.until - self._context.clock()).total_seconds())
        return _BACK_OFF(state)

    def _enough(self, state: RetryCallState) -> bool:
        waited = state.idle_for + state.upcoming_sleep
        return waited > self._give_up_after or self._context.stop.is_set()

    def _sleep(self, seconds: float) -> None:
        if self._context.stop.wait(seconds):
            raise ConnectorError("abandoned: the agent is stopping")


def limited(answer: Answer) -> bool:
    """Whether a refusal is about pace, not about permission."""
    if answer.status == 429 or (answer.status in (403, 503) and "retry-after" in answer.headers):
        return True
    if answer.status not in (403, 422):
        return False
    words = answer.text[:1000].casefold()
    # GitHub's words for pace, older ones included; 422 "was submitted too quickly" comes for new comments.
    slow_down = any(phrase in words for phrase in ("rate limit", "abuse detection", "submitted too quickly"))
    return slow_down or (answer.status == 403 and answer.headers.get("x-ratelimit-remaining") == "0")


def _until(answer: Answer, now: datetime) -> datetime:
    headers = answer.headers
    if "retry-after" in headers:
        return _moment(headers["retry-after"], headers, now) or now + _UNNAMED_WAIT
    reset = headers.get("x-ratelimit-reset") if headers.get("x-ratelimit-remaining", "0") == "0" else None
    found = reset_time(reset, headers, now) if reset else None
    return max(found, now) if found else now + _UNNAMED_WAIT


def _moment(text: str, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Seconds or an HTTP date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after."""
    try:
        return now + timedelta(seconds=float(text))
    except (ValueError, OverflowError):
        pass
    found = http_date(text)
    return max(by_our_clock(found, headers, now), now) if found else None


def _lost(what: str, error: requests.RequestException, repeatable: bool) -> ConnectorError:
    text = f"{what}: {_cause(error)}"
    if isinstance(error, requests.exceptions.SSLError):
        return Unavailable(f"{text}; if the server's certificate is your own, name it under ca_bundle")
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return Refused(text)
    unsent = isinstance(error, requests.exceptions.ConnectTimeout) or "NewConnectionError" in repr(error)
    if repeatable or unsent:
        return Unavailable(text)
    return Doubtful(f"{text}; it may have been written all the same")


def _cause(error: BaseException) -> str:
    """The innermost reason: requests and urllib3 wrap it in layers that tell nobody anything."""
    reason = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    if isinstance(reason, BaseException) and reason is not error:
        return _cause(reason)
    text = str(error).rsplit(": ", 1)[-1] if "object at 0x" in str(error) else str(error)
    return f"{type(error).__name__}: {text}"


def _explain(answer: Answer) -> str:
    """The server's own words, from the shapes that Jira, GitHub and Prometheus use."""
    try:
        body = json.loads(answer.text)
    except ValueError:
        return "" if "<" in answer.text[:100] else answer.text[:_EXCERPT]
    if not isinstance(body, dict):
        return ""
    fields = body.get("errors")
    parts = [*(body.get("errorMessages") or ()), body.get("message"), body.get("error")]
    if isinstance(fields, dict):
        parts += [f"{name}: {text}" for name, text in fields.items()]
    return "; ".join(str(part) for part in parts if part)[:_EXCERPT]


def _log_retry(what: str, state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning(
        "request repeated", request=what, attempt=state.attempt_number, error=str(error), wait=state.upcoming_sleep
    )
