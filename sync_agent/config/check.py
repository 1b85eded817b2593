"""What a single value cannot show: names that nothing carries, rings, days out of order, secrets in the open.

Works on the nodes rather than on the finished shapes, so that one wrong value does not hide the others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from graphlib import CycleError, TopologicalSorter

from sync_agent.config.build import SELECTOR_KEYS, SourceSettings
from sync_agent.config.errors import Mistake, unknown
from sync_agent.config.goal_shapes import GoalShape
from sync_agent.config.nodes import Node
from sync_agent.config.problems import SECRET_KEYS, secret_written

_CREDENTIAL = re.compile(
    r"gh[pousr]_\w{16,}|github_pat_\w{16,}|ATATT[\w=-]{16,}|xox[bp]-[\w-]{10,}|-----BEGIN [A-Z ]*PRIVATE KEY"
)
# What a type of source does not know. A type that is not listed may know everything.
_FOREIGN = {
    "jira": ("repo", "milestone", "sub_issues_of"),
    "github": ("project", "epic", "component", "fix_version", "sprint", "jql"),
}
_KEYS_OF_ITEMS = ("epic", "sub_issues_of", "issue")
Goals = Sequence[tuple[Node, GoalShape]]


def check(
    main: Node,
    goals: Sequence[Node],
    shapes: Goals,
    sources: Mapping[str, SourceSettings],
    containers: Mapping[str, tuple[str, ...]],
) -> Iterator[Mistake]:
    """`goals` are all entries, `shapes` those of the right shape; `containers` what each source has in scope."""
    yield from _secrets([main, *goals])
    yield from _people(main, goals)
    yield from _twice(goals, "goal")
    yield from _rules(main, goals)
    for goal in goals:
        yield from _twice([k for k in _list(goal, "key_results") if k.mapping], "key result")
        yield from _references(main, goals, goal)
        for selector in _selectors(goal):
            yield from _selector(main, selector, sources, containers)
        for place in goal.many("report_on"):
            yield from _named(place.get("source"), "source", _names(main, "sources"))
            yield from _in_scope(place, "issue", containers)
    yield from _rings(shapes)
    yield from _order(shapes)


def _secrets(roots: Iterable[Node]) -> Iterator[Mistake]:
    for node in (node for root in roots for node in root.walk()):
        if node.text and _CREDENTIAL.search(node.text):
            yield node.mistake(secret_written("token"))
        for key in SECRET_KEYS & set(node.mapping):
            value = node.mapping[key]
            # The shapes say so, too; a value twice reported at one place is one mistake.
            if value.text is not None and not _CREDENTIAL.search(value.text):
                yield value.mistake(secret_written(key))


def _people(main: Node, goals: Sequence[Node]) -> Iterator[Mistake]:
    sources, people = _names(main, "sources"), main.get("people")
    mail = (channels := main.get("channels")) is not None and channels.get("email") is not None
    involved = {n.text for goal in goals for n in (*goal.many("owner"), *goal.many("stakeholders"))}
    for name, person in (people.mapping if people else {}).items():
        accounts = person.get("accounts")
        for source, key in (accounts.keys if accounts else {}).items():
            if source not in sources:
                yield key.mistake(unknown("source", source, sources))
        reachable = bool(accounts and accounts.mapping) or (mail and person.get("email"))
        if not reachable and name in involved and people and person.mapping:
            how = "give them an email or an account" if mail else "give them an account, or set up channels.email"
            yield people.keys[name].mistake(f"nobody can reach '{name}': {how}")
        digest = person.get("digest")
        if digest and digest.text not in (None, "none") and not (mail and person.get("email")):
            yield digest.mistake("a digest needs an email of this person and channels.email")


def _twice(nodes: Iterable[Node], noun: str) -> Iterator[Mistake]:
    seen: dict[str, Node] = {}
    for node in (found for each in nodes if (found := each.get("id"))):
        if node.text in seen:
            first = seen[node.text]
            yield node.mistake(f"the {noun} '{node.text}' is already in {first.file}:{first.line}; choose another id")
        elif node.text:
            seen[node.text] = node


def _rules(main: Node, goals: Iterable[Node]) -> Iterator[Mistake]:
    for rules in (found for each in (main, *goals) if (found := each.get("rules"))):
        risk, off = _share(rules, "at_risk_below", 0.7), _share(rules, "off_track_below", 0.4)
        if risk is not None and off is not None and off >= risk:
            place = rules.get("off_track_below") or rules
            yield place.mistake(f"off_track_below ({off:g}) should be less than at_risk_below ({risk:g})")


def _share(rules: Node, key: str, default: float) -> float | None:
    node = rules.get(key)
    try:
        return float(node.text or "") if node else default
    except ValueError:
        return None


def _references(main: Node, goals: Sequence[Node], goal: Node) -> Iterator[Mistake]:
    people, themes = _names(main, "people"), _names(main, "themes")
    ids = [found.text for each in goals if (found := each.get("id")) and found.text]
    for node in (*goal.many("owner"), *goal.many("stakeholders")):
        yield from _named(node, "person", people)
    yield from _named(goal.get("theme"), "theme", themes)
    for node in goal.many("depends_on"):
        yield from _named(node, "goal", ids)
    yield from _named(goal.get("supports"), "goal or theme", [*ids, *themes])


def _named(node: Node | None, noun: str, known: Iterable[str]) -> Iterator[Mistake]:
    known = list(known)
    if node and node.text is not None and node.text not in known:
        yield node.mistake(unknown(noun, node.text, known))


def _selector(
    main: Node, node: Node, sources: Mapping[str, SourceSettings], containers: Mapping[str, tuple[str, ...]]
) -> Iterator[Mistake]:
    source = node.get("source")
    yield from _named(source, "source", _names(main, "sources"))
    found = sources.get(source.text or "") if source else None
    for key in _FOREIGN.get(found.type, ()) if found else ():
        if key in node.mapping:
            kind = found.type if found else ""
            yield node.keys[key].mistake(f"a {kind} source knows no '{key}'; {_instead(key)}")
    if not set(node.mapping) & {*SELECTOR_KEYS.values(), "jql"}:
        yield node.mistake("this selects everything there is; narrow it by a project, repo, epic, milestone, label …")
    for key in ("project", "repo"):
        yield from _container(node, key, containers)
    for key in _KEYS_OF_ITEMS:
        yield from _in_scope(node, key, containers)


def _instead(key: str) -> str:
    words = {"epic": "use sub_issues_of", "sub_issues_of": "use epic", "fix_version": "use milestone"}
    return words.get(key) or {"milestone": "use fix_version", "project": "use repo", "repo": "use project"}.get(
        key, "remove it"
    )


def _container(node: Node, key: str, containers: Mapping[str, tuple[str, ...]]) -> Iterator[Mistake]:
    source = node.get("source")
    known = containers.get(source.text or "") if source else None
    for each in node.many(key) if known else ():
        if each.text and known and not _covers(known, each.text):
            yield each.mistake(f"{unknown(key, each.text, known)}. Only what the source has in scope is read")


def _in_scope(node: Node, key: str, containers: Mapping[str, tuple[str, ...]]) -> Iterator[Mistake]:
    """An item's key says which project or repository it lies in."""
    source = node.get("source")
    known = containers.get(source.text or "") if source else None
    for each in node.many(key) if known else ():
        container = _container_of(each.text or "")
        if container is None:
            yield each.mistake(f"found {each.describe()}; should be an issue's key such as SHOP-12 or acme/checkout#7")
        elif known and not _covers(known, container):
            yield each.mistake(
                f"{container} is not in the scope of source '{source.text if source else ''}': {', '.join(known)}"
            )


