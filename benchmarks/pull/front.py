"""What stands before a sandbox tracker with one example item: it answers lists as if there were any number like it."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `body` is its JSON, `query` the last value of each parameter."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    host: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    text: str
    status: int = 200
    headers: Headers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Life:
    """What goes on at a tracker: how late each answer is (seconds), how so many items from a first one on are edited,
    what time it is, what `happens` after each answer, and what is true in the end: the mark of each key. Answers have
    `headers`. Requests are written to `record`, one a line, to be repeated.
    """

    latency: float
    edit: Callable[[int, int], None]
    now: Callable[[], datetime]
    happens: Callable[[], None]
    truth: Callable[[], Mapping[str, str]]
    headers: Headers
    record: Path | None = None


class Front:
    """An application that counts its requests.

    `lists` answers what it knows how to answer. For everything else it gives the path at which the tracker behind is
    asked, and what is to be done with the text that comes back.
    """

    def __init__(self, behind: ASGIApp, lists: Callable[[Asked], "Answer | Passed"], life: Life) -> None:
        self._behind = behind
        self._lists = lists
        self._life = life
        self._requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        body = await _body(receive)
        if scope["path"].startswith("/_sandbox/"):
            await _reply(send, Answer(json.dumps(self._control(scope["path"]))))
            return
        self._requests += 1
        self._note(scope, body)
        await asyncio.sleep(self._life.latency)
        found = self._lists(_asked(scope, body))
        if isinstance(found, Passed):
            found = await self._pass(scope, body, found)
        date = format_datetime(self._life.now(), usegmt=True)
        await _reply(send, replace(found, headers={**found.headers, **self._life.headers, "date": date}))
        self._life.happens()

    def _control(self, path: str) -> Any:
        if path.endswith("/truth"):
            return self._life.truth()
        if "/edit/" in path:
            first, count = path.split("/")[-2:]
            self._life.edit(int(first), int(count))
        counted, self._requests = self._requests, 0
        return counted

    def _note(self, scope: Scope, body: bytes) -> None:
        if self._life.record:
            path = scope["path"] + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
            with self._life.record.open("a") as lines:
                lines.write(json.dumps([scope["method"], path, body.decode()]) + "\n")

    async def _pass(self, scope: Scope, body: bytes, passed: "Passed") -> Answer:
        inner = {**scope, "path": passed.path, "raw_path": passed.path.encode()}
        if passed.body is not None:
            body = json.dumps(passed.body).encode()
            kept = [(name, value) for name, value in scope["headers"] if name != b"content-length"]
            inner["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
        if passed.query is not None:
            inner["query_string"] = passed.query.encode()
        status, headers, text = await _ask(self._behind, inner, body)
        return passed.then(Answer(text, status, headers))


@dataclass(frozen=True, slots=True)
class Passed:
    """A request for the tracker behind, perhaps with another body or query than it came with."""

    path: str
    then: Callable[[Answer], Answer]
    body: Any = None
    query: str | None = None


async def _ask(app: ASGIApp, scope: Scope, body: bytes) -> tuple[int, Headers, str]:
    status, headers, parts = 500, {}, []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, headers, b"".join(parts).decode()


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _asked(scope: Scope, body: bytes) -> Asked:
    query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
    host = next((value.decode() for name, value in scope["headers"] if name == b"host"), "")
    known = json.loads(body) if body[:1] == b"{" else {}
    return Asked(scope["method"], scope["path"], query, known, f"{scope['scheme']}://{host}")


async def _reply(send: Send, answer: Answer) -> None:
    body = answer.text.encode()
    kept = {k: v for k, v in answer.headers.items() if k not in ("content-length", "content-type")}
    headers = {**kept, "content-type": "application/json", "content-length": str(len(body))}
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})
