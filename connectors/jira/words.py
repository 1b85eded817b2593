"""A comment's document (ADF) → its author's own words, a line for each paragraph."""

from collections.abc import Iterator
from typing import Any

from connectors.reading.values import entries, mapping

_NOT_OWN = frozenset({"blockquote", "codeBlock", "mediaSingle", "mediaGroup"})
"""What is quoted or shown as it is, and no word of the author to us."""
_LINES = frozenset({"paragraph", "heading", "hardBreak", "listItem", "tableRow"})


def own_words(document: Any) -> str:
    """Returns the text without quotations, code and struck text. It does not recurse, because documents may be nested
    as deeply as their author likes.
    """
    return "".join(_parts(document)).strip("\n")


def _parts(document: Any) -> Iterator[str]:
    left: list[Any] = [document]
    while left:
        each = left.pop()
        if isinstance(each, str):
            yield each
            continue
        node = mapping(each)
        kind = node.get("type")
        if kind in _NOT_OWN:
            yield "\n"
            continue
        yield _text(node)
        left += ["\n" if kind in _LINES else "", *reversed(entries(node.get("content")))]


def _text(node: Any) -> str:
    marks = {mapping(mark).get("type") for mark in entries(node.get("marks"))}
    attributes = mapping(node.get("attrs"))  # A mention has its text there, a card its address.
    text = str(node.get("text") or attributes.get("text") or attributes.get("url") or "")
    if "strike" in marks:
        return ""
    return f"`{text}`" if "code" in marks else text
