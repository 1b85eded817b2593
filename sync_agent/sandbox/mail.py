"""A real SMTP server on loopback that keeps what it gets in a Maildir."""

import asyncio
import mailbox
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class MailServer:
    """Takes mail while it is entered. `refuse` answers a recipient with an SMTP line instead of taking the mail.

    `after` is called with every mail once it is kept, and gives the answer; None breaks off the connection.
    """

    def __init__(
        self,
        folder: Path,
        *,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        port: int | None = None,
    ) -> None:
        self.messages: list[EmailMessage] = []
        self.refuse: dict[str, str] = {}
        self.after: Callable[[EmailMessage], str | None] = _thanks
        self._login = login
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self._box = mailbox.Maildir(folder)
        self.port = port or _free_port(host)
        self._host, self._tls = host, tls
        self._controller = self._made()

    async def handle_RCPT(  # noqa: N802 - named by the library
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Takes or refuses a recipient."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keeps a mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        message = message_from_bytes(content, policy=policy.default)
        self._box.add(content)
        self.messages.append(message)
        answer = self.after(message)
        if answer is None and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return answer or "250 OK"

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()
        self._box.close()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nobody listens at its port meanwhile."""
        self._controller.stop()
        try:
            yield
        finally:
            self._controller = self._made()
            self._controller.start()

    def _made(self) -> Controller:
        return Controller(
            self,
            hostname=self._host,
            port=self.port,
            authenticator=self._authenticate if self._login else None,
            auth_required=self._login is not None,
            auth_require_tls=self._tls is not None,
            tls_context=self._tls,
            require_starttls=self._tls is not None,
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: Any
    ) -> AuthResult:
        if not isinstance(data, LoginPassword) or self._login is None:
            return AuthResult(success=False, handled=False)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self._login, handled=False)


def _thanks(_message: EmailMessage) -> str:
    return "250 OK"


def _free_port(host: str) -> int:
    """The library cannot listen on port 0: it connects to the port it was given."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
