"""Serves the pages in a thread of its own, beside the daemon's cycles."""

import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette

from sync_agent.web.limits import AT_ONCE, MOST_HEADER_BYTES, BoundedBodies, PoliteProtocol, most_connections


class WebServer:
    """Serves an application while it is entered. Raises OSError if the address is taken."""

    def __init__(self, app: Starlette, host: str, port: int) -> None:
        most = most_connections()
        config = uvicorn.Config(
            BoundedBodies(app),
            host=host,
            port=port,
            http=type("Protocol", (PoliteProtocol,), {"most": most}),
            ws="none",
            log_config=None,
            access_log=False,
            lifespan="off",
            # Take the address of the connection as it is: access through a login proxy depends on it.
            proxy_headers=False,
            timeout_graceful_shutdown=2,
            limit_concurrency=most + 1,
            h11_max_incomplete_event_size=MOST_HEADER_BYTES,
            # This many are accepted in one go, and each takes a file.
            backlog=AT_ONCE,
            headers=[("Connection", "close")],
        )
        self._server = uvicorn.Server(config)
        # Bound here, so that a taken port stops the start, rather than killing a thread unseen.
        self._socket = _listening(host, port)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="web", daemon=True)

    @property
    def port(self) -> int:
        """The port in use: the one asked for, or a free one if that was 0."""
        port: int = self._socket.getsockname()[1]
        return port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()


def _listening(host: str, port: int) -> socket.socket:
    """A listening socket. Requests that arrive before the thread runs have to wait, but are not refused."""
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=128
        )
    except OSError as error:
        fix = "choose another `host` or `port` under `web`, or set SYNC_AGENT_WEB_PORT"
        raise OSError(f"cannot serve the status page at {host}:{port}: {error.strerror}; {fix}") from error
