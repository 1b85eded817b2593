"""Parses YAML into nodes that know their file, line and column.

Null, true and false follow YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#103-core-schema). All other scalars,
even numbers and dates, stay text as written until the shape says what they are. So `on`, `NO`, `12:30` and a version
`1.10` mean what they look like.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from sync_agent.config.errors import Mistake, quoted
from sync_agent.config.syntax import in_plain_words

MAX_BYTES = 1_000_000
_MAX_DEPTH = 30
_MAX_NODES = 500_000
_CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The C parser is ten times faster; a build of PyYAML may come without it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it is written. The `keys` of a mapping are nodes too, by the same names.

    `size` counts this node and all below it; nodes behind aliases count as often as they are used.
    """

    file: str
    line: int
    column: int
    value: "str | bool | tuple[Node, ...] | dict[str, Node] | None"
    keys: "dict[str, Node]" = field(default_factory=dict)
    size: int = 1

    def mistake(self, text: str) -> Mistake:
        """Returns a mistake at this place."""
        return Mistake(self.file, self.line, self.column, text)

    @property
    def place(self) -> tuple[str, int, int]:
        """File, line and column."""
        return self.file, self.line, self.column

    @property
    def text(self) -> str | None:
        """The text of a scalar (numbers, `true` and `false` are text); None for anything else."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return self.value if isinstance(self.value, str) else None

    @property
    def mapping(self) -> "dict[str, Node]":
        """The values of a mapping by key; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def get(self, key: str) -> "Node | None":
        """Returns the value of a key; None if there is none or this is not a mapping."""
        return self.mapping.get(key)

    def has(self, key: str) -> bool:
        """Tells whether a key has a value other than null."""
        node = self.get(key)
        return node is not None and node.value is not None

    def many(self, key: str) -> "tuple[Node, ...]":
        """Returns the values of a key that takes one value or a list of them."""
        node = self.get(key)
        if node is None or node.value is None:
            return ()
        return node.value if isinstance(node.value, tuple) else (node,)

    def children(self) -> "tuple[Node, ...]":
        """Returns the values of a list or mapping."""
        return self.value if isinstance(self.value, tuple) else tuple(self.mapping.values())

    def walk(self) -> "Iterator[Node]":
        """Yields this node and everything below it."""
        yield self
        for child in self.children():
            yield from child.walk()

    def plain(self) -> Any:
        """Returns the bare value: dicts, lists, text, None. Python would take a boolean for a number."""
        if isinstance(self.value, dict):
            return {key: child.plain() for key, child in self.value.items()}
        if isinstance(self.value, tuple):
            return [child.plain() for child in self.value]
        return self.text

    def describe(self) -> str:
        """Says what was found here."""
        match self.value:
            case dict():
                return "a mapping"
            case tuple():
                return "a list"
            case None:
                return "nothing"
            case bool():
                return str(self.value).lower()
            case str():
                return quoted(self.value)


def parse(text: str, file: str) -> tuple[Node | None, list[Mistake]]:
    """Returns the document's root and its syntax mistakes; the root is None if the text is empty or not YAML."""
    if found := _UNPRINTABLE.search(text):
        line, column = text.count("\n", 0, found.start()) + 1, found.start() - text.rfind("\n", 0, found.start())
        name = f"U+{ord(found.group()):04X}"
        return None, [Mistake(file, line, column, f"the character {name} is not allowed in YAML; remove it")]
    builder = _Builder(file)
    try:
        return builder.document(yaml.parse(text, Loader=_Loader)), builder.mistakes
    except yaml.MarkedYAMLError as error:
        line, column, words = in_plain_words(error, text)
        return None, [*builder.mistakes, Mistake(file, line, column, words)]
    except _Stop as stop:
        return None, [*builder.mistakes, stop.mistake]


