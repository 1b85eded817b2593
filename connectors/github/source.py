"""One opened GitHub host."""

from connectors.base import Context, Deploys, Inbox, Probe, Reader, Usage, Writer
from connectors.github.client import Client
from connectors.github.deploys import GithubDeploys
from connectors.github.inbox import GithubInbox
from connectors.github.options import GithubOptions
from connectors.github.probe import GithubProbe
from connectors.github.reader import GithubReader
from connectors.github.writer import GithubWriter


class GithubSource:
    """Reader, writer, inbox, probe and deploys over one client."""

    def __init__(self, name: str, options: GithubOptions, context: Context) -> None:
        self.name = name
        self._client = Client(name, options, context)
        self.reader: Reader = GithubReader(self._client)
        self.writer: Writer = GithubWriter(self._client)
        self.inbox: Inbox = GithubInbox(self._client)
        self.probe: Probe = GithubProbe(self._client)
        self.deploys: Deploys | None = GithubDeploys(self._client)

    @property
    def usage(self) -> Usage:
        """What was asked of the tracker so far."""
        return self._client.usage

    def close(self) -> None:
        """Gives connections back; safe to call twice."""
        self._client.close()
