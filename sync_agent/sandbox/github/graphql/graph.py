"""GraphQL over the state, executed by a real engine against a schema: GitHub's own where it is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import DocumentNode, GraphQLError, GraphQLResolveInfo, execute_sync

from sync_agent.sandbox.core import Clock
from sync_agent.sandbox.github.graphql.fields import FIELDS
from sync_agent.sandbox.github.graphql.leaves import EVENT
from sync_agent.sandbox.github.graphql.limits import Failure, Size, measure
from sync_agent.sandbox.github.graphql.listings import timeline, typename
from sync_agent.sandbox.github.graphql.scene import Orders, Scene
from sync_agent.sandbox.github.graphql.schema import check, load_schema
from sync_agent.sandbox.github.quota import PrimaryLimit
from sync_agent.sandbox.github.records import Raw


@dataclass(frozen=True, slots=True)
class GraphAnswer:
    """What GitHub would answer; most errors come with HTTP 200."""

    body: Raw
    status: int = 200


@dataclass(frozen=True, slots=True)
class Graph:
    """The GraphQL of one host: the schema at `path` (None: our own part) less what it `lacks`. Pages above
    `largest_page` take too long and end in 502.
    """

    orders: Orders
    clock: Clock
    path: Path | None = None
    lacks: tuple[str, ...] = ()
    largest_page: int | None = None

    def answer(self, me: str, quota: PrimaryLimit, query: Any, variables: Mapping[str, Any]) -> GraphAnswer:
        """Runs a query as the user `me`, who pays for it from `quota`."""
        if not isinstance(query, str):
            return _errors(GraphQLError("A query attribute must be specified and must be a string."))
        document, errors = check(load_schema(self.path, self.lacks), query)
        if errors or document is None:
            return _errors(*errors)
        try:
            size = measure(document, variables)
        except Failure as failure:
            return _errors(failure)
        if self.largest_page is not None and size.largest > self.largest_page:
            text = "Something went wrong while executing your query. This may be the result of a timeout."
            return GraphAnswer({"data": None, "errors": [{"message": text}]}, 502)
        if not quota.take("graphql", size.cost):
            return _errors(Failure("RATE_LIMITED", f"API rate limit exceeded for {me}."))
        return self._run(me, quota, document, variables, size)

    def _run(
        self, me: str, quota: PrimaryLimit, document: DocumentNode, variables: Mapping[str, Any], size: Size
    ) -> GraphAnswer:
        usage = quota.usage("graphql")
        scene = Scene(self.orders.state, self.orders, self.clock, me, usage, size.cost, size.nodes)
        result = execute_sync(
            load_schema(self.path, self.lacks),
            document,
            context_value=scene,
            variable_values=dict(variables),
            field_resolver=_resolve,
            type_resolver=typename,
        )
        body: Raw = {"data": result.data}
        if result.errors:
            body["errors"] = [_shown(error) for error in result.errors]
        return GraphAnswer(body)


def _resolve(source: Any, info: "GraphQLResolveInfo[Scene]", **asked: Any) -> Any:
    """One field. Raises GraphQLError for what the sandbox does not know, rather than guess."""
    kind, name = info.parent_type.name, info.field_name
    if name == "timelineItems":
        return timeline(source, info, asked)
    known = FIELDS.get(kind) or (EVENT if kind.endswith("Event") else {})
    if name in known:
        return known[name](info.context, source, asked)
    if isinstance(source, dict) and name in source:  # Connections and summaries are made to measure.
        return source[name]
    raise GraphQLError(f"The sandbox does not answer {kind}.{name}.")


def _errors(*errors: GraphQLError) -> GraphAnswer:
    return GraphAnswer({"errors": [_shown(error) for error in errors]})


def _shown(error: GraphQLError) -> Raw:
    cause = error.original_error or error
    return {**({"type": cause.kind} if isinstance(cause, Failure) else {}), **error.formatted}
