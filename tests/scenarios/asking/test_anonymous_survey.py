"""An anonymous survey from the mail that asks to what its facilitator is told; and that no answer is anywhere else."""

import logging
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from connectors.contract import Runtime
from connectors.options import Secret
from connectors.redact import Keyring
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.model import Person, Role
from sync_agent.web import Forms, Metrics, WebServer, build_app
from sync_agent.world import open_links
from tests.support.forms import SECRET, nonce
from tests.support.letters import body_of, with_inbox
from tests.support.messages.round import a_round, interview, survey, with_round
from tests.support.pages import GOOD
from tests.support.theatre import Theatre, theatre

PUBLIC = "https://goals.example.org/agent"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PEOPLE = tuple(f"p{n}" for n in range(6))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        made.environ["WEB_SECRET"] = SECRET
        company = made.settings.organisation
        people = {name: Person(name, name.title(), Role.TECHNICAL_EXPERT, f"{name}@example.org") for name in PEOPLE}
        made.settings = replace(
            made.settings, organisation=replace(company, people={**company.people, **people}),
            web_url=PUBLIC, web_secrets=(Secret(env="WEB_SECRET"),),
        )  # fmt: skip
        with_round(made, a_round(survey(invited=PEOPLE, anonymous=True)))
        yield made


@contextmanager
def forms(stage: Theatre) -> Iterator[str]:
    context = Runtime(stage.environ, stage.clock.now, threading.Event(), keyring=Keyring())
    door = FormDoor(stage.store, lambda now, answers: at_hand(stage.settings.organisation, now, answers))
    made = Forms(lambda: open_links(stage.settings, context), door, stage.clock.now, lambda: 0.0)
    app = build_app(lambda: GOOD, lambda: Metrics().registry, stage.clock.now, lambda: 0.0, forms=made)
    with WebServer(app, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.port}"


def asked(stage: Theatre, who: str) -> list[EmailMessage]:
    return [mail for mail in stage.mails_to(f"{who}@example.org") if "sked of you" in mail["Subject"]]


def link(base: str, mail: EmailMessage) -> str:
    found = re.search(rf"{re.escape(PUBLIC)}(/answer/[\w.-]+)", "".join(body_of(mail).split()))
    assert found
    return base + found[1].removesuffix("Open")


def test_everybody_answers_and_only_the_result_is_told(stage: Theatre, caplog: pytest.LogCaptureFixture) -> None:
    stage.cycle()
    with caplog.at_level(logging.DEBUG), forms(stage) as base:
        for number, who in enumerate(PEOPLE[:5]):
            (mail,) = asked(stage, who)
            assert "It is anonymous" in " ".join(body_of(mail).split())
            assert "reply to this mail" not in body_of(mail)
            page = requests.get(link(base, mail), timeout=5)
            assert "it asks 6 people" in page.text
            assert "Not promised:" in page.text
            sent = {"nonce": nonce(page), "load": str(number % 3 + 3), "stop": f"the words of {who}"}
            thanks = requests.post(link(base, mail), data=sent, timeout=5)
            assert "nobody can change it" in thanks.text
        assert "You have answered" in requests.get(link(base, asked(stage, "p0")[0]), timeout=5).text
    assert "words of" not in caplog.text
    stage.cycle(11 * DAY + 2 * HOUR)
    stage.cycle(3 * DAY)
    assert [len(asked(stage, who)) for who in PEOPLE] == [1, 1, 1, 1, 1, 2]
    *before, told = [mail for mail in stage.mails_to("dana@example.org") if "Goals for the winter" in mail["Subject"]]
    text = " ".join(body_of(told).split())
    assert "We start more than we finish: mean 3.8 of 5 answers (1: 0, 2: 0, 3: 2, 4: 2, 5: 1)" in text
    assert all(f"the words of {who}" in text for who in PEOPLE[:5])
    for who in PEOPLE:
        (mail,) = [mail for mail in stage.mails_to(f"{who}@example.org") if "Answered to you" in mail["Subject"]]
        assert "mean 3.8 of 5 answers" in " ".join(body_of(mail).split())
        assert "the words of" not in body_of(mail)
    assert not any("answered" in body_of(mail) or "words" in body_of(mail) for mail in before)
    assert {line.split('"')[1] for line in kept(stage)} == {"survey_results", "outbox"}


def test_of_too_few_nothing_is_told(stage: Theatre) -> None:
    stage.cycle()
    with forms(stage) as base:
        for who in PEOPLE[:4]:
            (mail,) = asked(stage, who)
            page = requests.get(link(base, mail), timeout=5)
            requests.post(link(base, mail), data={"nonce": nonce(page), "load": "5"}, timeout=5)
        stage.clock.advance(14 * DAY)
        late = requests.get(link(base, asked(stage, "p5")[0]), timeout=5)
        assert "This survey has closed" in late.text
    stage.cycle()
    told = [mail for mail in stage.mails_to("dana@example.org") if "every step is over" in mail["Subject"]]
    assert len(told) == 1
    assert "too few answered for anything to be shown" in " ".join(body_of(told[0]).split())
    assert "mean" not in body_of(told[0])


def test_a_reply_by_mail_is_refused_and_kept_nowhere(stage: Theatre, tmp_path: Path) -> None:
    box = with_inbox(stage, tmp_path / "inbox", plus_addresses=True)
    stage.cycle()
    box.deliver(box.reply(asked(stage, "p0")[0], "load: 5\nstop: the words of p0", sender="p0@example.org"))
    stage.cycle(HOUR)
    told = body_of(stage.mails_to("p0@example.org")[-1])
    assert "It is anonymous, so it is answered in its form alone" in " ".join(told.split())
    assert "the words of p0" not in told
    assert not kept(stage)


def test_a_reply_to_a_mail_that_asks_more_is_no_way_around_it(stage: Theatre, tmp_path: Path) -> None:
    """Such words once went on, with their author's name, to whoever looks after the goals."""
    box = with_inbox(stage, tmp_path / "inbox", plus_addresses=True)
    with_round(stage, a_round(interview(invited=PEOPLE), survey(invited=PEOPLE, anonymous=True)))
    stage.cycle()
    (mail,) = asked(stage, "p0")
    assert "it answers what is not anonymous" in body_of(mail)
    for text in ("load: 5\nstop: the words of p0", "5 the words of p0", "the words of p0"):
        box.deliver(box.reply(mail, text, sender="p0@example.org"))
    box.deliver(box.write("4 the words of p0", "p0@example.org"))
    stage.cycle(HOUR)
    *_, told = replies = [mail for mail in stage.mails_to("p0@example.org") if "not understood" in mail["Subject"]]
    assert len(replies) == 4
    assert "what you wrote was not kept; anything else wants a new mail" in " ".join(body_of(told).split())
    box.deliver(box.write("Who runs this round?", "p0@example.org"))
    stage.clock.advance(14 * DAY)
    box.deliver(box.reply(mail, "load: 5\nstop: the words of p0", sender="p0@example.org"))
    stage.cycle()
    assert not kept(stage)
    assert kept(stage, "Who runs this round?"), "other mails are heard"


def kept(stage: Theatre, words: str = "the words of") -> list[str]:
    """The rows of the store that hold such words."""
    with closing(sqlite3.connect(Path(stage.store.where))) as raw:
        return [line for line in raw.iterdump() if words in line]
