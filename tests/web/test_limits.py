"""Visitors who are slow, many or odd cost the agent nothing that it needs; all over real sockets."""

import os
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sync_agent.web import limits
from sync_agent.web.limits import MOST_BYTES, PoliteProtocol
from sync_agent.web.server import WebServer

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


async def _read(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} bytes")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that takes twenty connections and has little patience."""
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 20)
    monkeypatch.setattr(PoliteProtocol, "request_seconds", 0.5)
    app = Starlette(routes=[Route("/", _read, methods=["GET", "POST"])])
    with WebServer(app, "127.0.0.1", 0) as server:
        yield server.port


def ask(port: int, *parts: bytes) -> bytes:
    """What is answered until the connection ends; nothing where it is broken off."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        try:
            for part in parts:
                line.sendall(part)
            return b"".join(iter(lambda: line.recv(65_536), b""))
        except ConnectionError:
            return b""


def post(length: int, body: bytes, more: bytes = b"") -> bytes:
    return b"POST / HTTP/1.1\r\nHost: a\r\n" + more + f"Content-Length: {length}\r\n\r\n".encode() + body


def test_a_request_is_answered_and_its_connection_ended(port: int) -> None:
    assert ask(port, GET).startswith(b"HTTP/1.1 200")
    assert ask(port, post(4, b"word")).endswith(b"4 bytes")


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHos", post(1000, b"only the beginning")])
def test_who_does_not_finish_a_request_in_time_is_shown_the_door(port: int, begun: bytes) -> None:
    assert b"200" not in ask(port, begun)


def test_slow_clients_beyond_the_limit_keep_nobody_else_out(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
        answer, patience = b"", monotonic() + 30
        while not answer and monotonic() < patience:
            answer = ask(port, GET)
        assert answer.startswith(b"HTTP/1.1 200")
    assert len(resource_files()) < 400


def resource_files() -> list[str]:

    return os.listdir("/proc/self/fd")


def test_a_long_body_is_refused_whatever_it_calls_itself(port: int) -> None:
    assert ask(port, post(MOST_BYTES + 1, b"")).startswith(b"HTTP/1.1 413")
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert b"200 OK" not in ask(port, head, *[chunk] * 8, b"0\r\n\r\n")


def test_long_headers_are_refused(port: int) -> None:
    for length in (20_000, 1_000_000):
        assert b"200 OK" not in ask(port, b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * length + b"\r\n\r\n")


def test_two_lengths_are_refused(port: int) -> None:
    smuggled = post(4, b"0\r\n\r\nGET /admin HTTP/1.1\r\n\r\n", b"Transfer-Encoding: chunked\r\n")
    assert ask(port, smuggled).startswith(b"HTTP/1.1 400")


def test_the_agent_keeps_files_for_itself_however_few_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    for allowed, most in ((1_048_576, 256), (1024, 256), (256, 112), (64, 16)):
        monkeypatch.setattr(resource, "getrlimit", lambda _which, soft=allowed: (soft, soft))
        assert limits.most_connections() == most
