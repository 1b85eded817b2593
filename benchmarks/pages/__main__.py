"""`python -m benchmarks.pages [GOALS…]`: size, processor time and requests per second of the pages, with 50 readers."""

import asyncio
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from sync_agent.model import (
    Assessment,
    Cause,
    CauseKind,
    Evidence,
    Forecast,
    Goal,
    GoalDay,
    Health,
    KeyResult,
    KeyResultState,
    Organisation,
    Period,
    Person,
    Role,
    ScopeChange,
    Selector,
    Severity,
    Signal,
    SignalKind,
    SourceState,
    Verdict,
)
from sync_agent.store import Store
from sync_agent.store.memory.days import add_days
from sync_agent.web import Metrics, Snapshot, WebServer, build_app

_NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_TODAY = _NOW.date()
_READERS, _EACH = 50, 4
_PAGES = ("/", "/?health=off-track&sort=due", "/?q=goal+7", "/goals/g7", "/map", "/record", "/api/v1/goals/g7")
_HEALTHS = (Health.OFF_TRACK, Health.AT_RISK, Health.ON_TRACK, Health.ON_TRACK, Health.DONE)


def main(sizes: list[int]) -> None:
    """Prints a table for each number of goals."""
    for count in sizes:
        with tempfile.TemporaryDirectory() as folder, closing(Store.open(f"sqlite:///{folder}/state.db")) as store:
            with store.begin() as connection:
                add_days(connection, _days(count))
            app = _app(_snapshot(count), store)
            print(f"\n{count:,} goals")
            print(f"{'page':<30}{'bytes':>9}{'ms of processor':>18}{'first':>9}")
            for page in _PAGES:
                size, first, usual = _cost(app, page)
                print(f"{page:<30}{size:>9,}{usual:>18.1f}{first:>9.1f}")
            with WebServer(app, "127.0.0.1", 0) as server:
                _crowd(server.port)


def _app(snapshot: Snapshot, store: Store) -> Starlette:
    metrics = Metrics()
    return build_app(lambda: snapshot, lambda: metrics.registry, lambda: _NOW, time.monotonic, store=store)


def _cost(app: Starlette, page: str) -> tuple[int, float, float]:
    """Bytes of a page, and milliseconds of processor the first and every other time."""
    path, _, query = page.partition("?")
    route, scope = _found(app, path)
    spent = []
    size = 0
    for _ in range(6):
        request = Request({**scope, "query_string": query.encode()})
        begun = time.process_time()
        answer = asyncio.run(route(request))
        spent.append(1000 * (time.process_time() - begun))
        size = len(answer.body)
    return size, spent[0], median(spent[1:])


def _found(app: Starlette, path: str) -> tuple[Callable[[Request], Any], dict[str, Any]]:
    scope: dict[str, Any] = {
        "type": "http", "method": "GET", "path": path, "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1),
    }  # fmt: skip
    for route in app.routes:
        match, child = route.matches(scope)
        if match.value == 2:
            endpoint: Callable[[Request], Any] = route.endpoint  # type: ignore[attr-defined]
            return endpoint, {**scope, **child}
    raise LookupError(path)


def _crowd(port: int) -> None:
    """Fifty readers at once, and how long /healthz takes meanwhile."""
    waited: list[float] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            begun = time.perf_counter()
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60).read()
            waited.append(1000 * (time.perf_counter() - begun))
            time.sleep(0.02)

    def read(number: int) -> None:
        for turn in range(_EACH):
            page = _PAGES[(number + turn) % len(_PAGES)]
            urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=120).read()

    watcher = threading.Thread(target=watch)
    readers = [threading.Thread(target=read, args=(n,)) for n in range(_READERS)]
    watcher.start()
    begun = time.perf_counter()
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    seconds = time.perf_counter() - begun
    over.set()
    watcher.join()
    rate = _READERS * _EACH / seconds
    health = f"/healthz median {median(waited):.0f} ms, worst {max(waited):.0f} ms"
    print(f"{_READERS} readers: {rate:.0f} pages a second; {health}")


def _snapshot(count: int) -> Snapshot:
    people = {f"p{n}": Person(f"p{n}", f"Person {n}", Role.OWNER) for n in range(max(count // 5, 1))}
    goals = tuple(_goal(n, len(people)) for n in range(count))
    organisation = Organisation("Benchmark", goals, people, themes={f"t{n}": f"Theme {n}" for n in range(12)})
    return Snapshot(
        beat=time.monotonic(), interval=timedelta(minutes=15), organisation=organisation,
        assessments=tuple(_judged(n) for n in range(count)), sources=(SourceState("jira", complete_at=_NOW),),
        began=_NOW, ended=_NOW,
    )  # fmt: skip


def _goal(number: int, people: int) -> Goal:
    results = (KeyResult("kr", "Work is done", (Selector("jira", projects=(f"P{number}",)),)),)
    period = Period(date(2026, 10, 1), date(2026, 12, 18) + timedelta(days=number % 30))
    waits = (f"g{number - 1}",) if number % 10 == 1 else ()
    name, owner = f"Goal {number} makes something noticeably better for everybody", f"p{number % people}"
    return Goal(f"g{number}", name, owner, period, results, theme=f"t{number % 12}", depends_on=waits)


def _judged(number: int) -> Assessment:
    ends = tuple(_TODAY + timedelta(weeks=n + number % 5) for n in range(1, 10))
    forecast = Forecast(ends[4], ends[8], 0.2 + number % 8 / 10, "10,000 runs", share_dates=ends)
    key = f"P{number}-7"
    fact = Evidence(f"{key} Something that waits", key, f"https://jira.example.org/browse/{key}")
    news = f"blocked 6 working days by {key}"
    stuck = Signal(f"g{number}", SignalKind.BLOCKED, key, Severity.ALERT, news, evidence=(fact,) * 4)
    state = KeyResultState("kr", "Work is done", 0.42, 17, 40, "items", "17 of 40 items", forecast)
    return Assessment(
        f"g{number}", _NOW, _HEALTHS[number % 5], 0.42, 0.68, forecast, (state,), (stuck,) if number % 3 == 0 else (),
        (Evidence("Work is done: 17 of 40 items"),), scope=ScopeChange(40, 17, 6, 0, date(2026, 10, 1)),
        causes=(Cause(CauseKind.ADDED, "6 open items added since 1 Oct", 7),) if number % 5 < 2 else (),
    )  # fmt: skip


def _days(count: int) -> Iterator[GoalDay]:
    for number in range(count):
        first = GoalDay(f"g{number}", _TODAY, Health.AT_RISK, Verdict.AT_RISK, 0.4, p50=_TODAY, p85=_TODAY)
        for back in range(1, 40):
            how = Verdict.AT_RISK if (back + number) % 20 else Verdict.ON_TRACK
            yield replace(first, day=_TODAY - timedelta(days=back), verdict=how)


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [200, 1_000, 10_000])
