"""What can be configured about the mail server."""

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from connectors.options import Options, Seconds, Secret

_ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+$")


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
