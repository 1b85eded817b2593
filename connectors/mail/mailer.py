"""Hands mails to an SMTP server, each in a connection of its own: simple, and a stale connection loses none."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from connectors.contract import Ability, Finding, Level, Mail, Markup, Parcel, Runtime, Sent, Turn
from connectors.errors import ConnectorError, Doubtful, Refused, Unauthorised, Unavailable
from connectors.mail.compose import as_mail, compose, in_ascii, message_id
from connectors.mail.options import EmailOptions

# RFC 5321, 4.2.3: the server closes the connection, whatever it was asked.
_CLOSING = 421
# RFC 1870: the answer to the size that is named with the sender.
_TOO_LARGE = 552
_ADDRESS = "correct this person's `email` in sync-agent.yaml"


class SmtpMailer:
    """Sends mail through one server with STARTTLS, TLS or, in a trusted network, neither."""

    markup = Markup.MAIL
    can = frozenset({Ability.REPEAT, Ability.THREAD, Ability.PICTURES})
    budget = None

    def __init__(self, options: EmailOptions, context: Runtime) -> None:
        self._options = options
        self._where = f"mail server {options.host}:{options.port}"
        self._context = context

    def identify(self, key: str) -> str:
        """The Message-ID of a message; it depends on the sender, too."""
        return message_id(key, self._options.sender)

    def deliver(self, parcel: Parcel, _turn: Turn, /) -> Sent:
        """Sends it under the Message-ID that it had at the first attempt: a new sender does not change that."""
        mail = as_mail(parcel, parcel.known_as or self.identify(parcel.message.key))
        self.send(mail)
        return Sent(mail.message_id)

    def send(self, mail: Mail) -> None:
        """Raises Refused for a recipient or content that the server refuses for good."""
        message = compose(mail, self._options.sender)
        with self._connected() as server:
            try:
                server.send_message(message, to_addrs=[in_ascii(mail.recipient)])
            except smtplib.SMTPNotSupportedError as error:
                raise Refused(f"{self._where}: {error}: {mail.recipient}") from None
            except OSError as error:  # The library's own exceptions are OSErrors, too.
                if isinstance(error, smtplib.SMTPException) and not isinstance(error, smtplib.SMTPServerDisconnected):
                    raise
                raise Doubtful(
                    f"{self._where}: the connection broke while sending ({error}); sent again later"
                ) from None

    def check(self) -> Iterator[Finding]:
        """Whether connecting, encryption and login work; sends nothing."""
        try:
            with self._connected() as server:
                server.noop()
        except ConnectorError as error:
            yield Finding(Level.ERROR, "email", str(error))
        else:
            yield Finding(Level.OK, "email", f"{self._where} accepts us")

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        server: smtplib.SMTP | None = None
        try:
            password = self._password()
            server = self._connect()
            self._login(server, password)
            yield server
            # The mail is accepted by now; trouble in saying goodbye must not send it again.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
        except ConnectorError as error:
            raise error.redact(self._context.keyring.clean) from None
        except smtplib.SMTPException as error:
            raise _sorted(self._where, error).redact(self._context.keyring.clean) from None
        except ssl.SSLError as error:
            hint = f"check `security` and `port`, or name your certificates under ca_bundle ({error.reason})"
            raise Unavailable(f"{self._where}: no encrypted connection; {hint}") from None
        except (ConnectionRefusedError, socket.gaierror) as error:
            raise Unavailable(f"{self._where}: {error.strerror}; check `host` and `port`") from None
        except OSError as error:
            raise Unavailable(f"{self._where}: {error}") from None
        finally:
            if server:
                server.close()

    def _connect(self) -> smtplib.SMTP:
        options = self._options
        if options.security == "tls":
            return smtplib.SMTP_SSL(options.host, options.port, timeout=options.timeout, context=self._trust())
        server = smtplib.SMTP(options.host, options.port, timeout=options.timeout)
        if options.security == "starttls":
            server.starttls(context=self._trust())
        return server

    def _password(self) -> str | None:
        """Read for every connection, so that a new one counts at once."""
        secret = self._options.password
        return self._context.reveal(secret, self._options.username) if secret else None

    def _login(self, server: smtplib.SMTP, password: str | None) -> None:
        if self._options.username and password:
            try:
                server.login(self._options.username, password)
            except UnicodeEncodeError:
                fix = "the library can only say ASCII; choose such ones"
                raise Unauthorised(
                    f"{self._where}: `username` or `password` has other letters than ASCII; {fix}"
                ) from None

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self._options.ca_bundle) if self._options.ca_bundle else None)


def _sorted(where: str, error: smtplib.SMTPException) -> ConnectorError:
    """RFC 5321, 4.2.1: 4yz is transient, 5yz permanent. Unavailable and Unauthorised keep everybody's mails back,
    the others this one alone.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        found = _of_one_mail(code, f"{where}: refuses the recipient: {code}", _words(text), _ADDRESS)
        found.may_have_arrived = False  # It was told whom the mail is for, and not yet what it says.
        return found
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Unauthorised(f"{where}: {error}; check `security`, `username` and `password`")
    if not isinstance(error, smtplib.SMTPResponseException):
        return Unavailable(f"{where}:", str(error))
    code, words, said = error.smtp_code, f"{where}: {error.smtp_code}", _words(error.smtp_error)
    too_large = isinstance(error, smtplib.SMTPSenderRefused) and code == _TOO_LARGE
    if too_large or isinstance(error, smtplib.SMTPDataError):
        return _of_one_mail(code, words, said)
    if code < 500:
        return Unavailable(words, said)
    # Nothing that we send will be taken until it is put right, and then everything: no reason to give mails up.
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Unauthorised(f"{where}: refuses the username and password ({code})")
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Unauthorised(words, said, "it refuses our sender: check `from` and `username`")
    return Unauthorised(words, said, "it takes nothing from us: ask whoever runs it")


def _of_one_mail(code: int, words: str, said: str, fix: str = "") -> ConnectorError:
    """One full mailbox, or one mail that is to come again later, is no reason to leave everybody else without mail."""
    if code == _CLOSING:
        return Unavailable(words, said)
    return Refused(words, said, fix) if code >= 500 else Doubtful(words, said)


def _words(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
