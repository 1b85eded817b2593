"""What every sandbox server has: a clock that can be set, faults that can be switched on, and a journal."""

import asyncio
import json
import re
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

Endpoint = Callable[[Request], Awaitable[Response]]


class Clock:
    """The sandbox's time, aware UTC: the real one until it is set."""

    def __init__(self, now: datetime | None = None) -> None:
        self._now = now

    def now(self) -> datetime:
        """The time."""
        return self._now or datetime.now(UTC)

    def set(self, now: datetime) -> None:
        """Stops the clock at `now`."""
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Moves the clock on."""
        self._now = self.now() + by


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with requests whose path matches, and whose body what it `asks`. `after` well-behaved ones come
    first, then `times` faults.

    `lost`: the request is carried out, but its answer never arrives. `reset`: the same, and the connection breaks off
    in the middle of the answer. `cut`: only half of the answer arrives, and nothing tells so. `body` replaces
    the answer's text.
    """

    path: str = ""
    method: str | None = None
    asks: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    after: int = 0
    times: int | None = None
    lost: bool = False
    reset: bool = False
    cut: bool = False
    latency: float = 0.0


class Faults:
    """Faults that are switched on; thread safe."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        """Switches a fault on."""
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Switches all faults off."""
        with self._lock:
            self._faults.clear()

    def take(self, method: str, path: str, body: str = "") -> Fault | None:
        """The fault that this request meets, counted as met."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                meant = fault.method in (None, method) and re.search(fault.path, path) and re.search(fault.asks, body)
                if meant and fault.times != 0:
                    return self._count(index, fault)
        return None

    def _count(self, index: int, fault: Fault) -> Fault | None:
        if fault.after:
            self._faults[index] = replace(fault, after=fault.after - 1)
            return None
        if fault.times is not None:
            self._faults[index] = replace(fault, times=fault.times - 1)
        return fault


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with its answer."""

    method: str
    path: str
    query: str
    request: str
    status: int
    answer: str
    agent: str = ""


