"""The words of an HTML mail, for mails that have no plain text.

One pass with `str.find`. The standard library's HTMLParser takes quadratic time for some texts (CVE-2025-6069) in
Python versions that we support.
"""

import html
from collections.abc import Iterator

_BREAKS = frozenset({"br", "p", "/p", "div", "/div", "li", "tr", "h1", "h2", "h3", "table", "/table", "hr"})
_DEEPER = {"blockquote": 1, "/blockquote": -1}
_CELLS = frozenset({"td", "th"})
_HIDDEN = ("style", "script", "head", "title")


def text_of(page: str) -> str:
    """Its text, a line a paragraph. Every line of a quotation begins with `>`."""
    return _unescaped("".join(_pieces(page))).replace("\xa0", " ")


def _pieces(page: str) -> Iterator[str]:
    lower = page.lower()  # Not casefold: its length may differ.
    if len(lower) != len(page):
        lower = page
    at, depth = 0, 0
    while True:
        start = page.find("<", at)
        if start < 0:
            yield _in_line(page[at:])
            return
        yield _in_line(page[at:start])
        end = page.find("-->" if lower.startswith("<!--", start) else ">", start)
        if end < 0:
            return
        name = _name(lower[start + 1 : min(end, start + 20)])
        if name in _HIDDEN:
            end = lower.find(f"</{name}", end)
            if end < 0:
                return
            end = max(page.find(">", end), end)
        depth = max(0, depth + _DEEPER.get(name, 0))
        if name in _DEEPER or name in _BREAKS:
            yield "\n> " if depth else "\n"
        elif name in _CELLS:
            yield " "
        at = end + 1 if page[end] != "-" else end + 3


def _name(inside: str) -> str:
    return inside.split(maxsplit=1)[0].rstrip("/") if inside.strip() else ""


def _in_line(text: str) -> str:
    """Line ends in the source are blanks."""
    return text.replace("\r", " ").replace("\n", " ")


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # A character number of more than 4,300 digits.
        return text
