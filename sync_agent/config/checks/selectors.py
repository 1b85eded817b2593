"""Checks that selectors make sense: known sources, keys that fit them, names within their scope."""

import re
from collections.abc import Iterable, Iterator

from connectors.reading.wildcard import fits
from sync_agent.config.build import SELECTOR_KEYS
from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake, unknown
from sync_agent.config.nodes import Node

# Keys that a type of source does not know, and what to do instead. Types that are not listed may know all keys.
_FOREIGN = {
    "jira": {
        "repo": "use project",
        "repository": "use project",
        "milestone": "use fix_version",
        "sub_issues_of": "use epic",
    },
    "github": {
        "project": "use repo",
        "epic": "use sub_issues_of",
        "component": "use label",
        "fix_version": "use milestone",
        "jql": "remove it",
    },
}
_NARROWING = frozenset({*SELECTOR_KEYS.values(), "repository", "jql"})
_KEYS = {
    "jira": (re.compile(r"([A-Za-z][A-Za-z0-9_]*)-\d+", re.ASCII), "an issue's key such as SHOP-12"),
    "github": (re.compile(r"([\w.-]+/[\w.-]+)#\d+", re.ASCII), "an issue's key such as acme/checkout#7"),
}


def check_selector(node: Node, declared: Declared) -> Iterator[Mistake]:
    """Yields everything wrong with one selector that its shape cannot show."""
    source = node.get("source")
    yield from named(source, "source", declared.sources)
    kind = declared.sources.get(source.text or "", "") if source else ""
    for key, instead in _FOREIGN.get(kind, {}).items():
        if key in node.mapping:
            yield node.keys[key].mistake(f"a {kind} source knows no '{key}'; {instead}")
    for key in _NARROWING & set(node.mapping):
        if not node.has(key):
            yield node.keys[key].mistake(f"'{key}' is empty here; give it a value or remove it")
    if not any(node.has(key) for key in _NARROWING):
        yield node.mistake("this selects everything there is; narrow it by a project, repo, epic, milestone, label …")
    for key in ("project", "repo", "repository"):
        yield from containers(node, key, declared)
    for key in ("epic", "sub_issues_of", "issue"):
        yield from check_keys(node, key, declared)
    own = declared.own_labels.get(source.text or "", {}) if source else {}
    for label in (each for each in node.many("label") if each.text):
        if state := own.get((label.text or "").casefold()):
            text = (
                f"found {label.describe()}, which the agent sets itself (marks.labels.{state}) and never counts as work"
            )
            yield label.mistake(f"{text}; choose a label that people set")


def check_keys(node: Node, key: str, declared: Declared) -> Iterator[Mistake]:
    """Yields the mistakes of items named under `key`. The key of an item says which project or repository it is in."""
    source = node.get("source")
    name = (source.text or "") if source else ""
    kind = declared.sources.get(name, "")
    if kind not in _KEYS or key in _FOREIGN[kind]:
        return
    form, words = _KEYS[kind]
    known = declared.containers.get(name, ())
    for each in (node for node in node.many(key) if node.text):
        found = form.fullmatch(each.text or "")
        if found is None:
            yield each.mistake(f"found {each.describe()}; should be {words}")
        elif known and not _covers(known, found[1]):
            yield each.mistake(f"{found[1]} is not in the scope of source '{name}': {', '.join(known)}")


def containers(node: Node, key: str, declared: Declared) -> Iterator[Mistake]:
    source = node.get("source")
    name = (source.text or "") if source else ""
    known = declared.containers.get(name, ())
    if key in _FOREIGN.get(declared.sources.get(name, ""), {}) or not known:
        return
    for each in node.many(key):
        if each.text and not _covers(known, each.text):
            yield each.mistake(f"{unknown(key, each.text, known)}. Only what the source has in scope is read")


def _covers(known: Iterable[str], name: str) -> bool:
    return any(fits(each, name) for each in known)
