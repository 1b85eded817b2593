"""What a GraphQL query may ask for, and what it costs.

https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
)

MOST_NODES = 500_000
LARGEST_PAGE = 100


class Failure(GraphQLError):
    """An error with GitHub's `type`, such as NOT_FOUND."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Size:
    """How much a query asks for: `nodes` at most, in `requests` for connections, at most `largest` in a page."""

    nodes: int = 0
    requests: int = 0
    largest: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(self.nodes + other.nodes, self.requests + other.requests, max(self.largest, other.largest))

    @property
    def cost(self) -> int:
        """Points of the rate limit."""
        return max(1, round(self.requests / 100))


def measure(document: DocumentNode, variables: Mapping[str, Any]) -> Size:
    """The size of a valid query. Raises Failure where it is above GitHub's limit of nodes."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    defaults = _defaults(document)
    count = _Count(fragments, {**defaults, **variables})
    operations = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    size = sum((count.below(operation.selection_set, 1) for operation in operations), Size())
    if size.nodes > MOST_NODES:
        raise Failure(
            "MAX_NODE_LIMIT_EXCEEDED",
            f"This query requests up to {size.nodes:,} possible nodes which exceeds the maximum limit of"
            f" {MOST_NODES:,}.",
        )
    return size


def page_size(connection: str, asked: Mapping[str, Any]) -> int:
    """How many nodes of a connection are wanted. Raises Failure where the bounds are missing or too wide."""
    given = [(name, asked[name]) for name in ("first", "last") if asked.get(name) is not None]
    if not given:
        raise Failure(
            "MISSING_PAGINATION_BOUNDARIES",
            f"You must provide a `first` or `last` value to properly paginate the `{connection}` connection.",
        )
    name, size = given[0]
    if not 0 <= size <= LARGEST_PAGE:
        raise Failure(
            "EXCESSIVE_PAGINATION",
            f"Requesting {size} records on the `{connection}` connection exceeds the `{name}` limit of"
            f" {LARGEST_PAGE} records.",
        )
    return int(size)


def _defaults(document: DocumentNode) -> dict[str, Any]:
    operations = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    declared = (v for operation in operations for v in operation.variable_definitions or ())
    return {v.variable.name.value: _literal(v.default_value, {}) for v in declared if v.default_value}


def _literal(value: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(value, VariableNode):
        return variables.get(value.name.value)
    return int(value.value) if isinstance(value, IntValueNode) else None


class _Count:
    """Walks a query, multiplying the sizes of nested connections."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]) -> None:
        self._fragments = fragments
        self._variables = variables

    def below(self, selections: SelectionSetNode | None, times: int) -> Size:
        return sum((self._one(node, times) for node in selections.selections), Size()) if selections else Size()

    def _one(self, node: SelectionNode, times: int) -> Size:
        if isinstance(node, FragmentSpreadNode):
            return self.below(self._fragments[node.name.value].selection_set, times)
        page = self._page(node) if isinstance(node, FieldNode) else None
        inside: SelectionSetNode | None = getattr(node, "selection_set", None)
        if page is None:
            return self.below(inside, times)
        return Size(times * page, times, page) + self.below(inside, times * page)

    def _page(self, node: FieldNode) -> int | None:
        bounds = [a for a in node.arguments or () if a.name.value in ("first", "last")]
        sizes = [size for a in bounds if isinstance(size := _literal(a.value, self._variables), int)]
        return sizes[0] if sizes else None
