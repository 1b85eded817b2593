"""People answer mails: what is heard, from whom, and what they are told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from imapclient import IMAPClient

from connectors.options import Secret
from sync_agent.judge.said import with_answers
from sync_agent.model import FirstRun, Need, Rules
from sync_agent.model.asking import Answer, Known
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers
from sync_agent.store.memory.unsubscribed import load_unsubscribed
from tests.support.letters import SERVER, Postbox, body_of, with_inbox, with_mail
from tests.support.servers.dovecot import MISSING, dovecot
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


def test_a_mail_names_where_it_is_answered_in_three_places(stage: Theatre, box: Postbox) -> None:
    mail = alerted(stage)
    last = body_of(mail).rstrip().splitlines()[-1]
    token = last.removeprefix("Reference for answers: ")
    assert "Reply to this mail: what you write is filed with the goal." in body_of(mail)
    assert mail["References"].startswith(f"<{token}.")
    assert mail["Reply-To"] in (f"goals+{token}@example.org", "goals@example.org")
    assert f"?subject=unsubscribe%20{token}>" in mail["List-Unsubscribe"]


def asked(stage: Theatre) -> list[EmailMessage]:
    return [mail for mail in stage.mails_to("dana@example.org") if "sked of you" in mail["Subject"]]


def test_a_check_in_by_mail_is_reckoned_with_in_the_same_cycle(stage: Theatre, box: Postbox) -> None:
    goals = stage.settings.organisation.goals
    weekly = tuple(replace(goal, rules=Rules(check_in_days=7)) if goal.id == "checkout" else goal for goal in goals)
    stage.settings = replace(stage.settings, organisation=replace(stage.settings.organisation, goals=weekly))
    stage.cycle()
    (mail,) = asked(stage)
    assert "reply to this mail with “70 waiting for the contract”" in words(mail)
    box.deliver(box.reply(mail, "80 waiting for the contract"))
    stage.cycle(HOUR)
    with stage.store.read() as connection:
        (goal, _) = with_answers(connection, stage.settings.organisation, stage.clock.now()).goals
    assert [(said.by, said.confidence, said.text) for said in goal.check_ins] == [
        ("dana", 0.8, "waiting for the contract")
    ]
    for _ in range(4):
        stage.cycle(DAY)
    assert len(asked(stage)) == 1, "who has answered is not reminded"


def ask_everything(stage: Theatre, *goals: str) -> EmailMessage:
    """The mail that asks Dana for a check-in of each of these goals, and to review a contract."""
    company = stage.settings.organisation
    made = [replace(g, owner="dana", rules=Rules(check_in_days=7)) for g in company.goals if g.id in goals]
    needs = (Need(goals[0], "dana", "review the contract", date(2026, 10, 30), "noor"),)
    made[0] = replace(made[0], needs=needs)
    stage.settings = replace(stage.settings, organisation=replace(company, goals=tuple(made)))
    stage.cycle()
    (mail,) = asked(stage)
    return mail


def test_of_several_questions_in_one_mail_a_reply_answers_the_one_that_it_fits(stage: Theatre, box: Postbox) -> None:
    mail = ask_everything(stage, "checkout")
    assert "reply to this mail with “70 waiting for the contract”" in words(mail)
    assert "reply to this mail with “accept”" in words(mail)
    assert "what answers no question is filed with the goal" in words(mail)
    for text in ("70 tests are red\nneeds a load test from @noor by 2026-10-20", "accept", "Receipts come late."):
        box.deliver(box.reply(mail, text))
        stage.cycle(HOUR)
    assert [(each.kind, each.person) for each in answers(stage)] == [
        ("check-in", "dana"), ("need", "dana"), ("feedback", "dana"),
    ]  # fmt: skip
    assert any("a load test" in str(each["Subject"]) for each in stage.mails_to("noor@example.org"))
    box.deliver(box.reply(mail, "unsubscribe"))
    stage.cycle(HOUR)
    with stage.store.read() as connection:
        assert load_unsubscribed(connection) == {("dana", "checkout")}


def test_what_fits_several_questions_of_a_mail_is_none_and_its_author_hears_so(stage: Theatre, box: Postbox) -> None:
    mail = ask_everything(stage, "checkout", "search")
    assert "reply to this mail with “70" not in words(mail)
    box.deliver(box.reply(mail, "70 waiting for the contract"))
    stage.cycle(HOUR)
    assert not answers(stage)
    told = stage.mails_to("dana@example.org")[-1]
    assert "Several questions could be meant" in words(told)
    box.deliver(box.reply(told, "accept"))
    stage.cycle(HOUR)
    assert [each.kind for each in answers(stage)] == ["need"], "a reply to that is still one to the questions"


def test_a_mail_with_several_questions_that_was_handed_on_answers_none(stage: Theatre, box: Postbox) -> None:
    mail = ask_everything(stage, "checkout")
    box.deliver(box.reply(mail, "accept", "noor@example.org", Authentication_Results=f"{SERVER}; dmarc=pass"))
    stage.cycle(HOUR)
    assert [(each.kind, each.person) for each in answers(stage)] == [("one-on-one", "noor")]


def test_a_question_is_left_and_the_goals_mails_are_ended(stage: Theatre, box: Postbox) -> None:
    """A mail with one question has a token for that, and one for what `unsubscribe` ends."""
    goals = tuple(replace(goal, rules=Rules(check_in_days=7)) for goal in stage.settings.organisation.goals[:1])
    stage.settings = replace(stage.settings, organisation=replace(stage.settings.organisation, goals=goals))
    stage.cycle()
    (mail,) = asked(stage)
    box.deliver(box.reply(mail, "unsubscribe"))
    stage.cycle(HOUR)
    with stage.store.read() as connection:
        assert load_unsubscribed(connection) == {("dana", "checkout")}


def test_a_retry_is_the_same_mail_whatever_secret_signs_now(stage: Theatre, box: Postbox) -> None:
    """One that may have arrived, that is. What certainly has not is worded, and signed, anew."""
    thanks, stage.mail.after = stage.mail.after, lambda _mail: None
    block(stage)
    stage.cycle()
    first = stage.environ["REPLY_SECRET"]
    stage.environ["REPLY_SECRET"] = "another secret of thirty-two bytes"
    stage.mail.after = thanks
    stage.cycle(HOUR)
    before, mail = stage.mails_to("dana@example.org")
    assert (mail["Message-ID"], mail["References"]) == (before["Message-ID"], before["References"])
    box.deliver(without_subject(box.reply(mail, "The vendor promised it.")))
    stage.cycle(HOUR)
    assert [each.about.id for each in answers(stage)] == [""], "that secret is gone, so it is a mail like any other"
    stage.environ["OLD_SECRET"] = first
    assert stage.settings.email
    inbox = stage.settings.email.inbox
    assert inbox
    both = inbox.model_copy(update={"secret": (*inbox.secret, Secret(env="OLD_SECRET"))})
    stage.settings = with_mail(stage.settings, stage.settings.email.model_copy(update={"inbox": both}))
    box.deliver(without_subject(box.reply(mail, "It holds through a rotation.")))
    stage.cycle(HOUR)
    assert [each.about.id for each in answers(stage)] == ["", "checkout"]


def test_unsubscribe_by_mail_ends_the_mails_of_a_goal(stage: Theatre, tmp_path: Path) -> None:
    box = with_inbox(stage, tmp_path / "inbox")
    mail = alerted(stage)
    box.deliver(box.reply(mail, "unsubscribe"))
    stage.cycle(HOUR)
    done = stage.mails_to("dana@example.org")[-1]
    assert "you no longer get alerts and reminders about “Checkout feels instant” by mail" in words(done)
    assert "List-Unsubscribe-Post" not in done
    block(stage, "SHOP-9")
    stage.cycle(DAY)
    assert len(stage.mails_to("dana@example.org")) == 2, "the alert and the answer, and no more"


def test_whose_mails_come_back_is_told_where_it_arrives(stage: Theatre, tmp_path: Path) -> None:
    box = with_inbox(stage, tmp_path / "inbox")
    mail = alerted(stage)
    box.deliver(returned(mail))
    stage.cycle(HOUR)
    (told,) = [each for each in stage.mails_to("ops@example.org") if "come back" in each["Subject"]]
    assert "sync-agent mail reachable dana" in body_of(told)
    mails = len(stage.mails_to("dana@example.org"))
    box.deliver(returned(mail))
    block(stage, "SHOP-9")
    stage.cycle(DAY)
    assert len(stage.mails_to("dana@example.org")) == mails
    assert any("SHOP-9" in text and "Dana" in text for text in stage.comments("SHOP-1"))
    assert len([each for each in stage.mails_to("ops@example.org") if "come back" in each["Subject"]]) == 1
    box.deliver(box.write("I am here", Subject="hello"))
    block(stage, "SHOP-10")
    stage.cycle(DAY)
    assert len(stage.mails_to("dana@example.org")) > mails


def test_a_mailbox_that_is_down_is_one_alert_and_stops_nothing(stage: Theatre, tmp_path: Path) -> None:
    box = with_inbox(stage, tmp_path / "inbox")
    stage.cycle()
    (tmp_path / "inbox" / "new").rename(tmp_path / "inbox" / "away")
    block(stage)
    for _ in range(3):
        report = stage.cycle(HOUR)
        assert report.proposal
    (told,) = [each for each in stage.mails_to("ops@example.org") if "inbox" in each["Subject"]]
    assert "channels.email.inbox cannot be read" in told["Subject"]
    assert "is no Maildir" in words(told)
    assert len(stage.mails_to("dana@example.org")) == 1
    (tmp_path / "inbox" / "away").rename(tmp_path / "inbox" / "new")
    box.deliver(box.reply(stage.mails_to("dana@example.org")[0], "Here I am."))
    for _ in range(3):
        stage.cycle(HOUR)
    assert len(answers(stage)) == 1
    assert "channels.email.inbox can be read again" in stage.mails_to("ops@example.org")[-1]["Subject"]


def test_a_store_that_was_lost_hears_everything_again_and_answers_nothing(stage: Theatre, tmp_path: Path) -> None:
    box = with_inbox(stage, tmp_path / "inbox")
    mail = alerted(stage)
    box.deliver(box.reply(mail, "The vendor promised it for Friday."))
    box.deliver(box.write("unsubscribe", Subject="unsubscribe"))
    stage.cycle(HOUR)
    before, mails = answers(stage), len(stage.mails_to("dana@example.org"))
    stage.store.close()
    (tmp_path / "state.db").unlink()
    stage.store = Store.open(stage.settings.store)
    stage.settings = replace(stage.settings, first_run=FirstRun.TOLD)
    stage.cycle(10 * DAY)
    assert answers(stage) == before
    assert [m for m in stage.mails_to("dana@example.org")[mails:] if "Which mails" in m["Subject"]] == []


def test_a_secret_that_can_be_guessed_signs_nothing(stage: Theatre, tmp_path: Path) -> None:
    with_inbox(stage, tmp_path / "inbox")
    stage.environ["REPLY_SECRET"] = "short"
    mail = alerted(stage)
    assert mail["Reply-To"] is None
    assert "Reference for answers" not in body_of(mail)
    for _ in range(2):
        stage.cycle(HOUR)
    assert any("no secret of 32 bytes" in words(each) for each in stage.mails_to("ops@example.org"))


def without_subject(mail: EmailMessage) -> EmailMessage:
    del mail["Subject"]
    return mail


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_a_mailbox_on_an_imap_server_is_heard(stage: Theatre, tmp_path: Path) -> None:
    with dovecot() as (port, folder):
        login = {"username": "goals", "password": {"env": "IMAP_PASSWORD"}}
        imap = {"host": "127.0.0.1", "port": port, "security": "none", **login}
        stage.environ["IMAP_PASSWORD"] = "secret"
        box = with_inbox(stage, tmp_path / "unused", maildir=None, imap=imap)
        mail = alerted(stage)
        with IMAPClient("127.0.0.1", port, ssl=False) as client:
            client.login("goals", "secret")
            client.append("INBOX", box.reply(mail, "The vendor promised it for Friday.").as_bytes())
        for _ in range(2):
            stage.cycle(HOUR)
        (answer,) = answers(stage)
        assert (answer.about.id, answer.raw) == ("checkout", "The vendor promised it for Friday.")
        assert len(list(folder.glob(".Heard/*/*"))) == 1


def words(mail: EmailMessage) -> str:
    return " ".join(body_of(mail).split())


def returned(mail: EmailMessage) -> bytes:
    """The report that a mail server sends of a mail that it cannot deliver."""
    lines = [
        "From: Mail Delivery System <MAILER-DAEMON@mx.example.org>",
        "To: goals@example.org",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B",
        "\n--B\nContent-Type: text/plain\n\nNo such user.",
        f"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; {SERVER}\n",
        "Final-Recipient: rfc822; dana@old.example\nAction: failed\nStatus: 5.1.1\n",
        f"--B\nContent-Type: text/rfc822-headers\n\nReferences: {mail['References']}\n--B--\n",
    ]
    return "\n".join(lines).encode()
