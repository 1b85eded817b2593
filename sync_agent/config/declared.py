"""The names that the files declare, for checking the names that they use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from connectors.profile import Profile
from sync_agent.config.errors import Mistake, unknown
from sync_agent.config.nodes import Node


@dataclass(frozen=True, slots=True)
class Declared:
    """People, themes and goals by id; `sources` maps a source's name to its type ("" where it has none).

    `trackers` holds what is known of its kind, for each source of a type that is installed, and `deploying` are the
    titles of those kinds that tell of deployments. `containers` holds, for
    each source whose options are right, the projects or repositories in its scope. `kpi_hosts`
    are the only hosts that KPIs may be read from (None: any). `own_labels` are those that the agent sets on a source's
    issues, in lower case, with the state that each shows.
    """

    people: frozenset[str]
    themes: frozenset[str]
    goals: frozenset[str]
    sources: Mapping[str, str]
    containers: Mapping[str, tuple[str, ...]]
    trackers: Mapping[str, Profile]
    deploying: tuple[str, ...] = ()
    kpi_hosts: tuple[str, ...] | None = None
    own_labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        main: Node,
        goals: Sequence[Node],
        containers: Mapping[str, tuple[str, ...]],
        profiles: Mapping[str, Profile],
    ) -> Self:
        """What sync-agent.yaml and all goal files declare, right or wrong in its details. `profiles` are those of the
        installed connectors.
        """
        sources = main.get("sources")
        return cls(
            people=_names(main, "people"),
            themes=_names(main, "themes"),
            goals=frozenset(found.text for goal in goals if (found := goal.get("id")) and found.text),
            sources=_types(main),
            containers=containers,
            trackers=trackers(main, profiles),
            deploying=tuple(sorted(profile.title for profile in profiles.values() if profile.deploys)),
            kpi_hosts=_hosts(main.get("kpis")),
            own_labels={name: _labels(node) for name, node in (sources.mapping if sources else {}).items()},
        )


def trackers(main: Node, profiles: Mapping[str, Profile]) -> dict[str, Profile]:
    """What is known of the kind of each source; sources of a type that is not installed are left out."""
    return {name: profiles[kind] for name, kind in _types(main).items() if kind in profiles}


def named(node: Node | None, noun: str, known: Iterable[str]) -> Iterator[Mistake]:
    """Yields a mistake if the node's text is not one of the known names."""
    if node and node.text is not None and node.text not in known:
        yield node.mistake(unknown(noun, node.text, known))


def _names(main: Node, key: str) -> frozenset[str]:
    found = main.get(key)
    return frozenset(found.mapping) if found else frozenset()


def _types(main: Node) -> dict[str, str]:
    sources = main.get("sources")
    kinds = {name: node.get("type") for name, node in (sources.mapping if sources else {}).items()}
    return {name: (kind.text or "") if kind else "" for name, kind in kinds.items()}


def _labels(source: Node) -> Mapping[str, str]:
    marks = source.get("marks")
    labels = marks.get("labels") if marks else None
    return {node.text.casefold(): state for state, node in (labels.mapping if labels else {}).items() if node.text}


def _hosts(kpis: Node | None) -> tuple[str, ...] | None:
    if kpis is None or not kpis.has("hosts"):
        return None
    return tuple(node.text for node in kpis.many("hosts") if node.text)
