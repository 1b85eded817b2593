"""What can be configured about a GitHub host."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from connectors.options import HttpOptions, Options, Secret

Repository = Annotated[str, Field(pattern=r"^[\w.-]+/[\w.*-]+$")]


class GithubApp(Options):
    """A GitHub App and its installation in the organisation."""

    id: int = Field(description="The App's id")
    installation: int = Field(description="The installation's id, the number in its settings' address")
    private_key: Secret = Field(description="Where the App's private key (PEM) is kept")


class GithubAuth(Options):
    """Exactly one of a token and an App."""

    token: Secret | None = Field(default=None, description="Where a personal access token is kept")
    app: GithubApp | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.token is None) == (self.app is None):
            raise ValueError("give exactly one of token: and app:")
        return self


class GithubOptions(HttpOptions):
    """A GitHub host and the repositories in scope."""

    url: Annotated[str, Field(pattern=r"^https?://[^\s/@]+(/\S*)?$")] = Field(
        default="https://api.github.com", description="https://api.github.com, or https://HOST/api/v3"
    )
    auth: GithubAuth
    overlap: Annotated[float, Field(ge=0)] = Field(
        default=300, description="Seconds that are read again every time, for a list may show an edit late"
    )
    repositories: Annotated[tuple[Repository, ...], Field(min_length=1)] = Field(
        description="As owner/name; `*` stands for any part of a name"
    )
