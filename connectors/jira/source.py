"""One opened Jira site."""

from connectors.base import Context, Deploys, Inbox, Probe, Reader, Usage, Writer
from connectors.jira.client import Client
from connectors.jira.inbox import JiraInbox
from connectors.jira.options import JiraOptions
from connectors.jira.probe import JiraProbe
from connectors.jira.reader import JiraReader
from connectors.jira.writer import JiraWriter


class JiraSource:
    """Reader, writer, inbox and probe over one client."""

    def __init__(self, name: str, options: JiraOptions, context: Context) -> None:
        self.name = name
        self._client = Client(name, options, context)
        self.reader: Reader = JiraReader(self._client)
        self.writer: Writer = JiraWriter(self._client)
        self.inbox: Inbox = JiraInbox(self._client)
        self.probe: Probe = JiraProbe(self._client)
        self.deploys: Deploys | None = None

    @property
    def usage(self) -> Usage:
        """What was asked of the tracker so far."""
        return self._client.usage

    def close(self) -> None:
        """Gives connections back; safe to call twice."""
        self._client.close()
