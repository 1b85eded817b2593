"""What a tracker or a mail server refuses for good, through real HTTP and SMTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.model import MessageKind
from tests.support.theatre import REPOSITORY, Theatre, theatre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def told_operators(stage: Theatre) -> list[str]:
    return [
        message.get_body(("plain",)).get_content()
        for message in stage.mails_to("ops@example.org")
        if "delivered" in message["Subject"]
    ]


def test_a_locked_conversation_is_told_once_with_the_fix(stage: Theatre) -> None:
    stage.github_state.edit(REPOSITORY, 1, at=stage.clock.now(), by="noor", locked=True)
    for _ in range(3):
        stage.cycle(HOUR)
    (text,) = told_operators(stage)
    assert "github acme/shop#1" in text
    assert "unlock the conversation" in text


def test_what_was_given_up_is_sent_once_it_is_put_right(stage: Theatre) -> None:
    from sync_agent.outbox import revive
    from sync_agent.store.outbox.rows import load_rows

    stage.github_state.edit(REPOSITORY, 1, at=stage.clock.now(), by="noor", locked=True)
    stage.cycle()
    stage.github_state.edit(REPOSITORY, 1, at=stage.clock.now(), by="noor", locked=False)
    with stage.store.begin() as connection:
        assert revive(connection, tuple(load_rows(connection)), stage.clock.now()) == 1
    stage.cycle(HOUR)
    assert len(stage.github_state.repositories[REPOSITORY][1].comments) == 1


def test_an_address_that_is_refused_is_told_with_the_fix_and_the_rest_goes_on(stage: Theatre) -> None:
    stage.mail.refuse["board@example.org"] = "550 no such user"
    report = stage.cycle()
    assert [message.kind for message, _ in report.delivery.dead] == [MessageKind.DIGEST]
    (text,) = told_operators(stage)
    assert "board@example.org" in text
    assert "`email`" in text
    assert len(stage.comments("SHOP-1")) == 1


def test_whose_mail_is_refused_is_mentioned_once_and_not_twice(stage: Theatre) -> None:
    stage.mail.refuse["dana@example.org"] = "550 no such user"
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", status="In Progress", flagged=True)
    stage.cycle()
    mentions = [
        node["attrs"]["id"]
        for comment in stage.jira_state.comments[stage.jira_state.issue("SHOP-1")["id"]]
        for block in comment["body"]["content"]
        for node in block.get("content", ())
        if node["type"] == "mention"
    ]
    assert mentions.count("dana") == 1


def test_a_comment_of_somebody_else_with_our_property_does_not_stand_for_ours(stage: Theatre) -> None:
    forged = [{"key": "goal-sync-agent", "value": {"key": "status/checkout/jira/SHOP-1"}}]
    body = {"type": "doc", "version": 1, "content": []}
    stage.jira_state.comment("SHOP-1", body, at=stage.clock.now(), by="noor", properties=forged)
    stage.cycle()
    authors = [c["author"]["name"] for c in stage.jira_state.comments[stage.jira_state.issue("SHOP-1")["id"]]]
    assert authors == ["noor", "bot"]
