"""Channels: where people are told something."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from pydantic_core import CoreSchema, core_schema


class ChannelKind(StrEnum):
    """How a channel reaches people: in comments on issues, each person alone, or everybody who reads one place."""

    TRACKER = "tracker"
    MAIL = "mail"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where something is told. `name` is that of a source or of a chat in the configuration.

    In files, in the store and on terminals a channel is its name: `str` writes it and `parse` reads it.
    """

    kind: ChannelKind
    name: str

    @classmethod
    def parse(cls, name: str) -> Self:
        """The channel that a route or a reader's state names: `email`, `comments`, or a chat's name."""
        kinds = {EMAIL.name: EMAIL.kind, COMMENTS.name: COMMENTS.kind}
        return cls(kinds.get(name, ChannelKind.CHAT), name)

    @classmethod
    def tracker(cls, source: str) -> Self:
        """The comments of one source."""
        return cls(ChannelKind.TRACKER, source)

    @classmethod
    def chat(cls, name: str) -> Self:
        """A chat by its name."""
        return cls(ChannelKind.CHAT, name)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        """Stored as its name."""
        as_name = core_schema.to_string_ser_schema()
        return core_schema.no_info_after_validator_function(cls.parse, core_schema.str_schema(), serialization=as_name)


EMAIL = Channel(ChannelKind.MAIL, "email")
COMMENTS = Channel(ChannelKind.TRACKER, "comments")
"""Comments that mention somebody, at whichever tracker a goal reports on."""
CHAT = Channel(ChannelKind.CHAT, "chat")
"""The reader's own chat, whatever its name is."""
