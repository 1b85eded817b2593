"""GitHub: github.com and Enterprise Server."""

from typing import Any

from connectors.contract import Runtime, Source
from connectors.github.options import GithubOptions
from connectors.github.profile import PROFILE
from connectors.github.source import GithubSource


class GithubConnector:
    """The `type: github` of a source."""

    options = GithubOptions
    profile = PROFILE

    def open(self, name: str, options: Any, context: Runtime) -> Source:
        """Opens a host. Nothing is read or sent yet."""
        return GithubSource(name, options, context)

    def containers(self, options: Any) -> tuple[str, ...]:
        """The full names of the repositories in scope."""
        repositories: tuple[str, ...] = options.repositories
        return repositories


connector = GithubConnector()
