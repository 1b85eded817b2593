"""The GraphQL schema that queries are held against: GitHub's published one, or our own part of it."""

import gzip
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from graphql import (
    REMOVE,
    SKIP,
    DocumentNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    InputValueDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    Visitor,
    build_ast_schema,
    parse,
    validate,
    visit,
)

_LEAVES = (FieldDefinitionNode, InputValueDefinitionNode, EnumValueDefinitionNode)


@cache
def load_schema(path: Path | None, lacks: tuple[str, ...] = ()) -> GraphQLSchema:
    """GitHub's published schema at `path`, or our own part of it, less the names it `lacks`.

    A name is that of a field, an argument, an enumeration's value or a type, and goes wherever it occurs.
    """
    document = parse(_text(path), no_location=True)
    # GitHub's own deprecations break a rule of validation.
    return build_ast_schema(visit(document, _Without(lacks)) if lacks else document, assume_valid=True)


@lru_cache(maxsize=256)
def check(schema: GraphQLSchema, query: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    """The parsed query and what GitHub would refuse it for."""
    try:
        document = parse(query)
    except GraphQLError as error:
        return None, [error]
    return document, validate(schema, document)


def _text(path: Path | None) -> str:
    if path is None:
        return (files("sync_agent.sandbox.github") / "schema.graphql").read_text("utf-8")
    return gzip.decompress(path.read_bytes()).decode() if path.suffix == ".gz" else path.read_text("utf-8")


class _Without(Visitor):
    """Takes names out of a schema, as in a server that is older than they."""

    def __init__(self, lacks: tuple[str, ...]) -> None:
        super().__init__()
        self._lacks = frozenset(lacks)

    def enter(self, node: Any, *_where: Any) -> Any:
        """Removes what is lacking; below an argument or a value there is nothing to find."""
        name = getattr(getattr(node, "name", None), "value", None)
        if name in self._lacks and isinstance(node, (*_LEAVES, ObjectTypeDefinitionNode, NamedTypeNode)):
            return REMOVE
        return SKIP if isinstance(node, (InputValueDefinitionNode, EnumValueDefinitionNode)) else None
