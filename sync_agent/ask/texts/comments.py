"""Finds commands in comments, and leaves out what only looks like one.

`grammar` knows what a command line is. The lines below it, up to the next command, belong to it. What the page shows as
somebody else's words is never a command: quotations (with the lines that CommonMark takes into them), fenced and
indented code, HTML comments, struck text; on Jira `{quote}`, `{code}`, `{noformat}` and `bq.`. Connectors that receive
a document (Jira Cloud) leave such nodes out and pass on plain text.
"""

import re
import string
from collections.abc import Iterator, Sequence
from enum import StrEnum

from sync_agent.ask.fields.values import lines_of
from sync_agent.ask.texts.grammar import SpokenCommand, command_line

_LIST_MARKS = re.compile(r" {0,3}(?:(?:[-+*]|[0-9]{1,9}[.)])[ \t]+)+")
"""What begins an item of a list, also of a list in a list. The item may be a quotation or code."""
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<info>.*)")
_WIKI_BLOCK = re.compile(r"(?<!\\)\{(?P<name>code|noformat|quote)(?P<options>:[^{}]{0,200})?\}")
_DELIMITER = re.compile(r"\\.|`+|~+|<!--|-->|</?(?:s|del|strike|code)>", re.DOTALL | re.IGNORECASE)
_HIDING = {"<!--": "-->", "<pre": "</pre>", "<blockquote": "</blockquote>"}
"""Begins a block that hides or quotes all lines up to the one with its end."""
_LONGEST = 70_000
"""At most this many characters of a comment are read. GitHub takes 65,536, Jira 32,767."""


class CommentMarkup(StrEnum):
    """How a comment is written."""

    MARKDOWN = "markdown"
    WIKI = "wiki"
    PLAIN = "plain"


_ESCAPABLE = {CommentMarkup.MARKDOWN: string.punctuation, CommentMarkup.WIKI: "\\{}", CommentMarkup.PLAIN: ""}
"""Characters that lose their meaning after a backslash."""


def commands(text: str, markup: CommentMarkup, own: str = "goal-sync-agent:") -> tuple[SpokenCommand, ...]:
    """The commands of a comment, in order. A comment with the agent's `own` marker has none."""
    text = text[:_LONGEST]
    if own in text:
        return ()
    found: list[tuple[str, list[str]]] = []
    for line in _live_lines(lines_of(text), markup):
        if words := command_line(line):
            found.append((words, []))
        elif found:
            found[-1][1].append(line)
    return tuple(
        SpokenCommand(_plain(words, markup), "\n".join(_plain(line, markup) for line in below).rstrip("\n"))
        for words, below in found
    )


def _plain(line: str, markup: CommentMarkup) -> str:
    """A line as the page shows it, without the backslashes before punctuation."""
    special = _ESCAPABLE[markup]
    return re.sub(rf"\\([{re.escape(special)}])", r"\1", line) if special else line


def _live_lines(text: Sequence[str], markup: CommentMarkup) -> Iterator[str]:
    """The lines that are the author's own words."""
    match markup:
        case CommentMarkup.MARKDOWN:
            return _markdown(text)
        case CommentMarkup.WIKI:
            return _wiki(text)
        case CommentMarkup.PLAIN:
            return (line for line in text if not line.startswith(">"))


def _markdown(text: Sequence[str]) -> Iterator[str]:
    paragraph: list[str] = []
    for line in _outside_code(text):
        if line.strip():
            paragraph.append(line)
        else:
            if paragraph:
                yield from _paragraph(paragraph)
                paragraph = []
            yield ""
    yield from _paragraph(paragraph)


def _outside_code(text: Sequence[str]) -> Iterator[str]:
    """The lines outside of fenced blocks and of HTML that hides or quotes. Such a block parts the lines around it."""
    fence, end, indent = "", "", 0
    for line in text:
        found = _FENCE.fullmatch(_within(line, indent) if fence else _unlisted(line)) if line else None
        if end:
            end = "" if end in line.casefold() else end
        elif fence:
            closes = found and found["fence"].startswith(fence) and not found["info"].strip()
            fence = "" if closes else fence
        elif found and not (found["fence"][0] == "`" and "`" in found["info"]):
            fence, indent = found["fence"], len(line) - len(_unlisted(line))
            yield ""
        elif line and (begun := _hiding(line)):
            end = "" if _HIDING[begun] in line.casefold() else _HIDING[begun]
            yield ""
        else:
            yield line


def _within(line: str, indent: int) -> str:
    """A line as it stands in the item of a list, without the indent that keeps it there."""
    return line if line[:indent].strip() else line[indent:]


def _unlisted(line: str) -> str:
    """A line without the marks of the list that it begins an item of."""
    found = _LIST_MARKS.match(line)
    return line[found.end() :] if found else line


def _hiding(line: str) -> str | None:
    return next((begun for begun in _HIDING if _unlisted(line).lstrip().casefold().startswith(begun)), None)


def _paragraph(paragraph: Sequence[str]) -> Iterator[str]:
    """The lines of a paragraph, without quotations, indented code, and lines that begin within struck text or code."""
    covered = _covered(paragraph)
    for index, line in enumerate(paragraph):
        if _unlisted(line).lstrip().startswith(">"):
            return  # What follows without a blank line belongs to the quotation.
        indented = line.expandtabs(4).startswith("    ")
        if not indented and index not in covered:
            yield line


def _covered(paragraph: Sequence[str]) -> set[int]:
    """The lines that begin within struck text, code or an HTML comment of several lines."""
    text = "\n".join(paragraph)
    delimiters = list(_DELIMITER.finditer(text))
    last = {found[0].casefold(): found.start() for found in delimiters if _may_close(text, found)}
    spans, opened = list[tuple[int, int]](), None
    for found in delimiters:
        if opened and found[0].casefold() == _end_of(opened) and _may_close(text, found):
            spans.append((opened.end(), found.start()))
            opened = None
        elif opened is None and _may_open(text, found) and last.get(_end_of(found), 0) > found.start():
            opened = found
    return set(_lines_beginning_in(spans, paragraph))


def _end_of(delimiter: re.Match[str]) -> str:
    text = delimiter[0].casefold()
    return "-->" if text == "<!--" else text.replace("<", "</") if text.startswith("<") else text


def _may_open(text: str, delimiter: re.Match[str]) -> bool:
    if delimiter[0][0] == "~":
        return len(delimiter[0]) <= 2 and not text[delimiter.end() : delimiter.end() + 1].isspace()
    return delimiter[0][0] != "\\" and not delimiter[0].startswith(("</", "-->"))


def _may_close(text: str, delimiter: re.Match[str]) -> bool:
    return delimiter[0][0] != "~" or not text[delimiter.start() - 1].isspace()


def _lines_beginning_in(spans: Sequence[tuple[int, int]], paragraph: Sequence[str]) -> Iterator[int]:
    """Both are in the order of the text."""
    position, left = 0, iter(spans)
    span = next(left, None)
    for index, line in enumerate(paragraph):
        while span and span[1] < position:
            span = next(left, None)
        if span and span[0] <= position <= span[1]:
            yield index
        position += len(line) + 1


def _wiki(text: Sequence[str]) -> Iterator[str]:
    within = ""
    for line in text:
        before = within
        for found in _WIKI_BLOCK.finditer(line):
            if not within:
                within = found["name"]
            elif within == found["name"]:
                within = ""
        if not before and not within and not line.lstrip().startswith("bq."):
            yield line
