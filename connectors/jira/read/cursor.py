"""How far a site has been read, and of which projects."""

import json
from dataclasses import dataclass

from connectors.jira.read.sweep import Span
from connectors.reading.keyset import Position


@dataclass(frozen=True, slots=True)
class JiraCursor:
    """Where to go on, and the projects (`scope`) for which that is true. While everything is read for the first time,
    `span` is what is left of that.
    """

    position: Position
    scope: tuple[str, ...]
    span: Span | None = None

    @classmethod
    def parse(cls, text: str | None, scope: tuple[str, ...]) -> "JiraCursor":
        """Reads it from text. It is the beginning of time if it cannot be read or says nothing of a project
        in `scope`.
        """
        try:
            raw = json.loads(text or "{}")
            if set(scope) <= set(raw.get("scope", ())):
                return cls(Position.parse(raw), scope, Span.parse(raw.get("span")))
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
        return cls(Position(), scope)

    def dump(self) -> str:
        """As text."""
        span = {"span": self.span.plain()} if self.span else {}
        return json.dumps({**self.position.plain(), "scope": self.scope, **span})

    @property
    def new(self) -> bool:
        """Whether nothing has been read yet."""
        return not self.position.since and self.span is None
