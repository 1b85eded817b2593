"""What can be configured about the mail server."""

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from connectors.http.options import Seconds
from connectors.options import Options, Secret

_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+$")
_LONGEST_BOX = 34
"""Characters before the @ of a plus address: 64 (RFC 5321, 4.5.3.1.1) less a plus and a token."""


def _several(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


_Secrets = tuple[Secret, ...]


class ImapOptions(Options):
    """A mailbox on an IMAP server."""

    host: str = Field(description="Name of the IMAP server", min_length=1)
    port: int = Field(default=993, ge=1, le=65535, description="993 with tls, 143 with starttls")
    security: Literal["tls", "starttls", "none"] = Field(default="tls", description="How the connection is encrypted")
    username: str = Field(description="Login name, often the address", min_length=1)
    password: Secret | None = Field(default=None, description="Where the password is kept")
    token: Secret | None = Field(
        default=None, description="Where an OAuth2 access token is kept, in place of a password"
    )
    folder: str = Field(default="INBOX", description="Folder that mail arrives in", min_length=1)
    timeout: Seconds = Field(default=30, description="Seconds to wait for the server")
    ca_bundle: Path | None = Field(default=None, description="File with the certificates to trust")

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if (self.password is None) == (self.token is None):
            raise ValueError("give exactly one of password and token")
        return self


class InboxOptions(Options):
    """The mailbox that people answer to: one on an IMAP server, or a Maildir."""

    imap: ImapOptions | None = Field(default=None, description="A mailbox on an IMAP server")
    maildir: Path | None = Field(default=None, description="A Maildir that the mail server delivers to")
    address: str | None = Field(default=None, description="Where answers are sent to; default: the address in `from`")
    plus_addresses: bool = Field(
        default=False,
        description="Whether goals+anything@example.org arrives there, too: finds the question more surely",
    )
    heard: str = Field(
        default="Heard", min_length=1, pattern=r"^[^/.]+$", description="Folder for mails that were read"
    )
    trusted_server: str | None = Field(
        default=None,
        min_length=1,
        description="Name that your mail server writes into Authentication-Results; without it no mail signs",
    )
    secret: Annotated[_Secrets, BeforeValidator(_several, json_schema_input_type=Secret | _Secrets)] = Field(
        default=(),
        description="Where the secret is kept that signs reply addresses, of several the first signs; "
        "not needed beside web.secret",
    )

    @field_validator("address")
    @classmethod
    def _is_address(cls, address: str | None) -> str | None:
        if address is not None and not _ADDRESS.fullmatch(address):
            raise ValueError("should be a plain address such as goals@example.org")
        return address

    @model_validator(mode="after")
    def _one_mailbox(self) -> Self:
        if (self.imap is None) == (self.maildir is None):
            raise ValueError("give exactly one of imap and maildir")
        return self


class EmailOptions(Options):
    """The SMTP server that takes our mail."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    host: str = Field(description="Name of the SMTP server", min_length=1)
    port: int = Field(default=587, ge=1, le=65535, description="587 with starttls, 465 with tls")
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="How the connection is encrypted"
    )
    username: str | None = Field(default=None, description="Login name; without it nobody logs in")
    password: Secret | None = Field(default=None, description="Where the password is kept")
    sender: str = Field(alias="from", description="Sender, such as Goal sync <goals@example.org>")
    timeout: Seconds = Field(default=30, description="Seconds to wait for the server")
    ca_bundle: Path | None = Field(default=None, description="File with the certificates to trust")
    inbox: InboxOptions | None = Field(default=None, description="The mailbox that people answer to")

    @property
    def answers_to(self) -> str:
        """The address of the mailbox that people answer to, or else of the sender."""
        return (self.inbox.address if self.inbox else None) or parseaddr(self.sender)[1]

    @field_validator("sender")
    @classmethod
    def _has_address(cls, sender: str) -> str:
        if not sender.isprintable() or not _ADDRESS.match(parseaddr(sender)[1]):
            raise ValueError("should be an address such as Goal sync <goals@example.org>")
        if not parseaddr(sender)[1].rpartition("@")[0].isascii():
            raise ValueError("what stands before the @ should be ASCII, for few mail servers take anything else")
        return sender

    @model_validator(mode="after")
    def _whole_login(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password belong together; give both or neither")
        return self

    @model_validator(mode="after")
    def _room_for_a_token(self) -> Self:
        box = self.answers_to.rpartition("@")[0]
        if self.inbox and self.inbox.plus_addresses and len(box) > _LONGEST_BOX:
            raise ValueError(
                f"{box!r} leaves no room for plus_addresses; it should have {_LONGEST_BOX} characters or fewer"
            )
        return self
