"""A question whose mail does not arrive reaches its person in another way, once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.model import Rules
from sync_agent.model.asking import Step
from sync_agent.store.memory.answers import load_told
from tests.support.letters import Postbox, body_of, with_inbox
from tests.support.theatre import Theatre, theatre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DANA, OPS = "dana@example.org", "ops@example.org"
NOBODY = "550 5.1.1 no such user"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """Dana owes a check-in every week."""
    with theatre(tmp_path) as made:
        company = made.settings.organisation
        goals = tuple(replace(g, rules=Rules(check_in_days=7)) if g.id == "checkout" else g for g in company.goals)
        made.settings = replace(made.settings, organisation=replace(company, goals=goals))
        yield made


@pytest.fixture
def box(stage: Theatre, tmp_path: Path) -> Postbox:
    return with_inbox(stage, tmp_path / "inbox")


def dana(stage: Theatre, **fields: object) -> None:
    company = stage.settings.organisation
    people = {**company.people, "dana": replace(company.people["dana"], **fields)}  # type: ignore[arg-type]
    stage.settings = replace(stage.settings, organisation=replace(company, people=people))


def comments(stage: Theatre) -> list[str]:
    return [text for text in stage.comments("SHOP-1") if "Asked of you" in text]


def to_ops(stage: Theatre, words: str) -> int:
    return sum(words in mail["Subject"] for mail in stage.mails_to(OPS))


def steps(stage: Theatre) -> list[Step]:
    with stage.store.read() as connection:
        return [each.step for each in load_told(connection) if each.person == "dana"]


def bounce(mail: object) -> bytes:
    """What a mail server that has taken a mail sends when nobody is there."""
    lines = [
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>",
        "To: goals@example.org",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B",
        "\n--B\nContent-Type: text/plain\n\nNo such user.",
        "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n",
        f"Final-Recipient: rfc822; {DANA}\nAction: failed\nStatus: 5.1.1\n",
        "--B--\n",
    ]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("digest", [None, "mon 09:00"])
def test_a_refused_mail_becomes_a_comment_in_the_same_cycle(stage: Theatre, digest: str | None) -> None:
    """Whether the question stood in a mail of its own or in a digest."""
    if digest:
        dana(stage, digest=stage.settings.organisation.people["board"].digest)
    stage.mail.refuse[DANA] = NOBODY
    stage.cycle()
    (comment,) = comments(stage)
    assert "@Dana" in comment
    assert "sync-agent checkin 70 waiting for the contract" in comment
    for _ in range(3):
        stage.cycle(HOUR)
    assert len(comments(stage)) == 1
    assert steps(stage) == [Step.ASK]
    assert to_ops(stage, "cannot be delivered") == 1


def test_a_mail_that_comes_back_is_asked_again_in_a_comment(stage: Theatre, box: Postbox) -> None:
    stage.cycle()
    (mail,) = stage.mails_to(DANA)
    box.deliver(bounce(mail))
    for _ in range(3):
        stage.cycle(HOUR)
    (comment,) = comments(stage)
    assert "“Checkout feels instant” goes" in comment
    assert len(stage.mails_to(DANA)) == 1
    assert to_ops(stage, "come back") == 1
    box.deliver(bounce(mail))
    stage.cycle(HOUR)
    assert len(comments(stage)) == 1
    for _ in range(6):
        stage.cycle(DAY)
    assert steps(stage) == [Step.ASK, Step.REMIND, Step.REMIND]
    assert len(stage.mails_to(DANA)) == 1, "reminders take the other way, too"


def test_who_can_only_be_mailed_gets_no_second_mail_for_a_bounce(stage: Theatre, box: Postbox) -> None:
    dana(stage, accounts={})
    stage.cycle()
    (mail,) = stage.mails_to(DANA)
    box.deliver(bounce(mail))
    stage.cycle(DAY)
    assert len(stage.mails_to(DANA)) == 1


def test_a_comment_that_waits_in_a_mails_place_is_let_go_with_its_question(stage: Theatre, box: Postbox) -> None:
    stage.mail.refuse[DANA] = "450 try again"
    stage.cycle()
    assert not comments(stage)
    said = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": "sync-agent checkin 70"}]}],
    }
    stage.jira_state.comment("SHOP-1", said, at=stage.clock.now() + HOUR, by="dana")
    stage.cycle(2 * HOUR)
    stage.mail.refuse[DANA] = NOBODY
    for _ in range(3):
        stage.cycle(DAY)
    assert not comments(stage)


def test_what_was_said_to_the_agent_alone_stands_in_no_comment(stage: Theatre, box: Postbox) -> None:
    company = stage.settings.organisation
    stage.settings = replace(
        stage.settings, organisation=replace(company, goals=tuple(replace(g, rules=Rules()) for g in company.goals))
    )
    stage.cycle()
    stage.mail.refuse[DANA] = NOBODY
    box.deliver(box.write("It arrives too late for us.", "board@example.org", Subject="checkout"))
    for _ in range(3):
        stage.cycle(DAY)
    assert not comments(stage)
    assert not any("too late for us" in text for text in stage.comments("SHOP-1"))
    told = [body_of(mail) for mail in stage.mails_to(OPS) if "cannot be delivered" in mail["Subject"]]
    assert told, "those who run the agent know that it did not arrive"
