"""From the mail that asks, through its link and the form, to what the next cycle reckons with."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import requests
from sqlalchemy import Connection

from connectors.contract import Runtime
from connectors.options import Secret
from connectors.redact import Keyring
from sync_agent.ask.states import in_force
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.judge.said import with_answers
from sync_agent.model import Rules
from sync_agent.model.asking import Answer, Ask, Weight
from sync_agent.run.listening.receipts import send_receipt
from sync_agent.store.memory.answers import load_answers, load_asks, save_asks
from sync_agent.web import Forms, Metrics, WebServer, build_app
from sync_agent.world import open_links
from tests.support.forms import SECRET, nonce
from tests.support.pages import GOOD
from tests.support.theatre import Theatre, theatre

PUBLIC = "https://goals.example.org/agent"


def mailed_link(stage: Theatre) -> str:
    """The link of the newest mail that asks Dana something."""
    bodies = [mail.get_body(("plain",)) for mail in stage.mails_to("dana@example.org")]
    text = "".join("".join(body.get_content().split()) for body in bodies if body)  # Long lines are wrapped.
    found = re.findall(rf"{re.escape(PUBLIC)}/answer/([\w.-]+?)(?=[),>]|Open|or|$)", text)
    assert found, text
    return str(found[-1])


def test_what_is_sent_by_the_link_in_a_mail_is_reckoned_with_in_the_next_cycle(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        with weekly_forms(stage) as (base, _door):
            address = f"{base}/answer/{mailed_link(stage)}"
            page = requests.get(address, timeout=5)
            assert "You answer as <strong>Dana" in page.text
            sent = {"nonce": nonce(page), "confidence": "35", "note": "the vendor is late"}
            assert "Heard, thank you" in requests.post(address, data=sent, timeout=5).text
        stage.cycle()
        with stage.store.read() as connection:
            judged = with_answers(connection, stage.settings.organisation, stage.clock.now())
        said = [each for goal in judged.goals for each in goal.check_ins if each.text == "the vendor is late"]
        assert [(each.by, each.confidence) for each in said] == [("dana", 0.35)]


def test_who_answers_what_weighs_gets_a_receipt_and_takes_back_what_was_not_theirs(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage, weekly_forms(stage) as (base, door):
        link = mailed_link(stage)
        with stage.store.begin() as connection:
            (ask,) = [each for each in load_asks(connection).values() if each.person == "dana"]
            connection.exec_driver_sql("DELETE FROM asks")
            save_asks(connection, [replace(ask, weight=Weight.WEIGHS)])
        page = requests.get(f"{base}/answer/{link}", timeout=5)
        sent = {"nonce": nonce(page), "confidence": "35", "note": "the vendor is late"}
        for _ in range(2):
            assert requests.post(f"{base}/answer/{link}", data=sent, timeout=5).ok
        for _ in range(2):
            stage.cycle(timedelta(minutes=15))
        (receipt,) = [m for m in stage.mails_to("dana@example.org") if "has been noted" in m["Subject"]]
        assert "Checkout feels instant" in receipt["Subject"]
        body = receipt.get_body(("plain",))
        assert body
        text = body.get_content()
        assert "By form, in your name: “35 the vendor is late”" in " ".join(text.split())
        assert "a form was filled in in your name" in " ".join(text.split())
        (token,) = re.findall(r"/not-me/([\w.-]+)", "".join(text.split()))
        page = requests.get(f"{base}/not-me/{token}", timeout=5)
        assert "Was this not you?" in page.text
        assert (
            "It does not count any more"
            in requests.post(f"{base}/not-me/{token}", data={"nonce": nonce(page)}, timeout=5).text
        )
        with stage.store.read() as connection:
            assert in_force(load_answers(connection)) == ()
        assert door.claim(load_origin(stage), "dana", stage.clock.now())


def load_origin(stage: Theatre) -> str:
    with stage.store.read() as connection:
        return load_answers(connection)[0].origin


@contextmanager
def weekly_forms(stage: Theatre) -> Iterator[tuple[str, FormDoor]]:
    """Everybody owes a check-in every week; the pages are there, and the first cycle was."""
    stage.environ["WEB_SECRET"] = SECRET
    organisation = stage.settings.organisation
    weekly = tuple(replace(goal, rules=Rules(check_in_days=7)) for goal in organisation.goals)
    changed = replace(organisation, goals=weekly)
    stage.settings = replace(
        stage.settings, organisation=changed, web_url=PUBLIC, web_secrets=(Secret(env="WEB_SECRET"),)
    )
    stage.cycle()
    context = Runtime(stage.environ, stage.clock.now, threading.Event(), keyring=Keyring())

    def receipt(connection: Connection, answer: Answer, ask: Ask) -> None:
        links = open_links(stage.settings, context)
        send_receipt(connection, answer, ask, changed, links, None, stage.clock.now())

    door = FormDoor(stage.store, lambda now, answers: at_hand(changed, now, answers), receipt)
    forms = Forms(lambda: open_links(stage.settings, context), door, stage.clock.now, lambda: 0.0)
    app = build_app(lambda: GOOD, lambda: Metrics().registry, stage.clock.now, lambda: 0.0, forms=forms)
    with WebServer(app, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.port}", door
