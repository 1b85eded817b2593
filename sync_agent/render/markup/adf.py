"""The Atlassian Document Format of Jira Cloud.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

import json
from typing import Any

from sync_agent.render.markup.document import (
    Block,
    Bullets,
    Command,
    Document,
    Heading,
    Inline,
    KeyFacts,
    Link,
    Mention,
    Strong,
    clean,
    unlinked,
)

_BEGINNING = '{"type":"doc",'


def adf(document: Document) -> str:
    """The document as JSON text. Text is data in it, so nothing needs escaping."""
    content = [_block(block) for block in document]
    return json.dumps({"type": "doc", "version": 1, "content": content}, ensure_ascii=False, separators=(",", ":"))


def in_words(body: str) -> str:
    """One of our ADF documents as plain text for a terminal. Anything else is returned as it is."""
    if not body.startswith(_BEGINNING):
        return body
    return "\n\n".join(_words(block) for block in json.loads(body)["content"])


def _words(node: dict[str, Any]) -> str:
    inner = node.get("content", ())
    if node["type"] == "bulletList":
        return "\n".join(f"* {_words(entry)}" for entry in inner)
    addresses = [mark["attrs"]["href"] for mark in node.get("marks", ()) if mark["type"] == "link"]
    own = str(node.get("text") or node.get("attrs", {}).get("text", ""))
    return own + "".join(map(_words, inner)) + "".join(f" <{address}>" for address in addresses)


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"type": "heading", "attrs": {"level": 4}, "content": _texts(block.text)}
    if isinstance(block, KeyFacts):
        return _block(block.bullets)
    if isinstance(block, Bullets):
        return {"type": "bulletList", "content": [_entry(entry) for entry in block.entries]}
    return _paragraph(block.inlines)


def _entry(inlines: tuple[Inline, ...]) -> dict[str, Any]:
    return {"type": "listItem", "content": [_paragraph(inlines)]}


def _paragraph(inlines: tuple[Inline, ...]) -> dict[str, Any]:
    return {"type": "paragraph", "content": [node for inline in inlines for node in _inline(inline)]}


def _inline(inline: Inline) -> list[dict[str, Any]]:
    if isinstance(inline, Mention):
        return [{"type": "mention", "attrs": {"id": inline.account, "text": f"@{clean(inline.name)}"}}]
    if isinstance(inline, Link):
        return _texts(inline.text, {"type": "link", "attrs": {"href": inline.url}})
    mark = "code" if isinstance(inline, Command) else "strong" if isinstance(inline, Strong) else None
    return _texts(inline.text, *([{"type": mark}] if mark else []))


def _texts(text: str, *marks: dict[str, Any]) -> list[dict[str, Any]]:
    """A text node; none for an empty text, which the format does not allow."""
    lead, trail = (" " if text[:1] == " " else ""), (" " if text[-1:] == " " else "")
    words = f"{lead}{unlinked(clean(text, 2000))}{trail}" if text.strip() else lead
    if not words:
        return []
    return [{"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}]
