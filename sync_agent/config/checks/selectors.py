"""Checks that selectors make sense: known sources, keys that fit them, names within their scope."""

from collections.abc import Iterable, Iterator

from connectors.profile import Selecting
from connectors.reading.wildcard import fits
from sync_agent.config.build_goals import SELECTOR_KEYS
from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake, unknown
from sync_agent.config.nodes import Node

_NARROWING = frozenset({*SELECTOR_KEYS.values(), "repository", "jql"})
_KEYS = _NARROWING | {"kind"}
_CONTAINERS = ("project", "repo", "repository")
_ITEMS = ("epic", "sub_issues_of", "issue")


def check_selector(node: Node, declared: Declared) -> Iterator[Mistake]:
    """Yields everything wrong with one selector that its shape cannot show."""
    source = node.get("source")
    yield from named(source, "source", declared.sources)
    yield from _foreign(node, declared)
    for key in _NARROWING & set(node.mapping):
        if not node.has(key):
            yield node.keys[key].mistake(f"'{key}' is empty here; give it a value or remove it")
    if not any(node.has(key) for key in _NARROWING):
        yield node.mistake("this selects everything there is; narrow it by a project, repo, epic, milestone, label …")
    for key in _CONTAINERS:
        yield from containers(node, key, declared)
    for key in _ITEMS:
        yield from check_keys(node, key, declared)
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
    for key in (key for key in node.mapping if key in _KEYS - selecting.keys):
        instead = selecting.instead.get(key, "remove it")
        yield node.keys[key].mistake(f"a {declared.sources[name]} source knows no '{key}'; {instead}")


def _tracker(node: Node, declared: Declared) -> tuple[str, Selecting | None]:
    """The name of a selector's source, and what selectors can say about it; None where nobody knows."""
    source = node.get("source")
    name = (source.text or "") if source else ""
    tracker = declared.trackers.get(name)
    return name, tracker.selecting if tracker else None


def check_keys(node: Node, key: str, declared: Declared) -> Iterator[Mistake]:
    """Yields the mistakes of items named under `key`. The key of an item says which project or repository it is in."""
    name, selecting = _tracker(node, declared)
    if selecting is None or key not in selecting.keys:
        return
    known = declared.containers.get(name, ())
    for each in (node for node in node.many(key) if node.text):
        found = selecting.item.fullmatch(each.text or "")
        if found is None:
            yield each.mistake(f"found {each.describe()}; should be {selecting.example}")
        elif known and not _covers(known, found[1]):
            yield each.mistake(f"{found[1]} is not in the scope of source '{name}': {', '.join(known)}")


def containers(node: Node, key: str, declared: Declared) -> Iterator[Mistake]:
    name, selecting = _tracker(node, declared)
    known = declared.containers.get(name, ())
    if not known or selecting is None or key not in selecting.containers:
        return
    for each in node.many(key):
        if each.text and not _covers(known, each.text):
            yield each.mistake(f"{unknown(key, each.text, known)}. Only what the source has in scope is read")


def _covers(known: Iterable[str], name: str) -> bool:
    return any(fits(each, name) for each in known)