class Journal:
    """Every exchange, oldest first; thread safe."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []

    def clear(self) -> None:
        """Forgets them."""
        self.exchanges.clear()

    def writes(self) -> list[Exchange]:
        """Those that may have changed something: comments written or edited."""
        return [e for e in self.exchanges if e.method in ("POST", "PUT", "PATCH") and "comment" in e.path]


class Sandbox:
    """One tracker's application with its clock, faults, journal and the control paths below `/_sandbox/`.

    `after` is called with every exchange once its answer stands: people who go on working while somebody reads.
    `rewrite` makes another text of an answer's, by the request's path: values as no server should send them.
    `busy` counts the requests that are under way, those included whose client has gone. `rotate` makes another token
    the only good one.
    """

    def __init__(self, routes: list[Route], clock: Clock, rotate: Callable[[str], None] | None = None) -> None:
        self.clock = clock
        self.faults = Faults()
        self.journal = Journal()
        self.after: Callable[[Exchange], None] = _nothing
        self.rewrite: Callable[[str, str], str] | None = None
        self.busy = 0
        self.rotate = rotate or _no_login
        control = [
            Route("/_sandbox/clock", self._set_clock, methods=["POST"]),
            Route("/_sandbox/faults", self._change_faults, methods=["POST", "DELETE"]),
            Route("/_sandbox/journal", self._show_journal),
        ]
        self.app = Starlette(routes=[*control, *routes])
        self.app.add_middleware(BaseHTTPMiddleware, dispatch=self._dispatch)

    async def _dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        if request.url.path.startswith("/_sandbox/"):
            return await call_next(request)
        self.busy += 1
        try:
            return await self._answer(request, call_next)
        finally:
            self.busy -= 1

    async def _answer(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        body = (await request.body()).decode(errors="replace")
        fault = self.faults.take(request.method, request.url.path, body)
        if fault and fault.latency:
            await asyncio.sleep(fault.latency)
        refused = fault is not None and fault.status is not None and not fault.lost
        answer = _refusal(fault) if fault and refused else await _whole(await call_next(request))
        if fault and not refused:
            answer = _spoilt(fault, answer)
        if self.rewrite:
            answer = _rewritten(answer, request.url.path, self.rewrite)
        answer.headers["date"] = format_datetime(self.clock.now(), usegmt=True)
        text = bytes(answer.body).decode(errors="replace")
        exchange = Exchange(
            request.method,
            request.url.path,
            request.url.query,
            body,
            answer.status_code,
            text,
            request.headers.get("user-agent", ""),
        )
        self.journal.exchanges.append(exchange)
        self.after(exchange)
        return answer

    async def _set_clock(self, request: Request) -> Response:
        self.clock.set(datetime.fromisoformat((await request.json())["now"]))
        return JSONResponse({"now": self.clock.now().isoformat()})

    async def _change_faults(self, request: Request) -> Response:
        if request.method == "DELETE":
            self.faults.clear()
        else:
            self.faults.add(Fault(**await request.json()))
        return JSONResponse({"ok": True})

    def _show_journal(self, _request: Request) -> Response:
        return JSONResponse([{"method": e.method, "path": e.path, "status": e.status} for e in self.journal.exchanges])


@dataclass(frozen=True, slots=True)
class Tls:
    """How a server is encrypted: the file with its key and certificate. With `clients`, the file with an authority's
    certificate, only those who show a certificate from it are served.
    """

    certificate: Path
    clients: Path | None = None


class _Swift(uvicorn.Server):
    """Ends at once: the library looks every tenth of a second whether it should, and then waits for another."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._asked: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    async def main_loop(self) -> None:
        """Until `end`."""
        await self.on_tick(0)
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        self._asked = loop, ended
        if not self.should_exit:
            await ended.wait()

    def end(self) -> None:
        """Called by another thread."""
        self.should_exit = True
        if self._asked:
            loop, ended = self._asked
            with suppress(RuntimeError):  # It has ended by itself.
                loop.call_soon_threadsafe(ended.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002
        """Once every answer that is under way is given."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while self.server_state.connections or self.server_state.tasks:
            await asyncio.sleep(0.002)


class Server:
    """Serves an application on loopback, in a thread, while it is entered; over HTTPS with `tls`."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0, tls: Tls | None = None) -> None:
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            date_header=False,
            ssl_certfile=tls.certificate if tls else None,
            ssl_ca_certs=str(tls.clients) if tls and tls.clients else None,
            ssl_cert_reqs=ssl.CERT_REQUIRED if tls and tls.clients else ssl.CERT_NONE,
        )
        self._server = _Swift(config)
        self._socket = config.bind_socket()
        # Head and body are sent apart: without this the second waits 40 ms for the client's delayed acknowledgement.
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.listen(128)  # Who asks before the thread has begun waits instead of being refused.
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="sandbox", daemon=True)
        self.url = f"{'https' if tls else 'http'}://{host}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.end()
        self._thread.join(timeout=5)
        self._socket.close()


def _nothing(_exchange: Exchange) -> None:
    """Nobody works meanwhile."""


def _no_login(_token: str) -> None:
    """Whoever asks is answered."""


async def _whole(answer: Response) -> Response:
    """A streamed answer with its body at hand."""
    parts = [part async for part in answer.body_iterator]  # type: ignore[attr-defined]
    body = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
    return Response(body, answer.status_code, headers)


def _rewritten(answer: Response, path: str, rewrite: Callable[[str, str], str]) -> Response:
    kept = {name: value for name, value in answer.headers.items() if name != "content-length"}
    return Response(rewrite(path, bytes(answer.body).decode()), answer.status_code, kept)


def _refusal(fault: Fault) -> Response:
    body = fault.body if fault.body is not None else json.dumps({"message": "fault", "errorMessages": ["fault"]})
    return Response(body, fault.status or 500, {"content-type": "application/json", **fault.headers})


def _spoilt(fault: Fault, answer: Response) -> Response:
    if fault.reset:  # The server closes a connection on which it promised more than it has.
        return Response(b"{", 200, {"content-length": "1000", "content-type": "application/json"})
    if fault.lost:
        return Response(json.dumps({"message": "lost"}), fault.status or 502, dict(fault.headers))
    kept = {name: value for name, value in answer.headers.items() if name != "content-length"}
    if fault.cut:
        return Response(bytes(answer.body)[: len(answer.body) // 2], answer.status_code, kept)
    return answer if fault.body is None else Response(fault.body, answer.status_code, kept)
