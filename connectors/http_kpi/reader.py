"""Reads one number out of a JSON document."""

import math
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from connectors.base import Context
from connectors.errors import Malformed, Refused
from connectors.http import Answer, Policy
from connectors.options import HttpOptions, Secret
from sync_agent.model import HttpKpi

_LARGEST = 5_000_000


class KpiReader:
    """Reads KPIs with one session and the common policy."""

    def __init__(self, context: Context, options: HttpOptions | None = None) -> None:
        self._context = context
        self._options = options or HttpOptions(give_up_after=60)
        self._policy = Policy(context, self._options)
        self._session = requests.Session()
        self._session.verify = str(self._options.ca_bundle) if self._options.ca_bundle else True

    def read(self, kpi: HttpKpi) -> float:
        """The number at `kpi.path`. Raises ConnectorError, naming the address and the step of the path that fails."""
        what = f"KPI at {_shown(kpi.url)}"
        answer = self._policy.run(what, lambda: self._once(kpi), repeatable=True)
        return _number(_follow(answer.json(what), kpi.path, what), kpi.path, what)

    def close(self) -> None:
        """Gives connections back."""
        self._session.close()

    def _once(self, kpi: HttpKpi) -> Answer:
        headers = {"Accept": "application/json"}
        if kpi.token:
            headers["Authorization"] = f"Bearer {_secret(kpi.token).reveal(self._context.environ)}"
        # A redirect could carry the token to a host that nobody chose.
        response = self._session.get(
            kpi.url, headers=headers, timeout=self._options.timeout, allow_redirects=False, stream=True
        )
        with response:
            if int(response.headers.get("Content-Length") or 0) > _LARGEST:
                raise Refused(f"KPI at {_shown(kpi.url)}: the document is larger than {_LARGEST:,} bytes")
            answer = Answer.of(response)
        if 300 <= answer.status < 400:
            raise Refused(
                f"KPI at {_shown(kpi.url)}: redirected to {answer.headers.get('location')}; give that address"
            )
        return answer


def _secret(token: str) -> Secret:
    kind, _, where = token.partition(":")
    return Secret(env=where) if kind == "env" else Secret(file=Path(where))


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
            has = (
                f"has {', '.join(list(map(str, found))[:10])}"
                if isinstance(found, dict)
                else f"is a {type(found).__name__}"
            )
            raise Malformed(f"{what}: no '{step}' of '{path}' in the answer; there it {has}")
    return found


def _number(value: Any, path: str, what: str) -> float:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise Malformed(f"{what}: '{path}' is {value!r}, not a number")
    return number
