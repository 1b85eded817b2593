"""Reads one number out of a JSON document, or as the result of a Prometheus query."""

import math
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from connectors.contract import Runtime
from connectors.errors import ConnectorError, Malformed, Refused, Unavailable
from connectors.http.options import HttpOptions
from connectors.http.policy import Policy, Response
from connectors.http.transport import Transport
from connectors.kpis.http.options import KpiOptions
from connectors.options import Secret
from connectors.reading.values import MOST, shown
from sync_agent.model import HttpKpi, PrometheusKpi

_ATTEMPTS = 3
_GIVE_UP_AFTER = 60
_CHUNK = 65_536
_SHOWN = 200


class KpiReader:
    """Reads KPIs with one session and the common policy."""

    def __init__(self, context: Runtime, options: KpiOptions | None = None) -> None:
        self._context = context
        self._options = options or KpiOptions()
        self._policy = Policy(context, HttpOptions(give_up_after=_GIVE_UP_AFTER))
        self._transport = Transport("kpis", self._options, context)
        self._session = requests.Session()
        self._down: dict[tuple[str, datetime], ConnectorError] = {}

    def read(self, kpi: HttpKpi | PrometheusKpi, at: datetime) -> tuple[tuple[datetime, float], ...]:
        """Returns the number now, dated `at`. Raises ConnectorError, naming the address and the step of the path that
        fails.

        A host that did not answer is not asked again for the same `at`, so that many KPIs of one host cost one wait.
        """
        host = self._host(kpi)
        if (host, at) in self._down:
            raise self._down[host, at]
        try:
            value = self._prometheus(kpi) if isinstance(kpi, PrometheusKpi) else self._json(kpi)
        except Unavailable as error:
            self._down = {(host, at): error, **{key: kept for key, kept in self._down.items() if key[1] == at}}
            raise
        except ConnectorError as error:
            raise error.redact(self._context.keyring.clean) from None
        return ((at, value),)

    def close(self) -> None:
        """Closes its connections."""
        self._session.close()

    def _host(self, kpi: HttpKpi | PrometheusKpi) -> str:
        host = urlsplit(kpi.url).hostname or ""
        if not self._options.allows(host):
            raise Refused(f"KPI at {_shown(kpi.url)}: {host} is not among kpis.hosts; add it, or remove the KPI")
        return host

    def _json(self, kpi: HttpKpi) -> float:
        what = f"KPI at {_shown(kpi.url)}"
        document = self._get(what, kpi.url, kpi.token)
        return _number(_follow(document, kpi.path, what), f"'{kpi.path}'", what)

    def _prometheus(self, kpi: PrometheusKpi) -> float:
        """An instant query: https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries."""
        what = f"Prometheus at {_shown(kpi.url)}"
        address = f"{kpi.url.rstrip('/')}/api/v1/query?{urlencode({'query': kpi.query})}"
        data = _follow(self._get(what, address, kpi.token), "data", what)
        if not isinstance(data, dict) or not isinstance(data.get("result"), list):
            raise Malformed(f"{what}: the answer holds no result; is this the address of a Prometheus?")
        kind, result = data.get("resultType"), data["result"]
        if kind == "vector" and len(result) == 1:
            return _number(_follow(result, "0.value.1", what), "the query's value", what)
        if kind == "scalar" and result:
            return _number(_follow(result, "1", what), "the query's value", what)
        found = f"{len(result)} series" if kind == "vector" else f"a {kind}"
        raise Malformed(f"{what}: the query gives {found}, not one number; use such as sum(…) or max(…): {kpi.query}")

    def _get(self, what: str, url: str, token: str | None) -> Any:
        answer = self._policy.run(what, lambda: self._once(what, url, token), repeatable=True, attempts=_ATTEMPTS)
        return answer.json(what)

    def _once(self, what: str, url: str, token: str | None) -> Response:
        headers = {"Accept": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {self._context.reveal(Secret.at(token))}"
        # A redirect could carry the token to a host that nobody chose.
        response = self._transport.send(self._session, "GET", url, headers=headers, stream=True)
        with response:
            answer = Response(
                status=response.status_code,
                headers={name.lower(): value for name, value in response.headers.items()},
                text=self._body(what, response),
            )
        if 300 <= answer.status < 400:
            raise Refused(f"{what}: redirected to {_shown(answer.headers.get('location', ''))}; give that address")
        return answer

    def _body(self, what: str, response: requests.Response) -> str:
        """Returns the answer, unless it is too large or drips in for longer than the timeout."""
        until = self._context.clock() + timedelta(seconds=self._options.timeout)
        read = bytearray()
        for chunk in response.iter_content(_CHUNK):
            read += chunk
            if len(read) > self._options.max_bytes:
                raise Refused(f"{what}: the answer is larger than {self._options.max_bytes:,} bytes (kpis.max_bytes)")
            if self._context.clock() > until:
                raise requests.ReadTimeout(f"the answer took longer than {self._options.timeout:g} seconds")
        return read.decode("utf-8", errors="replace")


def _shown(url: str) -> str:
    """The address without what may be secret in it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def _follow(document: Any, path: str, what: str) -> Any:
    found = document
    for step in path.split("."):
        if isinstance(found, dict) and step in found:
            found = found[step]
        elif isinstance(found, list) and step.lstrip("-").isdigit() and -len(found) <= int(step) < len(found):
            found = found[int(step)]
        else:
            raise Malformed(f"{what}: no '{step}' of '{path}' in the answer;", f"there it {_has(found)}")
    return found


def _has(found: Any) -> str:
    if isinstance(found, dict):
        return f"has {', '.join(list(map(str, found))[:10])}"
    return f"has {len(found)} elements" if isinstance(found, list) else f"is a {type(found).__name__}"


def _number(value: Any, where: str, what: str) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not abs(number) <= MOST:
        raise Malformed(f"{what}: {where} is", f"{shown(value)}, not a number")
    return number
