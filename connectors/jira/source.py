"""One opened Jira site."""

from collections.abc import Mapping

from connectors.contract import Deploys, Inbox, Keeper, Probe, Reader, Runtime, Usage, Writer
from connectors.jira.client import JiraClient
from connectors.jira.inbox import JiraInbox
from connectors.jira.options import JiraLabelOptions, JiraOptions, JiraProblemOptions
from connectors.jira.probe import JiraProbe
from connectors.jira.read.reader import JiraReader
from connectors.jira.write.labels import JiraLabels
from connectors.jira.write.problems import JiraProblems
from connectors.jira.write.writer import JiraWriter
from sync_agent.model import LabelRules, MessageKind


class JiraSource:
    """Reader, writer, inbox, probe and keepers over one client."""

    def __init__(self, name: str, options: JiraOptions, context: Runtime) -> None:
        self.name = name
        self._client = JiraClient(name, options, context)
        self.reader: Reader = JiraReader(self._client)
        self.writer: Writer = JiraWriter(self._client)
        self.inbox: Inbox = JiraInbox(self._client)
        self.probe: Probe = JiraProbe(self._client)
        self.deploys: Deploys | None = None
        self.label_rules = _rules(options.marks)
        self.keepers: Mapping[MessageKind, Keeper] = _keepers(self._client)

    @property
    def usage(self) -> Usage:
        """What was asked of the tracker so far."""
        return self._client.usage

    def close(self) -> None:
        """Gives connections back; safe to call twice."""
        self._client.close()


def _rules(options: JiraLabelOptions) -> LabelRules:
    return LabelRules(
        labels=options.labels.by_state,
        values=options.field.by_state if options.field else {},
        problems=options.problems.project if options.problems else None,
    )


def _keepers(client: JiraClient) -> dict[MessageKind, Keeper]:
    """What was shown once can be taken back, whatever is configured now."""
    problems = client.options.marks.problems or JiraProblemOptions(project=client.options.projects[0])
    return {MessageKind.LABEL: JiraLabels(client), MessageKind.PROBLEM: JiraProblems(client, problems)}
