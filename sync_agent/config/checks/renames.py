"""Checks former names: what still goes by a name was not renamed from it, and only one thing was."""

from collections.abc import Iterator, Mapping, Sequence

from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.nodes import Node


def check_renames(main: Node, goals: Sequence[Node]) -> Iterator[Mistake]:
    """Yields the mistakes in every `renamed_from`."""
    named = {found.text: goal for goal in goals if (found := goal.get("id")) and found.text}
    yield from _former("goal", named)
    for noun, key in (("person", "people"), ("source", "sources")):
        found = main.get(key)
        yield from _former(noun, found.mapping if found else {})


def _former(noun: str, present: Mapping[str, Node]) -> Iterator[Mistake]:
    seen: dict[str | None, str] = {}
    for name, node in present.items():
        if noun == "source":  # The shapes of goals and people see to it themselves.
            yield from (
                each.mistake(f"found {each.describe()}; should be a former name of the source")
                for each in node.many("renamed_from")
                if not each.text
            )
        for former in (each for each in node.many("renamed_from") if each.text):
            other = seen.setdefault(former.text, name)
            if former.text in present:
                yield former.mistake(
                    f"there is a {noun} {former.describe()}, so {quoted(name)} was not renamed from it; remove it "
                    "here, or take the other away"
                )
            elif other != name:
                yield former.mistake(
                    f"the {noun} {quoted(other)} was renamed from {former.describe()}, too; keep one of them"
                )
