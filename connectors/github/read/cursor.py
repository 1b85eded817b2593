"""Where the next pull of a host goes on."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

from connectors.github.options import GithubProject
from connectors.reading.keyset import Position
from sync_agent.model import ItemKind


@dataclass(frozen=True, slots=True)
class RepositoryPositions:
    """How far one repository is read. Issues and pull requests are two lists: news of one say nothing of the other."""

    issues: Position = field(default_factory=Position)
    pulls: Position = field(default_factory=Position)

    def at_rest(
        self, without_news: Collection[ItemKind], overlap: timedelta, server_time: datetime | None
    ) -> "RepositoryPositions":
        """The positions after a look in which these lists brought nothing new."""

        def rested(kind: ItemKind, position: Position) -> Position:
            return position.at_rest(overlap, server_time) if kind in without_news else position

        return RepositoryPositions(rested(ItemKind.ISSUE, self.issues), rested(ItemKind.PULL_REQUEST, self.pulls))


@dataclass(slots=True)
class GithubCursor:
    """How far each repository is read, and the project: everything changed there before `read_to` (milliseconds since
    1970). `project` is what is read of it: once that changes, every item has to be read anew.
    """

    positions: dict[str, RepositoryPositions] = field(default_factory=dict)
    project: Mapping[str, Any] | None = None
    read_to: int = 0

    @classmethod
    def parse(cls, text: str | None, project: GithubProject | None) -> Self:
        """From text; the beginning of time when it cannot be read or is of another project."""
        wanted = project.model_dump(mode="json") if project else None
        try:
            raw = json.loads(text or "{}")
            if raw.get("project") == wanted:
                positions = {name: _position_of(kept) for name, kept in raw.get("repositories", {}).items()}
                return cls(positions, wanted, int(raw.get("read_to", 0)))
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        return cls({}, wanted)

    def dump(self) -> str:
        """As text."""
        plain = {name: {"issues": m.issues.plain(), "pulls": m.pulls.plain()} for name, m in self.positions.items()}
        project = {"project": self.project, "read_to": self.read_to} if self.project else {}
        return json.dumps({"repositories": plain, **project})


def _position_of(raw: Any) -> RepositoryPositions:
    return RepositoryPositions(Position.parse(raw["issues"]), Position.parse(raw["pulls"]))
