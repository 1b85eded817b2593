"""A goal from its first sign-off to the one after its date moved, over real trackers, mails, a mailbox and forms."""

import mailbox
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from sqlalchemy import Connection

from connectors.contract import Runtime
from connectors.redact import Keyring
from sync_agent.ask.identity.ids import need_id
from sync_agent.ask.states import in_force
from sync_agent.cli import main
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.hear.understanding import take_back
from sync_agent.model.asking import Answer, Ask
from sync_agent.run.listening.receipts import send_receipt
from sync_agent.store.memory.answers import load_answers
from sync_agent.store.memory.versions import load_versions
from sync_agent.web import Forms, Metrics, WebServer, build_app
from sync_agent.world import open_links
from tests.support.forms import SECRET, nonce
from tests.support.letters import Postbox, body_of
from tests.support.pages import GOOD
from tests.support.theatre import TOKENS, Theatre, theatre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PUBLIC = "https://goals.example.org/agent"
SIGN = """\
    sign_off:
      by: [noor, board, {role: business-partner}]
      until: 2026-10-20
      require: [link, account, aligned-mail]
      decider: boss
    stakeholders: [board, ilse]
"""
MORE_PEOPLE = """\
  ilse: {name: Ilse Brandt, role: business-partner, email: ilse@example.org}
  boss: {name: Bo Boss, role: senior-leader, email: boss@example.org}
channels:
"""
LATE = {"position": "discuss", "reason": "the vendor is late", "matter": "date"}
ILSE, BOARD, NOOR, BOSS = (f"{name}@example.org" for name in ("ilse", "board", "noor", "boss"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        goals, file = made.directory / "goals" / "goals.yaml", made.directory / "sync-agent.yaml"
        goals.write_text(goals.read_text().replace("    stakeholders: [board]\n", SIGN, 1))
        inbox = f"{{maildir: {tmp_path / 'inbox'}, secret: {{env: WEB_SECRET}}, trusted_server: mx.example.org}}"
        text = file.read_text().replace("channels:\n", MORE_PEOPLE, 1).replace(", digest: mon 09:00", "")
        text = text.replace("timeout: 5}", f"timeout: 5, inbox: {inbox}}}")
        web = f"web: {{port: 0, url: '{PUBLIC}', secret: {{env: WEB_SECRET}}}}"
        file.write_text(text.replace("web: {port: 0}", web))
        made.environ["WEB_SECRET"] = SECRET
        made.reload()
        yield made


@pytest.fixture
def box(stage: Theatre, tmp_path: Path) -> Postbox:
    return Postbox(stage, mailbox.Maildir(tmp_path / "inbox"), tmp_path / "inbox")


def edit(stage: Theatre, before: str, after: str) -> None:
    file = stage.directory / "goals" / "goals.yaml"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after, 1))
    stage.reload()


def comment(stage: Theatre, by: str, text: str) -> None:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    stage.jira_state.comment(
        "SHOP-1", {"type": "doc", "version": 1, "content": [paragraph]}, at=stage.clock.now(), by=by
    )


def newest(stage: Theatre, address: str, words: str) -> EmailMessage:
    return [mail for mail in stage.mails_to(address) if words in " ".join(body_of(mail).split())][-1]


def said(message: EmailMessage) -> str:
    return " ".join(body_of(message).split())


def status(stage: Theatre) -> str:
    (found,) = [text for text in stage.comments("SHOP-1") if "Key results" in text]
    return found


def version(stage: Theatre) -> str:
    with stage.store.read() as connection:
        return load_versions(connection, "checkout")["checkout"][-1].short


@contextmanager
def forms(stage: Theatre) -> Iterator[str]:
    context = Runtime(stage.environ, stage.clock.now, threading.Event(), keyring=Keyring())

    def receipt(connection: Connection, answer: Answer, ask: Ask) -> None:
        links = open_links(stage.settings, context)
        send_receipt(connection, answer, ask, stage.settings.organisation, links, None, stage.clock.now())

    door = FormDoor(stage.store, lambda now, answers: at_hand(stage.settings.organisation, now, answers), receipt)
    made = Forms(lambda: open_links(stage.settings, context), door, stage.clock.now, lambda: 0.0)
    app = build_app(lambda: GOOD, lambda: Metrics().registry, stage.clock.now, lambda: 0.0, forms=made)
    with WebServer(app, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.port}"


