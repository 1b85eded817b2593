"""Checks what rounds say about people, themes, sources and each other, and what their questions need."""

from collections.abc import Iterator, Sequence

from sync_agent.config.checks.selectors import check_places
from sync_agent.config.declared import Declared, named
from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.nodes import Node
from sync_agent.config.rounds.reading import kind_of, name_of, step_nodes
from sync_agent.model.rounds import StepKind

RESERVED = "visibility"
"""The name of the field in which whoever is interviewed says who may read it."""


def check_rounds(main: Node, rounds: Sequence[Node], declared: Declared) -> Iterator[Mistake]:
    """`rounds` are the roots of all files, whether or not their shape is valid."""
    people = main.get("people")
    for person in people.mapping.values() if people else ():
        for spoken in person.many("speaks_for"):
            yield from named(spoken, "theme or goal", declared.themes | declared.goals)
    yield from _once([found for each in rounds if (found := each.get("round"))], "round")
    for each in rounds:
        for node in (*each.many("facilitator"), *each.many("decides"), *_invited(each)):
            yield from named(node, "person", declared.people)
        steps = step_nodes(each)
        yield from _once([found for step in steps if (found := name_of(step))], "step")
        yield from _without_days(each, steps)
        boards = {name.text for step in steps if kind_of(step) is StepKind.BOARD and (name := name_of(step))}
        for step in steps:
            yield from _step(main, step, declared, boards)


def _step(main: Node, step: Node, declared: Declared, boards: set[str | None]) -> Iterator[Mistake]:
    for node in _invited(step):
        yield from named(node, "person", declared.people)
    yield from named(step.get("theme"), "theme", declared.themes)
    yield from _questions(step)
    yield from _forms(main, step)
    if kind_of(step) is StepKind.PRIORITISE:
        yield from named(step.get("of"), "board", [name for name in boards if name])
    for key in ("place", "from"):
        if (place := step.get(key)) and place.mapping:
            yield from named(place.get("source"), "source", declared.sources)
            yield from check_places(place, declared)


def _invited(node: Node) -> tuple[Node, ...]:
    invite = node.get("invite")
    return invite.many("people") if invite and invite.mapping else node.many("invite")


def _without_days(root: Node, steps: Sequence[Node]) -> Iterator[Mistake]:
    if steps and not any(step.has(key) for step in steps for key in ("open", "at", "until")):
        yield root.mapping["steps"].mistake("no step says when it is; give one of them open: 2026-11-02..2026-11-13")


def _questions(step: Node) -> Iterator[Mistake]:
    """Their ids name the fields of an answer, where only letters and digits tell them apart."""
    ids = [found for each in step.many("questions") if (found := each.get("id")) and found.text]
    yield from _once(ids, "question")
    seen: dict[str, Node] = {}
    for each in ids:
        word = "".join(c for c in each.text or "" if c.isalnum())
        first = seen.setdefault(word, each)
        if word == RESERVED:
            yield each.mistake(f"an answer has a field of its own with this name; choose another id than {RESERVED}")
        elif first.text != each.text:
            yield each.mistake(f"differs from {first.describe()} in punctuation only; choose another id")


def _forms(main: Node, step: Node) -> Iterator[Mistake]:
    """What is said in a mail or a comment is never anonymous."""
    anonymous, web = step.get("anonymous"), main.get("web")
    said = str(anonymous.plain()).casefold() if anonymous else ""
    if anonymous and said in ("true", "yes", "on", "1") and not (web and web.has("secret") and web.has("url")):
        text = "an anonymous survey is answered in a form only; give web.url and web.secret in sync-agent.yaml"
        yield anonymous.mistake(text)


def _once(names: Sequence[Node], noun: str) -> Iterator[Mistake]:
    seen: dict[str, Node] = {}
    for node in (each for each in names if each.text):
        first = seen.setdefault(node.text or "", node)
        if first is not node:
            text = f"the {noun} {quoted(node.text or '')} is already in {first.file}:{first.line}; choose another id"
            yield node.mistake(text)
