"""What cannot be put into words is told all the same: whatever it is, wherever it goes."""

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from connectors.contract import Markup
from sync_agent.model import IssueLabels, MessageKind, Notice, Place, ProblemIssue, ProjectHealth, TrackerLabel
from sync_agent.render import labels, message, render, render_label
from sync_agent.render.plain import NO_WORDS
from sync_agent.run.telling.wording import word, word_label
from tests.support.messages.notices import ALERT, DEMO, FOUND, GOAL, NOTICES, NOW

LABELS = (
    IssueLabels(Place("jira", "SHOP-1"), ("goal-at-risk",)),
    ProblemIssue(Place("jira", "SHOP"), GOAL.id, GOAL, (ALERT,), ("SHOP-1",)),
    ProblemIssue(Place("jira", "SHOP"), GOAL.id),
    ProjectHealth(Place("github", "example/4"), FOUND.health, ((GOAL, FOUND),)),
)


def no_words(*_: object) -> Any:
    raise OverflowError


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as said:
        yield said


def markups(notice: Notice) -> list[Markup]:
    """Where a notice of its kind goes to."""
    return [Markup.MARKDOWN, Markup.WIKI, Markup.ADF] if notice.place else [Markup.MAIL, Markup.CHAT]


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_without_words_goes_where_it_would_have_gone(
    name: str, monkeypatch: pytest.MonkeyPatch, log: list[Any]
) -> None:
    notice = NOTICES[name]
    for markup in markups(notice):
        usual = render(notice, DEMO, markup, NOW)
        with monkeypatch.context() as patch:
            patch.setattr(message, "WORDINGS", dict.fromkeys(MessageKind, no_words))
            plain = word(notice, DEMO, markup, NOW)
        assert NO_WORDS[:30] in plain.payload.body.replace("\n", " ")
        for field in ("key", "kind", "channel", "place", "person", "address", "edits", "thread", "reason", "goal"):
            assert getattr(plain, field) == getattr(usual, field), field
        assert (plain.payload.subject is None) == (usual.payload.subject is None)
        assert (plain.gist is None) == (usual.gist is None)
        assert plain.gist != usual.gist or plain.gist is None
    assert {line["log_level"] for line in log} == {"error"}


@pytest.mark.parametrize("label", LABELS, ids=["labels", "problem", "over", "project"])
def test_a_label_without_words_is_shown_all_the_same(label: TrackerLabel, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = render_label(label, DEMO, Markup.ADF)
    monkeypatch.setattr(labels, "clean", no_words)
    monkeypatch.setattr(labels, "_project", no_words)
    monkeypatch.setattr(labels, "_problem", no_words)
    plain = word_label(label, DEMO, Markup.ADF)
    assert (plain.key, plain.kind, plain.place, plain.goal) == (usual.key, usual.kind, usual.place, usual.goal)
    if isinstance(label, IssueLabels):
        assert plain == usual
    else:
        assert NO_WORDS in plain.payload.body
