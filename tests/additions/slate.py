"""A tracker: one item on a slate. Copied to `connectors/slate/__init__.py` by the test of what adding one costs."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.contract import (
    Batch,
    Finding,
    Keeper,
    Level,
    Markup,
    Runtime,
    Said,
    Source,
    Survey,
    Usage,
    Whereabouts,
    WriteBudget,
)
from connectors.options import Options
from connectors.profile import Profile, Selecting, Starter
from sync_agent.model import LabelRules, MessageKind, Place, StatusCategory, WorkItem


class SlateOptions(Options):
    boards: tuple[str, ...]


class Slate:
    """Reader, writer, inbox and probe in one."""

    deploys = None
    label_rules = LabelRules()
    keepers: Mapping[MessageKind, Keeper] = {}
    markup = Markup.MARKDOWN
    usage = Usage()

    def __init__(self, name: str) -> None:
        self.name = name
        self.reader = self.writer = self.inbox = self.probe = self
        self.budget = WriteBudget("slate.example.org")
        self.comments: dict[str, str] = {}

    def read(self, _cursor: str | None, _guard: object = None) -> Iterator[Batch]:
        at = datetime(2026, 9, 1, 9, tzinfo=UTC)
        doing = StatusCategory.DOING
        yield Batch(
            (WorkItem(self.name, "1", "WALL-1", "", "WALL", "Paint", "Task", "Doing", doing, at, at, at),), cursor="1"
        )

    def locate(self, _items: Mapping[str, str]) -> Mapping[str, Whereabouts]:
        return {}

    def search(self, _query: str) -> frozenset[str]:
        return frozenset()

    def own(self, _place: Place) -> tuple[tuple[str, datetime], ...]:
        return ()

    def find(self, _place: Place, key: str) -> str | None:
        return key if key in self.comments else None

    def container_of(self, place: Place) -> str:
        return place.key.rpartition("-")[0]

    def create(self, _place: Place, key: str, body: str) -> str:
        self.comments[key] = body
        return key

    def update(self, _place: Place, _comment: str, key: str, body: str) -> None:
        self.comments[key] = body

    def said(self, _place: Place, _since: datetime) -> tuple[Said, ...]:
        return ()

    def check(self) -> Iterator[Finding]:
        yield Finding(Level.OK, self.name, "the slate is there")

    def survey(self) -> Survey:
        return Survey("me", "me")

    def close(self) -> None:
        """Nothing to do."""


class SlateConnector:
    options = SlateOptions
    profile = Profile(
        title="Slate",
        selecting=Selecting(
            keys=frozenset({"issue"}),
            own={"board": "project"},
            containers=("board",),
            items=("issue",),
            item=re.compile(r"([A-Z]+)-\d+", re.ASCII),
            example="an item's key such as OPS-12",
        ),
        starter=Starter((), "boards", lambda _answers: {}, lambda board, _target: {"board": board}),
    )

    def open(self, name: str, _options: Any, _context: Runtime) -> Source:
        return Slate(name)  # type: ignore[return-value]

    def containers(self, options: Any) -> tuple[str, ...]:
        return tuple(options.boards)


connector = SlateConnector()
