"""Options for reaching a server."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from connectors.options import Options, Secret

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
    """The way to a server. Without `proxy`, those of the environment apply (HTTPS_PROXY, NO_PROXY)."""

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
    """How to reach a server over HTTP, and how many requests to send it."""

    give_up_after: Seconds = Field(default=300, description="Seconds of waiting after which a request is tried no more")
    concurrency: int = Field(default=4, ge=1, le=50, description="Most requests at once")
    requests_per_hour: int | None = Field(
        default=None, ge=1, description="Most requests in any hour; default: no limit"
    )
    reserve: float = Field(
        default=0.1, ge=0, lt=1, description="Part of the account's quota that is left to people and other programs"
    )
    hook_secret: Secret | None = Field(
        default=None, description="Where the secret is kept that the tracker signs its webhooks with"
    )
