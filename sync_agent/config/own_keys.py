"""Keys of selectors that one kind of tracker has, read as those of all trackers: a `board` that means a project."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from connectors.profile import Profile
from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.nodes import Node


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """`trackers` holds the kind of each source, and `kinds` all of them, for sources whose name is wrong."""

    trackers: Mapping[str, Profile]
    kinds: Iterable[Profile]

    def read_all(self, nodes: Iterable[Node], mistakes: list[Mistake]) -> tuple[Node, ...]:
        """The nodes in the words of all trackers. Each key still knows how and where it was written."""
        return tuple(self._read(each, mistakes) for each in nodes)

    def _read(self, node: Node, mistakes: list[Mistake]) -> Node:
        if isinstance(node.value, tuple):
            return replace(node, value=tuple(self._read(each, mistakes) for each in node.value))
        if not isinstance(node.value, dict):
            return node
        below = {name: self._read(each, mistakes) for name, each in node.value.items()}
        own = {name: meaning for name, meaning in self._readable(node).items() if name in below}
        for name, meaning in own.items():
            if meaning in below:
                text = f"{quoted(name)} means the same as {quoted(meaning)}, which is here, too; keep one of them"
                mistakes.append(node.keys[name].mistake(text))
        value, keys = ({own.get(k, k): v for k, v in each.items()} for each in (below, node.keys))
        return replace(node, value=value, keys=keys)

    def writable(self, node: Node, known: Sequence[str]) -> list[str]:
        """The keys that can be written in a mapping of which the `known` ones are read."""
        tracker = self._tracker(node)
        if tracker is None:
            return [*known]
        own = {name: meaning for name, meaning in tracker.selecting.own.items() if meaning in known}
        hidden = set(own.values()) - tracker.selecting.keys
        return [*(name for name in known if name not in hidden), *own]

    def _readable(self, node: Node) -> Mapping[str, str]:
        """Those of other trackers, too: what is wrong is the key in this place, not its name."""
        tracker, kinds = self._tracker(node), self.kinds if node.has("source") else ()
        found = {own: meaning for kind in kinds for own, meaning in kind.selecting.own.items()}
        return {**found, **tracker.selecting.own} if tracker else found

    def _tracker(self, node: Node) -> Profile | None:
        source = node.get("source")
        return self.trackers.get(source.text or "") if source else None
