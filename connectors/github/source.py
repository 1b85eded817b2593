"""One opened GitHub host."""

from collections.abc import Mapping

from connectors.contract import Deploys, Inbox, Keeper, Probe, Reader, Runtime, Usage, Writer
from connectors.github.client import GithubClient
from connectors.github.inbox import GithubInbox
from connectors.github.options import GithubOptions
from connectors.github.probe import GithubProbe
from connectors.github.read.deploys import GithubDeploys
from connectors.github.read.reader import GithubReader
from connectors.github.write.labels import GithubLabels
from connectors.github.write.problems import GithubProblems
from connectors.github.write.reactions import GithubReactions
from connectors.github.write.status import GithubStatus
from connectors.github.write.writer import GithubWriter
from sync_agent.model import LabelRules, MessageKind


class GithubSource:
    """Reader, writer, inbox, probe, deploys and keepers over one client."""

    def __init__(self, name: str, options: GithubOptions, context: Runtime) -> None:
        self.name = name
        self._client = GithubClient(name, options, context)
        self.reader: Reader = GithubReader(self._client)
        self.writer: Writer = GithubWriter(self._client)
        self.inbox: Inbox = GithubInbox(self._client)
        self.probe: Probe = GithubProbe(self._client)
        self.deploys: Deploys | None = GithubDeploys(self._client)
        self.label_rules = _rules(options)
        # What was shown once can be taken back, whatever is configured now.
        self.keepers: Mapping[MessageKind, Keeper] = {
            MessageKind.LABEL: GithubLabels(self._client),
            MessageKind.PROBLEM: GithubProblems(self._client),
            MessageKind.PROJECT: GithubStatus(self._client),
            MessageKind.REACTION: GithubReactions(self._client),
        }

    @property
    def usage(self) -> Usage:
        """What was asked of the tracker so far."""
        return self._client.usage

    def close(self) -> None:
        """Gives connections back; safe to call twice."""
        self._client.close()


def _rules(options: GithubOptions) -> LabelRules:
    marks = options.marks
    return LabelRules(
        labels=marks.labels.by_state,
        problems=marks.problems.repository if marks.problems else None,
        projects={project.name: project.goals for project in marks.projects},
    )
