"""The names that the files declare, for checking the names that they use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from sync_agent.config.errors import Mistake, unknown
from sync_agent.config.nodes import Node


@dataclass(frozen=True, slots=True)
class Declared:
    """People, themes and goals by id; `sources` maps the name of a source to its type ("" if it has none).

    `containers` holds the projects or repositories in scope, for each source whose options are valid. `kpi_hosts` are
    the only hosts that KPIs may be read from (None: any). `own_labels` are the labels that the agent sets on a
    source's issues, in lower case, with the state that each shows.
    """

    people: frozenset[str]
    themes: frozenset[str]
    goals: frozenset[str]
    sources: Mapping[str, str]
    containers: Mapping[str, tuple[str, ...]]
    kpi_hosts: tuple[str, ...] | None = None
    own_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, main: Node, goals: Sequence[Node], containers: Mapping[str, tuple[str, ...]]) -> Self:
        """Collects what sync-agent.yaml and all goal files declare, even if its details are wrong."""
        sources = main.get("sources")
        return cls(
            people=_names(main, "people"),
            themes=_names(main, "themes"),
            goals=frozenset(found.text for goal in goals if (found := goal.get("id")) and found.text),
            sources={name: _type(node) for name, node in (sources.mapping if sources else {}).items()},
            containers=containers,
            kpi_hosts=_hosts(main.get("kpis")),
            own_labels={name: _labels(node) for name, node in (sources.mapping if sources else {}).items()},
        )


def named(node: Node | None, noun: str, known: Iterable[str]) -> Iterator[Mistake]:
    """Yields a mistake if the node's text is not one of the known names."""
    if node and node.text is not None and node.text not in known:
        yield node.mistake(unknown(noun, node.text, known))


def _names(main: Node, key: str) -> frozenset[str]:
    found = main.get(key)
    return frozenset(found.mapping) if found else frozenset()


def _type(source: Node) -> str:
    kind = source.get("type")
    return (kind.text or "") if kind else ""


def _labels(source: Node) -> Mapping[str, str]:
    marks = source.get("marks")
    labels = marks.get("labels") if marks else None
    return {node.text.casefold(): state for state, node in (labels.mapping if labels else {}).items() if node.text}


def _hosts(kpis: Node | None) -> tuple[str, ...] | None:
    if kpis is None or not kpis.has("hosts"):
        return None
    return tuple(node.text for node in kpis.many("hosts") if node.text)
