"""What servers say about their limits in the headers of a response (names in lower case), and how long to wait.

- GitHub: `x-ratelimit-*`, the reset in seconds since 1970.
  https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
- Jira Cloud: `x-ratelimit-*`, the reset as an ISO 8601 instant; `ratelimit` in the form of the draft standard, also as
  `beta-ratelimit`. https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
- Jira Data Center: `x-ratelimit-*` with `-interval-seconds` instead of a reset, and `retry-after: 0` while there is
  something left. https://confluence.atlassian.com/adminjiraserver/improving-instance-stability-with-rate-limiting-983794911.html
- The draft standard in its three forms, the reset in seconds from now.
  https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
"""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.contract import Quota

# GitHub: "wait for at least one minute" where a secondary limit names no time.
_UNNAMED_WAIT = timedelta(minutes=1)
# No quota lasts longer. A server that names a later time is mistaken, perhaps in the unit; if we believed it, we would
# never ask again.
_LONGEST = timedelta(days=1)
# Characters of a header. No server has so many limits that it needs more.
_LONGEST_TEXT = 4_000
_DRAFT = ("ratelimit", "beta-ratelimit")


def quotas(headers: Mapping[str, str], now: datetime) -> Iterator[Quota]:
    """Yields every limit that a response states, what is left of it, and when it resets by our own clock."""
    limit, remaining = count(headers.get("x-ratelimit-limit")), count(headers.get("x-ratelimit-remaining"))
    reset = _reset(headers, now)
    if limit is not None and remaining is not None and reset:
        yield Quota(headers.get("x-ratelimit-resource", ""), limit, remaining, reset)
    yield from _plain_draft(headers, now)
    for name in _DRAFT:
        policies = dict(_items(headers.get(f"{name}-policy", "")))
        for policy, known in _items(headers.get(name, "")):
            limit, remaining = count(policies.get(policy, {}).get("q")), count(known.get("r"))
            seconds = count(known.get("t"))
            if limit is not None and remaining is not None and seconds is not None:
                yield Quota(policy, limit, remaining, _in(now, seconds))


def wait_until(headers: Mapping[str, str], now: datetime) -> datetime:
    """Returns when a request that was refused for its pace may be tried again."""
    if "retry-after" in headers:
        return _retry_after(headers["retry-after"], headers, now) or now + _UNNAMED_WAIT
    used_up = [quota.reset for quota in quotas(headers, now) if not quota.remaining]
    reset = _reset(headers, now) if headers.get("x-ratelimit-remaining", "0") == "0" else None
    found = max((*used_up, *([reset] if reset else [])), default=None)
    return max(found, now) if found else now + _UNNAMED_WAIT


def say_clock(moment: datetime, now: datetime) -> str:
    """Says an instant as `21:40:00 UTC`, with the day if it is not today."""
    moment = moment.astimezone(UTC)
    return (
        f"{moment:%H:%M:%S} UTC" if moment.date() == now.astimezone(UTC).date() else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    )


def http_date(text: str) -> datetime | None:
    """Parses the date of a header into UTC; None if it is not a date."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def instant(text: str) -> datetime | None:
    """Parses seconds since 1970 or ISO 8601 (UTC if it names no zone) into UTC; None if it is neither."""
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def count(text: str | None) -> int | None:
    """Parses a plausible whole number; None for anything else."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return int(number) if math.isfinite(number) and 0 <= number < 1e9 else None


def _retry_after(text: str, headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Parses seconds or an HTTP date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after."""
    try:
        return _in(now, float(text))
    except (ValueError, OverflowError):
        pass
    found = http_date(text)
    return max(_by_our_clock(found, headers, now), now) if found else None


def _reset(headers: Mapping[str, str], now: datetime) -> datetime | None:
    interval = count(headers.get("x-ratelimit-interval-seconds"))
    if interval is not None:
        return _in(now, interval)
    moment = instant(headers.get("x-ratelimit-reset", ""))
    return _by_our_clock(moment, headers, now) if moment else None


def _plain_draft(headers: Mapping[str, str], now: datetime) -> Iterator[Quota]:
    """Yields limits in the older forms: three headers, or one such as `limit=100, remaining=50, reset=30`."""
    pairs = (part.strip().partition("=") for part in headers.get("ratelimit", "")[:_LONGEST_TEXT].split(","))
    together = {name: value for name, sign, value in pairs if sign and name in ("limit", "remaining", "reset")}
    apart = {name: headers.get(f"ratelimit-{name}", "").partition(",")[0] for name in ("limit", "remaining", "reset")}
    for found in (together, apart):
        limit, remaining, seconds = (count(found.get(name)) for name in ("limit", "remaining", "reset"))
        if limit is not None and remaining is not None and seconds is not None:
            yield Quota("", limit, remaining, _in(now, seconds))


def _items(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Parses `"default";r=50;t=30, …`: yields each name with its parameters."""
    for item in text[:_LONGEST_TEXT].split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        pairs = (parameter.partition("=") for parameter in parameters)
        if known := {key: value for key, sign, value in pairs if sign}:
            yield name.strip('"'), known


def _by_our_clock(moment: datetime, headers: Mapping[str, str], now: datetime) -> datetime:
    """Converts an instant that the server named to our clock, as either clock may be wrong."""
    servers = http_date(headers.get("date", ""))
    return now + min(moment - (servers or now), _LONGEST)


def _in(now: datetime, seconds: float) -> datetime:
    return now + min(timedelta(seconds=max(0.0, seconds)), _LONGEST)
