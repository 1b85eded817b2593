"""The sandbox GitHub's nouns: threads and repositories, kept in the shapes that GitHub's REST API gives them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Raw = dict[str, Any]
Kind = str | list[str]
"""`date`, `iteration`, `number`, `text`, or the options of a single select."""


@dataclass(frozen=True, slots=True)
class Repository:
    """What is known of a repository besides its issues. A private one is seen by its `members` alone."""

    name: str
    id: int
    created: str
    has_issues: bool = True
    private: bool = False
    members: frozenset[str] = frozenset()
    archived: bool = False

    @property
    def node_id(self) -> str:
        """Its id in GraphQL."""
        return f"R_{self.id}"

    @property
    def owner(self) -> str:
        """The account that it belongs to."""
        return self.name.partition("/")[0]

    def seen_by(self, login: str) -> bool:
        """Whether this user may read it."""
        return not self.private or login in self.members


@dataclass(slots=True, eq=False)
class Thread:
    """An issue or pull request with everything that happened to it.

    A pull request has two numbers of identity in REST: `record["id"]` as a pull request and `issue_id` in lists of
    issues. `events` are those of its timeline without the comments, oldest first. `closes` are
    the issues that a pull request is linked with in its sidebar.
    """

    repository: str
    record: Raw
    issue_id: int
    pull: bool = False
    events: list[Raw] = field(default_factory=list)
    comments: list[Raw] = field(default_factory=list)
    parent: "Thread | None" = None
    children: "list[Thread]" = field(default_factory=list)
    blocked_by: "list[Thread]" = field(default_factory=list)
    blocking: "list[Thread]" = field(default_factory=list)
    closes: "list[Thread]" = field(default_factory=list)

    @property
    def number(self) -> int:
        """Its number within the repository."""
        return int(self.record["number"])

    @property
    def open(self) -> bool:
        """Whether it is neither closed nor merged."""
        return bool(self.record["state"] == "open")

    @property
    def merged_at(self) -> str | None:
        """When it was merged; None while it is not, and for issues."""
        return self.record.get("merged_at")

    @property
    def merged(self) -> bool:
        """Whether it was merged."""
        return self.merged_at is not None

    def timeline(self) -> list[Raw]:
        """Events and comments as events, oldest first; what happened in one second, in the order of ids."""
        said = [{**comment, "event": "commented", "actor": comment["user"]} for comment in self.comments]
        return sorted([*self.events, *said], key=event_place)


@dataclass(slots=True, eq=False)
class Card:
    """One thread's item in a project. `values` are by field: the value and when it was set."""

    id: str
    project: "ProjectV2"
    thread: Thread
    updated: str
    values: dict[str, tuple[Any, str]] = field(default_factory=dict)
    archived: bool = False


@dataclass(slots=True, eq=False)
class ProjectV2:
    """A project of an organisation or a user; nobody sees one that is `hidden`. `updates` are its status updates,
    oldest first; only `writers` may write them (None: everybody).
    """

    id: str
    owner: str
    number: int
    fields: dict[str, Kind]
    updated: str
    cards: list[Card] = field(default_factory=list)
    hidden: bool = False
    updates: list[Raw] = field(default_factory=list)
    writers: frozenset[str] | None = None

    def card(self, thread: Thread) -> Card | None:
        """The thread's item here."""
        return next((card for card in self.cards if card.thread is thread), None)


def event_place(event: Raw) -> tuple[str, int]:
    """Where an event stands in its timeline. Reviews carry the time of their submission."""
    return event.get("created_at") or event["submitted_at"], int(event.get("id") or 0)


def stamp(moment: datetime) -> str:
    """`2026-11-24T08:15:00Z`, as GitHub writes instants."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
