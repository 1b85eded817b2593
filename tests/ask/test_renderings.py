"""Every rendering of every field reads back what it wrote."""

import json

import pytest
from hypothesis import example, given, settings

from sync_agent.ask.fields import forms, lines
from sync_agent.ask.fields.short import write_short
from sync_agent.ask.texts import comments, replies
from sync_agent.ask.texts.comments import CommentMarkup
from sync_agent.ask.texts.grammar import spoken
from sync_agent.model.asking.fields import FreeText, Sheet, Values
from sync_agent.store.memory.keeping import from_json, to_json
from tests.ask.strategies import READING, filled

MARK = "goals+token@example.org"
QUOTED = f"On Tue, 24 Nov 2026 Goals <{MARK}> wrote:\n> How does it go?\n> Confidence:"


# What has a backslash before it in a comment, so that none of it is taken for code or struck.
ESCAPED = {CommentMarkup.MARKDOWN: "\\`~<>", CommentMarkup.WIKI: "\\{}", CommentMarkup.PLAIN: ""}


def comment(verb: str, sheet: Sheet, given: Values, markup: CommentMarkup) -> str:
    """A comment that says these values, as somebody careful writes it: short where that reads back."""
    short = write_short(sheet.fields, given)
    found = lines.read(sheet, short, READING)
    plain = all(lines.escaped(sheet, line) == line for line in short.split("\n"))
    short_enough = plain and not found.mistakes and found.values == dict(given)
    text = f" {short}" if short_enough else f"\n{lines.write(sheet, given)}"
    escaped = "".join(f"\\{c}" if c in ESCAPED[markup] else c for c in text)
    return f"sync-agent {verb}{escaped}".rstrip()


@settings(max_examples=80, deadline=None)
@given(filled())
def test_a_form_reads_back_what_it_wrote(case: tuple[Sheet, Values]) -> None:
    sheet, values = case
    found = forms.read(sheet, forms.write(sheet, values), READING)
    assert (found.values, found.mistakes) == (dict(values), [])
    assert len(forms.form(sheet, forms.write(sheet, values))) == len(sheet.fields)


@settings(max_examples=80, deadline=None)
@given(filled())
def test_values_are_kept_as_json_and_come_back_the_same(case: tuple[Sheet, Values]) -> None:
    _, values = case
    assert from_json(json.loads(json.dumps(to_json(values)))) == dict(values)


@settings(max_examples=80, deadline=None)
@given(filled())
@example((Sheet((FreeText(name="a", label="A"),)), {"a": "x\n\\y\n> z"}))
def test_a_reply_reads_back_what_it_wrote(case: tuple[Sheet, Values]) -> None:
    sheet, values = case
    for labels in (True, False):
        mail = f"{lines.write(sheet, values, labels=labels)}\n\n{QUOTED}"
        found = lines.read(sheet, replies.own_words(mail, [MARK]), READING)
        assert (found.values, found.mistakes) == (dict(values), [])


@settings(max_examples=80, deadline=None)
@given(filled())
@example((Sheet((FreeText(name="a", label="A", lines=True),)), {"a": "x\n\ny"}))
@pytest.mark.parametrize("markup", CommentMarkup)
def test_a_comment_reads_back_what_it_wrote(markup: CommentMarkup, case: tuple[Sheet, Values]) -> None:
    sheet, values = case
    text = comment("checkin", sheet, values, markup)
    (command,) = comments.commands(f"Some talk.\n\n{text}", markup)
    said = spoken(command, ["checkin", "need"])
    assert said
    assert said.verb == "checkin"
    found = lines.read(sheet, said.text, READING)
    assert (found.values, found.mistakes) == (dict(values), [])
