"""Checks that selectors make sense: known sources, keys that fit them, names within their scope."""

from collections.abc import Iterable, Iterator, Sequence

from connectors.profile import Selecting
from connectors.reading.wildcard import fits
from sync_agent.config.build_goals import SELECTOR_KEYS
from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake, unknown
from sync_agent.config.nodes import Node

_NARROWING = frozenset({*SELECTOR_KEYS.values(), "query"})
_KEYS = _NARROWING | {"kind"}


def check_selector(node: Node, declared: Declared) -> Iterator[Mistake]:
    """Yields everything wrong with one selector that its shape cannot show."""
    source = node.get("source")
    yield from named(source, "source", declared.sources)
    yield from _foreign(node, declared)
    for key in _NARROWING & set(node.mapping):
        if not node.has(key):
            yield node.keys[key].mistake(f"'{_written(node, key)}' is empty here; give it a value or remove it")
    if not any(node.has(key) for key in _NARROWING):
        yield node.mistake("this selects everything there is; narrow it by a project, repo, epic, milestone, label …")
    yield from check_places(node, declared)
    own = declared.own_labels.get(source.text or "", {}) if source else {}
    for label in (each for each in node.many("label") if each.text):
        if state := own.get((label.text or "").casefold()):
            text = (
                f"found {label.describe()}, which the agent sets itself (marks.labels.{state}) and never counts as work"
            )
            yield label.mistake(f"{text}; choose a label that people set")


def _foreign(node: Node, declared: Declared) -> Iterator[Mistake]:
    """Keys that mean nothing to the source's kind of tracker."""
    name, selecting = _tracker(node, declared)
    if selecting is None:
        return
    written = {key: _written(node, key) for key in node.mapping if key in _KEYS}
    for key in (key for key, word in written.items() if word not in selecting.written):
        instead = selecting.instead.get(key, "remove it")
        yield node.keys[key].mistake(f"a {declared.sources[name]} source knows no '{written[key]}'; {instead}")


def _written(node: Node, key: str) -> str:
    """How a key was written that may be one of the tracker's own."""
    return node.keys[key].text or key


def _tracker(node: Node, declared: Declared) -> tuple[str, Selecting | None]:
    """The name of a selector's source, and what selectors can say about it; None where nobody knows."""
    source = node.get("source")
    name = (source.text or "") if source else ""
    tracker = declared.trackers.get(name)
    return name, tracker.selecting if tracker else None


def check_places(node: Node, declared: Declared) -> Iterator[Mistake]:
    """Yields the mistakes of the items, projects and repositories that are named."""
    name, selecting = _tracker(node, declared)
    if selecting is None:
        return
    known = declared.containers.get(name, ())
    for key in selecting.containers:
        yield from _containers(node, selecting.meaning(key), known)
    for key in selecting.items:
        yield from _items(node, selecting.meaning(key), name, selecting, known)


def _items(node: Node, key: str, name: str, selecting: Selecting, known: Sequence[str]) -> Iterator[Mistake]:
    """The key of an item says which project or repository it is in."""
    for each in (node for node in node.many(key) if node.text):
        found = selecting.item.fullmatch(each.text or "")
        if found is None:
            yield each.mistake(f"found {each.describe()}; should be {selecting.example}")
        elif known and not _covers(known, found[1]):
            yield each.mistake(f"{found[1]} is not in the scope of source '{name}': {', '.join(known)}")


def _containers(node: Node, key: str, known: Sequence[str]) -> Iterator[Mistake]:
    for each in node.many(key) if known else ():
        if each.text and not _covers(known, each.text):
            text = f"{unknown(_written(node, key), each.text, known)}. Only what the source has in scope is read"
            yield each.mistake(text)


def _covers(known: Iterable[str], name: str) -> bool:
    return any(fits(each, name) for each in known)