def fill_in(base: str, mail: EmailMessage, **values: str) -> str:
    """The form behind the first link in a mail: what its page says then."""
    text = "".join(body_of(mail).split())
    token, *_ = re.findall(rf"{re.escape(PUBLIC)}/answer/([\w.-]+?)(?=[),>]|Open|or|$)", text)
    page = requests.get(f"{base}/answer/{token}", timeout=5)
    sent = {"nonce": nonce(page), **values}
    return requests.post(f"{base}/answer/{token}", data=sent, timeout=5).text


def aligned(box: Postbox, to: EmailMessage, text: str) -> EmailMessage:
    verified = "mx.example.org; dmarc=pass header.from=example.org"
    return box.reply(to, text, Authentication_Results=verified)


def test_from_the_first_question_to_the_signature_after_the_date_was_moved(stage: Theatre, box: Postbox) -> None:
    stage.cycle()
    first = version(stage)
    for address in (ILSE, BOARD, NOOR):
        (asked,) = stage.mails_to(address)
        assert f"“Checkout feels instant”: do you agree to version {first}?" in said(asked)
        assert "New flow shipped" in said(asked)
    assert f"sync-agent sign {first}" in said(newest(stage, NOOR, "agree"))

    comment(stage, "noor", f"sync-agent sign {first}")
    box.deliver(aligned(box, newest(stage, ILSE, "agree"), "sign"))
    with forms(stage) as base:
        page = fill_in(
            base, newest(stage, BOARD, "agree"), position="discuss", reason="the vendor is late", matter="date"
        )
        assert "Heard, thank you" in page
    stage.cycle(HOUR)
    assert "Agreed by 2 of 3; The board discusses the date" in status(stage)
    assert [m["Subject"] for m in stage.mails_to(ILSE) if "has been noted" in m["Subject"]]
    told = newest(stage, "dana@example.org", "discusses the date")
    assert "The board discusses the date of “Checkout feels instant”: “the vendor is late”." in said(told)

    edit(stage, "epic: SHOP-1", "epic: [SHOP-1, SHOP-2]")
    edit(stage, "    owner: dana", "    owner: dana\n    why: the search page belongs to it")
    stage.cycle(DAY)
    second = version(stage)
    assert second != first
    again = said(newest(stage, NOOR, second))
    assert f"What has changed since version {first}: “New flow shipped” now counts" in again
    assert "No longer asked of you" not in again
    box.deliver(aligned(box, newest(stage, ILSE, second), "sign"))
    comment(stage, "noor", f"sync-agent sign {second[:5]}")
    stage.cycle(HOUR)
    assert "Agreed by 2 of 3; The board discusses the date" in status(stage)

    with forms(stage) as base:
        fill_in(base, newest(stage, BOARD, second), position="discuss", reason="the vendor is late", matter="date")
    stage.cycle(HOUR)
    for _ in range(8):
        stage.cycle(DAY)
    question = newest(stage, BOSS, "does it hold")
    assert "The board discusses the date: “the vendor is late”." in said(question)
    box.deliver(aligned(box, question, "the law names the day"))
    stage.cycle(HOUR)
    assert "Agreed by all 3; Bo Boss decided in spite of The board: “the law names the day”." in status(stage)
    for address in (NOOR, ILSE, BOARD, "dana@example.org"):
        assert "“the law names the day”" in said(newest(stage, address, "decided that"))

    edit(stage, "2026-12-28", "2027-01-25")
    stage.cycle(DAY)
    third = version(stage)
    assert "Agreed by 0 of 3" in status(stage)
    assert "due date moved by 28 days" in status(stage)
    with forms(stage) as base:
        fill_in(base, newest(stage, BOARD, third), position="sign")
    box.deliver(aligned(box, newest(stage, ILSE, third), "abstain I am on leave"))
    comment(stage, "noor", f"sync-agent sign {third}")
    stage.cycle(HOUR)
    assert "Agreed by all 3; Ilse Brandt abstains." in status(stage)

    edit(stage, "2027-01-25", "2026-12-28")
    stage.cycle(DAY)
    assert "Agreed by 0 of 3" in status(stage), "their newest word is about the other version"


