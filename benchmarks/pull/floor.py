"""The same requests that ours made, by bare loops that throw the answers away: as many at once as ours."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

_AT_ONCE = 4
_Request = tuple[str, str, str]


def repeat(record: Path, url: str, log_in: Callable[[requests.Session], None]) -> None:
    """Repeats the requests in a file. Those of one stream follow each other, for each needs what the one before
    brought; up to four streams run side by side, as many as ours may.
    """
    streams: dict[str, list[_Request]] = {}
    with record.open() as lines:
        for line in lines:
            method, path, body = json.loads(line)
            streams.setdefault(_stream(path, body), []).append((method, path, body))

    def run(requests_: list[_Request]) -> None:
        session = requests.Session()
        log_in(session)
        for method, path, body in requests_:
            headers = {"Content-Type": "application/json"}
            session.request(
                method, url + path, data=body.encode() or None, headers=headers, timeout=60
            ).raise_for_status()

    run(streams.pop("first", []))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(run, streams.values()))


def _stream(path: str, body: str) -> str:
    """Jira: the two directions of the first reading and the histories; GitHub: each repository."""
    if path.endswith("/graphql"):
        variables = json.loads(body)["variables"]
        return f"{variables['owner']}/{variables['name']}" if "name" in variables else "first"
    if path.endswith("/bulkfetch"):
        return "histories"
    if "/search" in path:
        return "falling" if " DESC" in body else "rising"
    return "first"
