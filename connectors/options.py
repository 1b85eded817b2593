"""Pieces that several connectors' options share. Pydantic, for this is where configuration comes in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from connectors.errors import SecretMissing


class Options(BaseModel):
    """Base of every options model: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secret(Options):
    """Where a secret is kept, never the secret itself: `{env: NAME}` or `{file: /run/secrets/name}`."""

    env: str | None = Field(default=None, description="Name of the environment variable that holds the secret")
    file: Path | None = Field(default=None, description="File that holds the secret")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("give exactly one of env: NAME or file: PATH")
        return self

    @classmethod
    def at(cls, place: str) -> Self:
        """The one at `env:NAME` or `file:PATH`, as a KPI names it."""
        kind, _, where = place.partition(":")
        return cls(env=where) if kind == "env" else cls(file=Path(where))

    @property
    def place(self) -> str:
        """Where it is kept, in words."""
        return f"the file {self.file}" if self.file else f"the environment variable {self.env}"

    def reveal(self, environ: Mapping[str, str]) -> str:
        """The secret's text, stripped. Raises SecretMissing, naming where it was looked for."""
        value = self._from_file() if self.file else environ.get(self.env or "", "")
        if not value.strip():
            raise SecretMissing(f"{self.place} is empty or not set; put the secret there")
        return value.strip()

    def _from_file(self) -> str:
        try:
            # Some editors put a byte order mark before the first letter.
            return self.file.read_text(encoding="utf-8-sig") if self.file else ""
        except UnicodeDecodeError as error:
            raise SecretMissing(
                f"the secret file {self.file} is not UTF-8 (byte {error.start}); save it as UTF-8"
            ) from None
        except OSError as error:
            raise SecretMissing(f"cannot read the secret file {self.file}: {error.strerror}") from None


Seconds = Annotated[float, Field(gt=0)]


WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/\S*)?$")]


class Proxy(Options):
    """A proxy on the way to one source, or to all KPIs, whatever HTTPS_PROXY and NO_PROXY say."""

    url: WebAddress = Field(description="Address of the proxy, such as http://proxy.example.org:3128; no login in it")
    user: str | None = Field(default=None, min_length=1, description="Name to log in with")
    password: Secret | None = Field(default=None, description="Where the password is kept")

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.user is None) != (self.password is None):
            raise ValueError("user: and password: go together")
        return self


class WayOptions(Options):
    """The way to a server. Without `proxy` those of the environment count (HTTPS_PROXY, NO_PROXY)."""

    timeout: Seconds = Field(default=30, description="Seconds to wait for each part of an answer")
    connect_timeout: Seconds = Field(default=10, description="Seconds to wait for a connection")
    proxy: Proxy | None = Field(default=None, description="The proxy for this alone")
    ca_bundle: Path | None = Field(default=None, description="PEM file with the certificates to trust")
    client_certificate: Path | None = Field(
        default=None, description="PEM file with our certificate, and with its key unless `client_key` has that"
    )
    client_key: Path | None = Field(default=None, description="PEM file with the key, not encrypted")

    @model_validator(mode="after")
    def _no_key_alone(self) -> Self:
        if self.client_key and not self.client_certificate:
            raise ValueError("client_key belongs to a client_certificate; name that, too")
        return self


class HttpOptions(WayOptions):
    """How to reach a server over HTTP, and how much may be asked of it."""

    give_up_after: Seconds = Field(default=300, description="Seconds of waiting after which a request is tried no more")
    concurrency: int = Field(default=4, ge=1, le=50, description="Most requests at once")
    requests_per_hour: int | None = Field(
        default=None, ge=1, description="Most requests in any hour; default: no limit"
    )
    reserve: float = Field(
        default=0.1, ge=0, lt=1, description="Part of the account's quota that is left to people and other programs"
    )


Label = Annotated[str, Field(pattern=r"^[^\s,]+$")]


class MarkLabels(Options):
    """The label of an issue whose goals stand so; none where a state has no label."""

    on_track: Label | None = None
    at_risk: Label | None = Field(default=None, description="Such as goal-at-risk")
    off_track: Label | None = None
    done: Label | None = None
    blocked: Label | None = Field(default=None, description="Beside the others: something is blocked")

    @property
    def by_state(self) -> dict[str, str]:
        """As the judgement calls the states: `at risk`."""
        return {name.replace("_", " "): label for name, label in self if label}
