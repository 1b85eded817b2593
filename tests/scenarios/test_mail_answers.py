"""People answer mails: what is heard, from whom, and what they are told."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from sync_agent.model.asking import Answer, Known
from sync_agent.store.memory.answers import load_answers
from tests.support.letters import Postbox, with_inbox
from tests.support.theatre import Theatre, theatre

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


@pytest.fixture(params=[True, False], ids=["plus", "plain"])
def box(request: pytest.FixtureRequest, stage: Theatre, tmp_path: Path) -> Postbox:
    return with_inbox(stage, tmp_path / "inbox", plus_addresses=request.param)


def block(stage: Theatre, key: str = "SHOP-8") -> None:
    stage.jira_state.edit(key, at=stage.clock.now() - 9 * DAY, by="noor", status="Blocked", assignee="noor")


def alerted(stage: Theatre) -> EmailMessage:
    """The mail that Dana gets about a goal of hers."""
    block(stage)
    stage.cycle()
    (mail,) = stage.mails_to("dana@example.org")
    return mail


def answers(stage: Theatre) -> tuple[Answer, ...]:
    with stage.store.read() as connection:
        return load_answers(connection)


def test_a_reply_is_filed_with_its_goal(stage: Theatre, box: Postbox) -> None:
    mail = alerted(stage)
    box.deliver(box.reply(mail, "The vendor promised it for Friday.\n\n-- \nDana"))
    stage.cycle(HOUR)
    (answer,) = answers(stage)
    assert (answer.kind, answer.about.id, answer.person, answer.known) == ("feedback", "checkout", "dana", Known.MAIL)
    assert answer.raw == "The vendor promised it for Friday."
    assert box.waiting == 0
    stage.cycle(HOUR)
    assert len(answers(stage)) == 1
