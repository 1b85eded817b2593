"""The shape of `routes:` in sync-agent.yaml, and the routes built from it."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from sync_agent.config.findings import FindingName
from sync_agent.config.nodes import Node
from sync_agent.config.values import Name, Names, several
from sync_agent.model import (
    CHAT,
    COMMENTS,
    EMAIL,
    Channel,
    Grouping,
    Match,
    Part,
    Role,
    RouteNode,
    Timing,
    Urgency,
)

CHANNELS = tuple(map(str, (EMAIL, COMMENTS, CHAT)))

_Signals = Annotated[tuple[FindingName, ...], Field(min_length=1)]
_Severities = Annotated[tuple[Urgency, ...], Field(min_length=1)]
_Roles = Annotated[tuple[Role, ...], Field(min_length=1)]
_Parts = Annotated[tuple[Part, ...], Field(min_length=1)]


class MatchShape(BaseModel):
    """What a route is for. All keys that are given must match; any of a key's values will do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    goal: Names | None = Field(default=None, description="Goals, by their ids")
    theme: Names | None = Field(default=None, description="Themes, by their ids")
    owner: Names | None = Field(default=None, description="Owners of the goals, by their ids")
    signal: Annotated[_Signals, BeforeValidator(several, json_schema_input_type=FindingName | _Signals)] | None = Field(
        default=None, description="Kinds of finding"
    )
    severity: Annotated[_Severities, BeforeValidator(several, json_schema_input_type=Urgency | _Severities)] | None = (
        Field(default=None, description="critical: an alert about a goal of urgency and impact 5; alert; notice")
    )
    role: Annotated[_Roles, BeforeValidator(several, json_schema_input_type=Role | _Roles)] | None = Field(
        default=None, description="The reader's role"
    )
    person: Names | None = Field(default=None, description="Readers, by their ids")
    part: Annotated[_Parts, BeforeValidator(several, json_schema_input_type=Part | _Parts)] | None = Field(
        default=None, description="What the reader has to do with it"
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(getattr(self, key) for key in type(self).model_fields):
            raise ValueError("matches everything; name at least one of " + ", ".join(type(self).model_fields))
        return self


class RouteShape(BaseModel):
    """One branch of the tree of routes. Whatever is left out is inherited from the branch above."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name | None = Field(default=None, description="Shown by sync-agent routes and explain")
    match: MatchShape
    channels: Names | None = Field(
        default=None, description="email, comments, chat (the reader's own), or a chat's name"
    )
    timing: Timing | None = Field(default=None, description="immediate, digest or never")
    group: Grouping | None = Field(default=None, description="What shares a mail: goal, signal or alert")
    urgent: Annotated[bool, Field(strict=False)] | None = Field(
        default=None, description="true: waits for no working hours, and no daily limit holds it back"
    )
    routes: "tuple[RouteShape, ...]" = Field(default=(), description="Branches below; the first that matches is taken")


def build_routes(shapes: Sequence[RouteShape], nodes: Sequence[Node], number: str = "") -> tuple[RouteNode, ...]:
    """Builds the branches in the order they are tried; `nodes` are the same entries in the file."""
    return tuple(
        _route(shape, node, f"{number}{position}")
        for position, (shape, node) in enumerate(zip(shapes, nodes, strict=True), start=1)
    )


def _route(shape: RouteShape, node: Node, number: str) -> RouteNode:
    wanted = shape.match
    return RouteNode(
        name=shape.name or f"route {number}",
        match=Match(**{key: _words(getattr(wanted, key)) for key in type(wanted).model_fields}),
        channels=None if shape.channels is None else tuple(map(Channel.parse, shape.channels)),
        timing=shape.timing,
        group=shape.group,
        urgent=shape.urgent,
        routes=build_routes(shape.routes, node.many("routes"), f"{number}."),
        where=f"{node.file}:{node.line}",
    )


def _words(values: Iterable[str] | None) -> frozenset[str]:
    return frozenset(str(value) for value in values or ())
