"""One tracker, and the connector that opens it."""

from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import BaseModel

from connectors.contract.checks import Probe
from connectors.contract.reads import Deploys, Inbox, Reader
from connectors.contract.runtime import Runtime, Usage
from connectors.contract.writes import Keeper, Writer
from connectors.profile import Profile
from sync_agent.model import LabelRules, MessageKind


class Source(Protocol):
    """One opened tracker. `deploys` is None if it knows of none."""

    name: str
    reader: Reader
    writer: Writer
    inbox: Inbox
    probe: Probe
    deploys: Deploys | None
    label_rules: LabelRules
    keepers: Mapping[MessageKind, Keeper]

    @property
    def usage(self) -> Usage:
        """What was asked of the tracker so far."""
        ...

    def close(self) -> None:
        """Releases connections; safe to call twice."""
        ...


class Connector(Protocol):
    """What an entry point names. `profile` is what the agent has to know of such trackers without opening one."""

    options: type[BaseModel]
    profile: Profile

    def open(self, name: str, options: Any, context: Runtime) -> Source:
        """Opens the source `name`; `options` is an instance of the connector's own model.

        Nothing is sent and no secret is read before the first request, so that a missing secret stops this source
        alone.
        """
        ...

    def containers(self, options: Any) -> tuple[str, ...]:
        """Returns the projects or repositories (patterns, too) that the options put in scope, for checking
        selectors.
        """
        ...
