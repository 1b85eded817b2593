"""Jira Cloud and Jira Data Center."""

from typing import Any

from connectors.contract import Runtime, Source
from connectors.jira.options import JiraOptions
from connectors.jira.profile import PROFILE
from connectors.jira.source import JiraSource


class JiraConnector:
    """The `type: jira` of a source."""

    options = JiraOptions
    profile = PROFILE

    def open(self, name: str, options: Any, context: Runtime) -> Source:
        """Opens a site. Nothing is read or sent yet."""
        return JiraSource(name, options, context)

    def containers(self, options: Any) -> tuple[str, ...]:
        """The keys of the projects in scope."""
        projects: tuple[str, ...] = options.projects
        return projects


connector = JiraConnector()
