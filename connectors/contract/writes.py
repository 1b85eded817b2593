"""What is written to a tracker, and how."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from sync_agent.model import Place


class Markup(StrEnum):
    """What a channel's texts are written in: a mail has text and HTML, a chat plain words in which nothing is taken for
    a command or a mention, and plain text is for programs.
    """

    MARKDOWN = "markdown"
    WIKI = "wiki"
    ADF = "adf"
    MAIL = "mail"
    CHAT = "chat"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` writes in any stretch of `window`."""

    most: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class WriteBudget:
    """How often `host` may be written to. Sources with the same host share one budget.

    `gap` is the time between any two writes; limits apply to all writes together (`overall`) and to those to one
    issue (`one_place`).
    """

    host: str
    gap: timedelta = timedelta(0)
    overall: tuple[Limit, ...] = ()
    one_place: tuple[Limit, ...] = ()


class Writer(Protocol):
    """Writes comments with an invisible marker by which they are found again."""

    @property
    def budget(self) -> WriteBudget:
        """How often it may write. Whoever calls it has to respect that."""
        ...

    @property
    def markup(self) -> Markup:
        """The markup of its comments."""
        ...

    def container_of(self, place: Place) -> str:
        """The project or repository that it lies in, as `Batch.unreadable` names them."""
        ...

    def find(self, place: Place, key: str) -> str | None:
        """Returns the id of the agent's own comment with the marker `key`; None if there is none.

        Reads the comments themselves, never a search index.
        """
        ...

    def own(self, place: Place) -> tuple[tuple[str, datetime], ...]:
        """Returns the markers of the agent's own comments there, each with when it was written."""
        ...

    def create(self, place: Place, key: str, body: str) -> str:
        """Writes a comment with the marker `key` and returns its id. Raises Doubtful if it may have been written."""
        ...

    def update(self, place: Place, comment: str, key: str, body: str) -> None:
        """Replaces the text of a comment. Raises NotFound if somebody deleted it."""
        ...


Turn = Callable[[str], None]
"""Called before each write with its target (the key of an issue). Counts the write and remembers it as ours, waits
for the budget, or raises.
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a keeper has made of its target.

    `shown` is what is there of ours now, in a form that only the keeper reads, next time. `touched` are the keys
    of issues that changed besides those that a turn was taken for.
    """

    shown: str
    touched: tuple[str, ...] = ()


class Keeper(Protocol):
    """Keeps a target as it should be, whatever is there: labels and fields, an issue, a project's status."""

    def keep(self, place: Place, key: str, wanted: str, shown: str | None, turn: Turn) -> Kept:
        """Reads the target and changes whatever differs from `wanted`, but never what people have set themselves.

        `wanted` is JSON; `shown` is what the last call returned (None: nothing is known). It is idempotent, so it
        can be called again whatever went wrong.
        """
        ...