class _Stop(Exception):
    """A mistake after which the rest of the file is meaningless."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(mistake.text)
        self.mistake = mistake


class _Builder:
    """Builds nodes from the parser's events. Unlike the parser's own nodes, these can be limited while they are
    read.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []
        self._anchors: dict[str, Node] = {}
        self._depth = 0

    def document(self, events: Iterator[Any]) -> Node | None:
        """Returns the root of the only document; None if there is none."""
        root = None
        for event in events:
            if isinstance(event, yaml.NodeEvent):
                if root:
                    raise _Stop(self._mistake(event, "a second document begins; remove the '---' above it"))
                root = self._node(event, events)
        return None if root is None or root.value is None else root

    def _node(self, event: Any, events: Iterator[Any]) -> Node:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._refuse_tag(event)
        node = self._collection(event, events) if isinstance(event, yaml.CollectionStartEvent) else self._scalar(event)
        if node.size > _MAX_NODES:
            raise _Stop(self._mistake(event, "too large once its aliases (*name) are filled in; write less"))
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _collection(self, event: Any, events: Iterator[Any]) -> Node:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _Stop(self._mistake(event, f"nested more than {_MAX_DEPTH} levels deep; the goals need far less"))
        items = self._until_end(events)
        self._depth -= 1
        if isinstance(event, yaml.SequenceStartEvent):
            return self._at(event, tuple(items))
        return self._mapping(event, items)

    def _until_end(self, events: Iterator[Any]) -> list[Node]:
        items = []
        while not isinstance(event := next(events), yaml.CollectionEndEvent):
            items.append(self._node(event, events))
        return items

    def _mapping(self, event: Any, items: Sequence[Node]) -> Node:
        values: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        merged: list[Node] = []
        for key, value in zip(items[::2], items[1::2], strict=True):
            name = self._key(key)
            if name == "<<":
                merged += value.children() if isinstance(value.value, tuple) else [value]
            elif name in values:
                line = keys[name].line
                self.mistakes.append(key.mistake(f"the key {quoted(name)} is already in line {line}; keep one of them"))
            elif name is not None:
                values[name], keys[name] = value, key
        self._merge(merged, values, keys)
        return self._at(event, values, keys)

    def _merge(self, merged: Sequence[Node], values: dict[str, Node], keys: dict[str, Node]) -> None:
        for source in merged:
            if not isinstance(source.value, dict):
                self.mistakes.append(source.mistake(f"'<<' takes a mapping; found {source.describe()}"))
            for name, value in source.mapping.items():
                if name not in values:
                    values[name], keys[name] = value, source.keys[name]

    def _key(self, key: Node) -> str | None:
        if isinstance(key.value, str) and key.value.strip():
            return key.value
        if isinstance(key.value, bool):
            return str(key.value).lower()
        text = "a key is missing before ':'" if key.value in (None, "") else "a key must be plain text"
        self.mistakes.append(key.mistake(text))
        return None

    def _scalar(self, event: Any) -> Node:
        plain = event.style is None or event.style == ""
        return self._at(event, _CONSTANTS.get(event.value, event.value) if plain else event.value)

    def _alias(self, event: Any) -> Node:
        if node := self._anchors.get(event.anchor):
            return node
        text = f"no value above is marked '&{event.anchor}'; put the text in quotes if no alias is meant"
        raise _Stop(self._mistake(event, text))

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            self.mistakes.append(self._mistake(event, f"tags such as {quoted(event.tag)} are not used here; remove it"))

    def _mistake(self, event: Any, text: str) -> Mistake:
        return self._at(event, None).mistake(text)

    def _at(
        self,
        event: Any,
        value: "str | bool | tuple[Node, ...] | dict[str, Node] | None",
        keys: dict[str, Node] | None = None,
    ) -> Node:
        mark = event.start_mark
        children = value if isinstance(value, tuple) else value.values() if isinstance(value, dict) else ()
        size = 1 + sum(child.size for child in children)
        return Node(self.file, mark.line + 1, mark.column + 1, value, keys or {}, size)