def test_a_need_is_answered_on_the_form_on_which_one_signs_and_taken_back_with_it(stage: Theatre) -> None:
    edit(stage, "    sign_off:\n", "    needs: [{from: board, what: a budget, by: 2026-11-02}]\n    sign_off:\n")
    stage.cycle()
    asked = newest(stage, BOARD, "agree")
    assert "It needs of you: “a budget” by 2 Nov." in said(asked)
    name = need_id(stage.settings.organisation.goals[0].needs[0])
    with forms(stage) as base:
        page = fill_in(base, asked, **{"position": "sign", f"need-{name}": "counter", f"day-{name}": "2026-11-09"})
        assert "Heard, thank you" in page
    stage.cycle(HOUR)
    told = newest(stage, "dana@example.org", "names another day")
    assert "The board names another day, 9 Nov." in said(told)
    assert "Agreed by 1 of 3" in status(stage)
    with stage.store.begin() as connection:
        found = {each.kind: each for each in load_answers(connection, person="board")}
        assert set(found) == {"sign-off", "need"}
        take_back(connection, found["sign-off"].origin, "board", stage.clock.now())
        assert in_force(load_answers(connection)) == ()


def test_other_ids_of_people_and_goals_take_no_signature_back(stage: Theatre) -> None:
    edit(stage, "    sign_off:\n", "    depends_on: search\n    sign_off:\n")
    stage.cycle()
    comment(stage, "noor", f"sync-agent sign {version(stage)}")
    stage.cycle(HOUR)
    assert "Agreed by 1 of 3" in status(stage)
    goals, people = stage.directory / "goals" / "goals.yaml", stage.directory / "sync-agent.yaml"
    text = (
        goals.read_text().replace("owner: dana", "owner: dana-reyes").replace("depends_on: search", "depends_on: find")
    )
    goals.write_text(text.replace("  - id: search\n", "  - id: find\n    renamed_from: search\n"))
    people.write_text(people.read_text().replace("  dana: {", "  dana-reyes: {renamed_from: dana, "))
    stage.reload()
    for _ in range(3):
        stage.cycle(DAY)
    assert "Agreed by 1 of 3" in status(stage)
    assert not [m for m in stage.mail.messages if "Changed:" in m["Subject"]]


def test_a_wrong_version_and_somebody_who_need_not_sign_are_told_once(stage: Theatre) -> None:
    stage.cycle()
    comment(stage, "noor", "sync-agent sign")
    stage.cycle(HOUR)
    assert "name the version" in status(stage)
    comment(stage, "noor", "sync-agent sign ffffffff")
    stage.cycle(HOUR)
    assert "there is no such version" in status(stage)
    comment(stage, "dana", f"sync-agent discuss {version(stage)} is it enough?")
    stage.cycle(HOUR)
    assert "you need not sign this goal" in status(stage)
    comment(stage, "noor", f"sync-agent sign {version(stage)}")
    stage.cycle(HOUR)
    assert "Agreed by 1 of 3" in status(stage)


def test_the_terminal_shows_it_and_fails_where_a_goal_is_not_agreed(stage: Theatre) -> None:
    stage.cycle()
    comment(stage, "noor", f"sync-agent sign {version(stage)}")
    stage.cycle(HOUR)

    def call(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(
            main, ["--config", str(stage.directory), *arguments], env={**TOKENS, "WEB_SECRET": SECRET}
        )
        return result.exit_code, " ".join(result.output.split())

    code, shown = call("signoffs")
    assert code == 0
    assert "Agreed by 1 of 3" in shown
    assert "Noor Haddad: signed" in shown
    assert "The board: has said nothing yet" in shown
    assert '"message": "1 of 3"' in call("signoffs", "checkout", "--json")[1]
    assert call("signoffs", "search")[1] == "Nobody has to sign search."
    assert call("signoffs", "nonsense")[0] == 2
    code, shown = call("plan", "--no-pull", "--strict")
    assert code == 3
    assert "is not agreed: Agreed by 1 of 3" in shown