def _container_of(key: str) -> str | None:
    found = re.fullmatch(r"([A-Za-z][A-Za-z0-9_]*)-\d+|([\w.-]+/[\w.-]+)#\d+", key)
    return (found[1] or found[2]) if found else None


def _covers(known: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in known)


def _rings(goals: Goals) -> Iterator[Mistake]:
    graph = {shape.id: list(shape.depends_on or ()) for _, shape in goals}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        ring = list(reversed(error.args[1]))
        node = next(node for node, shape in goals if shape.id == ring[0])
        yield (node.get("depends_on") or node).mistake(
            f"these goals wait for each other: {' → '.join(ring)}; break the ring"
        )


def _order(goals: Goals) -> Iterator[Mistake]:
    due = {shape.id: shape.period.due for _, shape in goals}
    for node, shape in goals:
        for other in (d for d in shape.depends_on or () if d in due and due[d] > shape.period.due):
            text = f"is due {shape.period.due}, before '{other}' ({due[other]}), which it depends on"
            yield (node.get("period") or node).mistake(f"goal '{shape.id}' {text}")


def _selectors(goal: Node) -> Iterator[Node]:
    for key_result in _list(goal, "key_results"):
        yield from (node for node in key_result.many("delivers") if node.mapping)
        kpi = key_result.get("kpi")
        count = kpi.get("count") if kpi else None
        if count and count.mapping:
            yield count


def _list(node: Node, key: str) -> tuple[Node, ...]:
    found = node.get(key)
    return found.value if found and isinstance(found.value, tuple) else ()


def _names(main: Node, key: str) -> list[str]:
    found = main.get(key)
    return list(found.mapping) if found else []
