"""What is read from a tracker, and how."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from connectors.contract.writes import Markup
from connectors.reading.guard import Guard, Unguarded
from sync_agent.model import Change, Gap, Place, Rename, Timebox, WorkItem


@dataclass(frozen=True, slots=True)
class Batch:
    """A part of a pull that can be stored in one transaction.

    `cursor` is opaque text: where to continue once everything in this and earlier batches is stored. Items and
    changes may repeat what an earlier batch or pull said: the newest wins, and a change is identified by its id.
    `unreadable` names containers (projects, repositories) that could not be read, with the error; `gaps` what could
    not be read of single items, by id; `renames` what is called otherwise now than in histories.
    """

    items: tuple[WorkItem, ...] = ()
    changes: tuple[Change, ...] = ()
    timeboxes: tuple[Timebox, ...] = ()
    unreadable: Mapping[str, str] = field(default_factory=dict)
    cursor: str = ""
    gaps: Mapping[str, Gap] = field(default_factory=dict)
    renames: tuple[Rename, ...] = ()


class Fate(StrEnum):
    """What became of an item that a complete reading did not bring."""

    HERE = "here"
    MOVED = "moved"
    DELETED = "deleted"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """An item's fate and, if it moved out of scope, its new key.

    HIDDEN: it was deleted, or these credentials may not see it. Most trackers do not tell which.
    """

    fate: Fate
    key: str | None = None


class Reader(Protocol):
    """Reads work items and their histories."""

    def read(self, cursor: str | None, guard: Guard = Unguarded()) -> Iterator[Batch]:  # noqa: B008  it has no state
        """Yields everything that changed since `cursor`, oldest change first; everything there is if it is None.

        What `guard` does not let through becomes a gap. The pull is complete when the iterator ends; an exception
        means that it is not.
        """
        ...

    def locate(self, items: Mapping[str, str]) -> Mapping[str, Whereabouts]:
        """Returns what became of these items (id to key), by asking for them rather than listing everything."""
        ...

    def search(self, query: str) -> frozenset[str]:
        """Returns the ids of the items found by a query in the tracker's own language.

        Raises Refused if the source has no query language or does not understand the query.
        """
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """A comment of somebody else than the agent. `author` is their account id or login, as in `Account.id`; `text` is
    untrusted and written in `markup` (of ADF its author's own plain words). `changed` is when its author edited it;
    `edited` is when somebody changed it later, perhaps not its author.
    """

    id: str
    author: str
    at: datetime
    text: str
    markup: Markup = Markup.MARKDOWN
    edited: datetime | None = None
    changed: datetime | None = None

    @property
    def name(self) -> str:
        """What tells it, as it is written now, from all others."""
        later = self.changed or self.edited
        return f"{self.id} {later.isoformat()}" if later else self.id


class Inbox(Protocol):
    """Hears what people answer."""

    def said(self, place: Place, since: datetime) -> tuple[Said, ...]:
        """The comments written or edited by their authors at `place` at `since` or later, oldest first, without the
        agent's own. Where the tracker does not say who edited a comment, all edited ones are there, and none counts as
        edited by its author.
        """
        ...


class Deploys(Protocol):
    """Tells when software was released or deployed."""

    def since(self, repositories: Iterable[str], environment: str | None, since: datetime) -> tuple[datetime, ...]:
        """Returns when repositories were deployed to an environment (None: released), oldest first."""
        ...
