"""A real HTTP proxy on loopback: tunnels (CONNECT) and plain requests, with a login if wanted."""

import base64
import socket
import threading
from contextlib import suppress
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """Serves while it is entered; `asked` are the first lines of what it was asked for."""

    def __init__(self, login: str | None = None, refuse: bool = False) -> None:
        self.asked: list[str] = []
        self.wanted = f"Basic {base64.b64encode(login.encode()).decode()}" if login else None
        self.refuse = refuse
        owner = self

        class Handler(StreamRequestHandler):
            def handle(self) -> None:
                owner.serve(self)

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def serve(self, client: StreamRequestHandler) -> None:
        """One connection, for one tunnel or one request."""
        line = client.rfile.readline().decode()
        headers: dict[str, str] = {}
        while (header := client.rfile.readline().decode().strip()) != "":
            name, _, value = header.partition(": ")
            headers[name.casefold()] = value
        self.asked.append(line.strip())
        if self.wanted and headers.get("proxy-authorization") != self.wanted:
            client.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif self.refuse:
            client.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        else:
            self._pass_on(client, line, headers)

    def _pass_on(self, client: StreamRequestHandler, line: str, headers: dict[str, str]) -> None:
        method, target, _ = line.split(" ", 2)
        address = urlsplit(target if "//" in target else f"//{target}")
        with socket.create_connection((address.hostname or "", address.port or 80), timeout=10) as server:
            if method == "CONNECT":
                client.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                body = client.rfile.read(int(headers.get("content-length", "0")))
                path = f"{address.path}?{address.query}" if address.query else address.path
                kept = {**headers, "connection": "close"}
                head = "".join(f"{name}: {value}\r\n" for name, value in kept.items())
                server.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
            _both_ways(client.connection, server)


def _both_ways(client: socket.socket, server: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(server, client), daemon=True)
    back.start()
    _copy(client, server)
    back.join(timeout=10)


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
