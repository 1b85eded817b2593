"""What a GraphQL query sees: the state with a viewer's eyes, in the orders that connections need."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync_agent.sandbox.core import Clock
from sync_agent.sandbox.github.graphql.limits import Failure
from sync_agent.sandbox.github.graphql.paging import Entry
from sync_agent.sandbox.github.quota import LimitUse
from sync_agent.sandbox.github.records import ProjectV2, Raw, Repository, Thread
from sync_agent.sandbox.github.state import GithubState

_ORDERS: Mapping[str, Callable[[Thread], tuple[Any, ...]]] = {
    "CREATED_AT": lambda thread: (thread.record["created_at"], thread.number),
    "UPDATED_AT": lambda thread: (thread.record["updated_at"], thread.number),
    "COMMENTS": lambda thread: (thread.record["comments"], thread.number),
}


@dataclass(slots=True)
class Orders:
    """Sorted lists and an index of nodes, kept until the state changes: sorting for every page would cost more
    than all the rest.
    """

    state: GithubState
    _edition: int = -1
    _sorted: dict[tuple[str, bool, str], list[Entry]] = field(default_factory=dict)
    _nodes: dict[str, Any] = field(default_factory=dict)

    def threads(self, repository: str, field_name: str, *, pull: bool) -> list[Entry]:
        """All issues or all pull requests of a repository, ascending by CREATED_AT, UPDATED_AT or COMMENTS."""
        self._refresh()
        key = (repository, pull, field_name)
        if key not in self._sorted:
            place = _ORDERS[field_name]
            found = [t for t in list(self.state.repositories[repository].values()) if t.pull is pull]
            self._sorted[key] = sorted(((place(t), t) for t in found), key=lambda entry: entry[0])
        return self._sorted[key]

    def node(self, identifier: str) -> Any:
        """The thing with this global id, or None."""
        self._refresh()
        if not self._nodes:
            self._nodes = dict(_nodes(self.state))
        return self._nodes.get(identifier)

    def _refresh(self) -> None:
        if self._edition != self.state.edition:
            self._edition = self.state.edition
            self._sorted.clear()
            self._nodes = {}


@dataclass(frozen=True, slots=True)
class Scene:
    """One query's view. `usage` is the rate limit as the query leaves it, None without one."""

    state: GithubState
    orders: Orders
    clock: Clock
    me: str
    usage: LimitUse | None
    cost: int
    nodes: int

    def repository(self, name: str) -> Repository:
        """A repository that the viewer sees, by its name or an earlier one. Raises Failure."""
        name = self.state.renamed.get(name, name)
        if self.state.visible(name, self.me) is None:
            raise Failure("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
        return self.state.about[name]

    def reads(self, about: Repository) -> bool:
        """Whether the viewer sees a repository."""
        return self.state.visible(about.name, self.me) is not None

    def seen(self, threads: list[Thread]) -> list[Thread]:
        """Those that the viewer sees and nobody deleted."""
        return [thread for thread in threads if self.sees(thread)]

    def sees(self, thread: Thread) -> bool:
        """Whether the viewer may read it and nobody deleted it."""
        visible = self.state.visible(thread.repository, self.me)
        return visible is not None and visible.get(thread.number) is thread

    def node(self, identifier: str) -> Any:
        """The thing with this global id. Raises Failure where there is none or the viewer may not see it."""
        found = self.orders.node(identifier)
        hidden = isinstance(found, Thread) and not self.sees(found)
        unseen = isinstance(found, Repository) and self.state.visible(found.name, self.me) is None
        unseen = unseen or (isinstance(found, ProjectV2) and found.hidden)
        if found is None or hidden or unseen:
            raise Failure("NOT_FOUND", f"Could not resolve to a node with the global id of '{identifier}'.")
        return found


def _nodes(state: GithubState) -> Iterator[tuple[str, Any]]:
    for about in state.about.values():
        yield about.node_id, about
    for project in state.projects.values():
        yield project.id, project
    for group in (state.users, state.milestones, state.labels):
        for raw in group.values():
            yield _id(raw), raw
    for thread in state.threads():
        yield thread.record["node_id"], thread
        for comment in thread.comments:
            yield comment["node_id"], comment


def _id(raw: Raw) -> str:
    return str(raw.get("node_id") or raw["id"])
