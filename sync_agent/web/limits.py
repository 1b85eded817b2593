"""What a visitor may cost: connections, time and bytes. Anybody who wants more is turned away."""

import resource
from asyncio import Transport
from typing import Any, cast

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 256
AT_ONCE = 16
"""This many connections are accepted before any of them is looked at."""
MOST_BYTES = 256_000
"""Bytes of a request's body. The longest form is far shorter."""
MOST_HEADER_BYTES = 16_384

_OWN_FILES = 128
"""Files that are left to the agent: the store, trackers, mails, and occasional reads and writes."""


def most_connections() -> int:
    """As many as leave enough files for the agent, however few the system allows."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(AT_ONCE, min(MOST_CONNECTIONS, allowed - _OWN_FILES - AT_ONCE))


class PoliteProtocol(H11Protocol):
    """A connection carries one request. The request and its answer each have to arrive in time. Connections beyond the
    limit are closed unread.
    """

    most = MOST_CONNECTIONS
    request_seconds = 10.0
    total_seconds = 60.0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Accepts the connection, or closes it."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            transport.abort()
            return
        self._timers = [
            self.loop.call_later(self.request_seconds, self._end_unless_asked),
            self.loop.call_later(self.total_seconds, transport.abort),
        ]

    def connection_lost(self, exc: Exception | None) -> None:
        """Frees its place."""
        for timer in getattr(self, "_timers", ()):
            timer.cancel()
        super().connection_lost(exc)

    def _end_unless_asked(self) -> None:
        if self.cycle is None or self.cycle.more_body:
            self.transport.abort()


class BoundedBodies:
    """Refuses bodies that are too long, and requests whose body two servers might read differently."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with an error, or passes the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        # RFC 9112, 6.3: this may be an attempt at request smuggling.
        if "content-length" in headers and "transfer-encoding" in headers:
            await _refuse(400, scope, receive, send)
            return
        if sum(len(name) + len(value) for name, value in headers.raw) > MOST_HEADER_BYTES:
            await _refuse(431, scope, receive, send)
            return
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            await _refuse(413, scope, receive, send)
            return
        await self._app(scope, _Counted(receive), send)


class _Counted:
    """Receives up to the limit, because a body may be longer than announced, or not announced at all."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0

    async def __call__(self) -> Message:
        message = await self._receive()
        self._bytes += len(cast("dict[str, Any]", message).get("body", b""))
        return {"type": "http.disconnect"} if self._bytes > MOST_BYTES else message


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    words = {400: "Content-Length beside Transfer-Encoding", 413: "the body is too long", 431: "too many headers"}
    await PlainTextResponse(words[status], status_code=status)(scope, receive, send)
