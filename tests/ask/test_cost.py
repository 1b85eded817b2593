"""Hostile text costs linear time: eight times as much of it costs about eight times as much, never sixty-four."""

import time
from collections.abc import Callable

import pytest

from sync_agent.ask.fields import forms, lines
from sync_agent.ask.kinds import check_in
from sync_agent.ask.texts import comments, replies
from sync_agent.ask.texts.comments import CommentMarkup
from sync_agent.model.asking.fields import Sheet
from tests.ask.strategies import READING

SHEET = Sheet(check_in.FIELDS)
HOSTILE = [
    "\n", "> ", ">\n", "`", "~", "~~a ", "` `` ", "\\", '"', '"\\" ', ' "a', "sync-agent ", "sync-agent a\n", "<!--",
    "<del>", "</del>", "{code", "{code}", "{quote}\n", "needs ", "needs a from b by ", "needs a from ilse by friday ",
    "by from needs ", "a: ", "note: a\n", "needs: a\n", ":", "-- \n", "9", "9,999", "a\u2028", " ", "\t", "=?utf-8?",
]  # fmt: skip


def _form(text: str) -> None:
    forms.read(SHEET, {"confidence": [text], "note": [text], "needs.0.what": [text]}, READING)


WAYS: dict[str, Callable[[str], object]] = {
    "markdown": lambda text: comments.commands(text, CommentMarkup.MARKDOWN),
    "wiki": lambda text: comments.commands(text, CommentMarkup.WIKI),
    "reply": lambda text: replies.own_words(text, ["goals@example.org", "acme"]),
    "lines": lambda text: lines.read(SHEET, text, READING),
    "form": _form,
}


@pytest.mark.parametrize("way", WAYS)
def test_the_cost_of_hostile_text_is_linear(way: str) -> None:
    for piece in HOSTILE:
        small, large = (piece * (size // len(piece)) for size in (6_000, 48_000))
        fast, slow = (min(_seconds(WAYS[way], text) for _ in range(2)) for text in (small, large))
        assert slow < 30 * max(fast, 0.01), (piece, fast, slow)


def _seconds(way: Callable[[str], object], text: str) -> float:
    """Of this thread: what others do in this process is not counted."""
    started = time.thread_time()
    way(text)
    return time.thread_time() - started
