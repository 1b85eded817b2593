"""From the mail that asks, through its link and the form, to what the next cycle reckons with."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import requests

from connectors.contract import Runtime
from connectors.http.redact import Keyring
from connectors.options import Secret
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.judge.said import with_answers
from sync_agent.model import Rules
from sync_agent.web import Forms, Metrics, Server, build_app
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
        stage.environ["WEB_SECRET"] = SECRET
        organisation = stage.settings.organisation
        weekly = tuple(replace(goal, rules=Rules(check_in_days=7)) for goal in organisation.goals)
        secrets = (Secret(env="WEB_SECRET"),)
        changed = replace(organisation, goals=weekly)
        stage.settings = replace(stage.settings, organisation=changed, web_url=PUBLIC, web_secrets=secrets)
        stage.cycle()
        context = Runtime(stage.environ, stage.clock.now, threading.Event(), keyring=Keyring())
        door = FormDoor(stage.store, lambda now, answers: at_hand(stage.settings.organisation, now, answers))
        forms = Forms(lambda: open_links(stage.settings, context), door, stage.clock.now, lambda: 0.0)
        app = build_app(lambda: GOOD, lambda: Metrics().registry, stage.clock.now, lambda: 0.0, forms=forms)
        with Server(app, "127.0.0.1", 0) as server:
            address = f"http://127.0.0.1:{server.port}/answer/{mailed_link(stage)}"
            page = requests.get(address, timeout=5)
            assert "You answer as <strong>Dana" in page.text
            sent = {"nonce": nonce(page), "confidence": "35", "note": "the vendor is late"}
            assert "Heard, thank you" in requests.post(address, data=sent, timeout=5).text
        stage.cycle()
        with stage.store.read() as connection:
            judged = with_answers(connection, changed, stage.clock.now())
        said = [each for goal in judged.goals for each in goal.check_ins if each.text == "the vendor is late"]
        assert [(each.by, each.confidence) for each in said] == [("dana", 0.35)]
