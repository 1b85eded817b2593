"""Who ended the mails of a goal: what still comes, what does not, and how the mails say so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.options import Secret
from sync_agent.render import say_reason
from sync_agent.store.memory.state import load_decisions
from sync_agent.store.memory.unsubscribed import subscribe, unsubscribe
from tests.support.theatre import Theatre, theatre

DAY = timedelta(days=1)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        made.environ["WEB_SECRET"] = "a secret of thirty-two characters"
        made.settings = replace(
            made.settings, web_url="https://goals.example.org", web_secrets=(Secret(env="WEB_SECRET"),)
        )
        yield made


def block(stage: Theatre, key: str) -> None:
    stage.jira_state.edit(key, at=stage.clock.now() - 9 * DAY, by="noor", status="Blocked", assignee="noor")


def test_an_alert_offers_one_click_and_a_mail_to_end_it(stage: Theatre) -> None:
    block(stage, "SHOP-8")
    stage.cycle()
    (mail,) = stage.mails_to("dana@example.org")
    link, address = mail["List-Unsubscribe"].split(", ")
    assert link.startswith("<https://goals.example.org/unsubscribe/")
    assert address == "<mailto:goals@example.org?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_who_ended_a_goals_mails_gets_none_and_everybody_else_does(stage: Theatre) -> None:
    with stage.store.begin() as connection:
        unsubscribe(connection, "dana", "checkout", stage.clock.now())
    block(stage, "SHOP-8")
    stage.cycle()
    assert stage.mails_to("dana@example.org") == []
    assert len(stage.mails_to("noor@example.org")) == 1
    assert any("SHOP-8" in text and "Dana" in text for text in stage.comments("SHOP-1"))
    with stage.store.read() as connection:
        log = [say_reason(d.reason) for d in load_decisions(connection, "checkout") if not d.told]
    assert "dana wants no mail about this goal but the digest" in log


def test_it_can_be_taken_back(stage: Theatre) -> None:
    with stage.store.begin() as connection:
        unsubscribe(connection, "dana", "checkout", stage.clock.now())
        unsubscribe(connection, "dana", "checkout", stage.clock.now())
        assert subscribe(connection, "dana", None) == 1
    block(stage, "SHOP-8")
    stage.cycle()
    assert len(stage.mails_to("dana@example.org")) == 1
