"""A mailbox over IMAP (RFC 9051), by IMAPClient."""

import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from connectors.contract import Finding, IncomingMail, Level, MailBatch, Runtime
from connectors.errors import ConnectorError, Malformed, NotFound, Unauthorised, Unavailable, Unreachable
from connectors.mail.incoming import MOST_BYTES, ReadMail, batch_of, read_safely
from connectors.mail.options import ImapOptions
from sync_agent.model.printable import one_line

_A_BATCH = 50
_LOOK_SECONDS = 2
_IDLE_LOOKS = 270
"""IDLE is asked for anew every nine minutes: servers may end it after half an hour (RFC 2177), and routers forget a
connection that is still for longer than ten. It also shows whether anybody is still there.
"""
_BODY = f"BODY.PEEK[]<0.{MOST_BYTES}>"


class ImapInbox:
    """Reads the mails in one folder and moves them to another. It remembers UIDVALIDITY and the last UID: a UID names
    a mail only as long as the first of the two stays the same (RFC 9051, 2.3.1.1).
    """

    def __init__(self, options: ImapOptions, heard: str, read: ReadMail, context: Runtime) -> None:
        self._options = options
        self._heard = heard
        self._read = read
        self._where = f"mailbox {options.username} on {options.host}:{options.port}"
        self._context = context

    def read(self, cursor: str | None) -> Iterator[MailBatch]:
        """What has come since `cursor`. Without one, the mails that were heard before are read again, too."""
        with self._connected() as client:
            if cursor is None and client.folder_exists(self._heard):
                yield from self._batches(client, self._heard, 0, keep=True)
            validity = self._select(client, self._options.folder)
            before, _, last = (cursor or "").partition(":")
            after = int(last) if before == str(validity) else 0
            yield from self._batches(client, self._options.folder, after, least=cursor is None)

    def put_away(self, batch: MailBatch) -> None:
        """Moves mails, or copies and hides them where the server cannot move (RFC 6851)."""
        if not batch.names:
            return
        with self._connected() as client:
            validity = self._select(client, self._options.folder, readonly=False)
            named = [name.split(":") for name in batch.names]
            uids = [int(uid) for then, uid in named if then == str(validity)]
            if not uids:
                return
            if not client.folder_exists(self._heard):
                client.create_folder(self._heard)
            if client.has_capability("MOVE"):
                client.move(uids, self._heard)
            else:
                client.copy(uids, self._heard)
                client.delete_messages(uids)
                if client.has_capability("UIDPLUS"):
                    client.uid_expunge(uids)

    def watch(self, stop: Event) -> Iterator[None]:
        """By IDLE (RFC 2177), on a connection of its own; ends at once where the server has none."""
        with self._connected() as client:
            self._select(client, self._options.folder)
            if not client.has_capability("IDLE"):
                return
            while not stop.is_set():
                client.idle()
                try:
                    yield from self._told(client, stop)
                finally:  # Within IDLE the server takes nothing else, not even that we leave.
                    last = client.idle_done()[1]
                if _has_come(last):
                    yield

    def _told(self, client: IMAPClient, stop: Event) -> Iterator[None]:
        """What the server tells within one IDLE."""
        for _ in range(_IDLE_LOOKS):
            said = client.idle_check(timeout=_LOOK_SECONDS)
            if stop.is_set():
                return
            if _has_come(said):
                yield

    def check(self) -> Finding:
        """Whether connecting, login and the folder work."""
        try:
            with self._connected() as client:
                self._select(client, self._options.folder)
        except ConnectorError as error:
            return Finding(Level.ERROR, "email.inbox", str(error))
        return Finding(Level.OK, "email.inbox", f"{self._where} can be read")

    def _batches(
        self, client: IMAPClient, folder: str, after: int, *, keep: bool = False, least: bool = False
    ) -> Iterator[MailBatch]:
        """`keep`: the cursor and the mails stay where they are. At `least` one, so that there is a cursor where no mail
        has come yet.
        """
        validity = self._select(client, folder)
        # `n:*` names the last mail even where its UID is below n.
        uids = sorted(uid for uid in client.search(["UID", f"{after + 1}:*"]) if uid > after)
        for start in range(0, max(len(uids), least), _A_BATCH):
            part = uids[start : start + _A_BATCH]
            read = {f"{validity}:{uid}": found for uid, found in self._fetch(client, part)}
            names = () if keep else tuple(f"{validity}:{uid}" for uid in part)
            yield batch_of(read, names, None if keep else f"{validity}:{part[-1] if part else after}")

    def _fetch(self, client: IMAPClient, uids: Sequence[int]) -> Iterator[tuple[int, IncomingMail | str]]:
        """Without those that somebody has moved meanwhile."""
        answer = client.fetch(uids, [_BODY, "INTERNALDATE"]) if uids else {}
        for uid in (each for each in uids if each in answer):
            yield uid, read_safely(self._read, _body(answer[uid]), _moment(answer[uid]))

    def _select(self, client: IMAPClient, folder: str, *, readonly: bool = True) -> int:
        try:
            return int(client.select_folder(folder, readonly=readonly)[b"UIDVALIDITY"])
        except IMAPClientError as error:
            raise NotFound(f"{self._where}: the folder {folder} cannot be opened ({_words(error)})") from None
        except (KeyError, ValueError):
            raise Malformed(f"{self._where}: the server names no UIDVALIDITY; it cannot be read safely") from None

    @contextmanager
    def _connected(self) -> Iterator[IMAPClient]:
        try:
            with self._connect() as client:
                self._login(client)
                yield client
        except ConnectorError as error:
            raise error.redact(self._context.keyring.clean) from None
        except ssl.SSLError as error:
            hint = f"check `security` and `port`, or name your certificates under ca_bundle ({error.reason})"
            raise Unreachable(f"{self._where}: no encrypted connection; {hint}") from None
        except IMAPClientError as error:
            raise Unavailable(f"{self._where}: {_words(error)}") from None
        except OSError as error:
            raise Unavailable(f"{self._where}: {error.strerror or _words(error)}; check `host` and `port`") from None

    def _connect(self) -> IMAPClient:
        options = self._options
        trust = ssl.create_default_context(cafile=str(options.ca_bundle) if options.ca_bundle else None)
        tls = options.security == "tls"
        client = IMAPClient(
            options.host, options.port, ssl=tls, ssl_context=trust if tls else None, timeout=options.timeout
        )
        client.normalise_times = False  # Times with their zone, not in the local one.
        if options.security == "starttls":
            client.starttls(trust)
        return client

    def _login(self, client: IMAPClient) -> None:
        options = self._options
        try:
            if options.token:
                client.oauth2_login(options.username, self._context.reveal(options.token, options.username))
            elif options.password:
                client.login(options.username, self._context.reveal(options.password, options.username))
        except LoginError:
            named = "token" if options.token else "password"
            raise Unauthorised(f"{self._where}: refuses the `username` and `{named}`") from None


def _has_come(said: Iterable[tuple[Any, ...]]) -> bool:
    """Whether a server has told of new mail: `* 23 EXISTS`."""
    return any(len(each) > 1 and each[1] == b"EXISTS" for each in said)


def _body(answer: dict[bytes, Any]) -> bytes:
    """The name of a partial body in the answer holds its origin only: `BODY[]<0>`."""
    return next((value for name, value in answer.items() if name.startswith(b"BODY[") and value), b"")


def _moment(answer: dict[bytes, Any]) -> datetime:
    moment: datetime = answer[b"INTERNALDATE"]
    return moment.astimezone(UTC)


def _words(error: Exception) -> str:
    return one_line(str(error), 200)
