"""A secret that a server sends back is found nowhere, and one that is missing stops only what needs it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from click.testing import CliRunner, Result
from prometheus_client import generate_latest

from connectors.options import Secret
from sync_agent.ask.identity.links import Links
from sync_agent.cli import main
from sync_agent.clocks import steady_now
from sync_agent.model import Health, Trouble
from sync_agent.run.process.daemon import Daemon
from sync_agent.sandbox.core import Fault
from sync_agent.store.facts.facts import load_sources
from sync_agent.web import WebServer
from tests.support.letters import ALERT
from tests.support.theatre import CONNECTORS, TOKENS, Theatre, theatre


def pair(token: str) -> str:
    return base64.b64encode(f"bot@example.org:{token}".encode()).decode().rstrip("=")


def echo(token: str) -> str:
    """What a proxy in a bad mood says of a request, in every spelling."""
    return " ".join(
        [
            f"Authorization: Bearer {token}",
            f"Basic {pair(token)}",
            token,
            quote(token, safe=""),
            f"https://bot:{token}@proxy.example.org/?access_token={token}",
            "\x1b[2J\u202e",
        ]
    )


def answers(status: int, token: str) -> Fault:
    """As the sandbox answers: JSON of Jira's, GitHub's and GraphQL's kind, a header and a redirect."""
    said = echo(token)
    body = {"message": said, "errorMessages": [said], "errors": [{"message": said, "type": "FORBIDDEN"}], "data": None}
    headers = {"location": f"https://login.example.org/?token={token}", "x-echo": quote(token)}
    return Fault(status=status, body=json.dumps(body), headers=headers)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, live=True) as made:
        yield made


def call(stage: Theatre, *arguments: str) -> Result:
    environ = {"JIRA_TOKEN": "", "GITHUB_TOKEN": "", **stage.environ}
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=environ)


def everything(stage: Theatre) -> str:
    """All that was written anywhere: the store, the mails, the comments."""
    root = stage.directory.parent
    files = [path for path in root.rglob("*") if path.is_file() and stage.directory not in path.parents]
    kept = " ".join(path.read_bytes().decode("utf-8", "replace") for path in files)
    return kept + repr(stage.jira_state.comments) + repr(stage.github_state.__dict__)


def assert_unseen(text: str) -> None:
    for token in TOKENS.values():
        for spelling in (token, quote(token, safe=""), pair(token)):
            assert spelling not in text, text[max(0, text.find(spelling) - 300) :][:700]


@pytest.mark.parametrize(("jira", "github"), [(401, 500), (500, 200), (302, 403), (407, 429)])
def test_what_a_server_echoes_is_found_nowhere(stage: Theatre, jira: int, github: int) -> None:
    stage.store.close()
    call(stage, "run")
    stage.jira.faults.add(answers(jira, TOKENS["JIRA_TOKEN"]))
    stage.github.faults.add(answers(github, TOKENS["GITHUB_TOKEN"]))
    commands = [("run",), ("run",), ("status",), ("explain", "github")]
    if jira == 401:
        commands += [
            ("plan", "--show"),
            ("explain", "checkout"),
            ("validate", "--online"),
            ("outbox",),
            ("status", "--json"),
        ]
    said = "".join(call(stage, *command).output for command in commands)
    assert "[secret]" in said
    assert "\x1b[2J" not in said
    assert_unseen(said)
    assert_unseen(everything(stage))


def test_the_page_and_the_metrics_say_what_is_wrong_and_nothing_that_a_server_said(stage: Theatre) -> None:
    now = stage.clock.now
    running = Daemon(stage.directory, stage.settings, stage.store, CONNECTORS, stage.environ, now, steady_now)
    running.cycle()
    stage.github.faults.add(answers(401, TOKENS["GITHUB_TOKEN"]))
    running.cycle()
    with WebServer(running._pages(), "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.port}"
        page, *others = (requests.get(f"{address}/{path}", timeout=10).text for path in ("", "goals/checkout", "map"))
    shown = page + "".join(others) + generate_latest(running._counted()).decode()
    assert "it does not accept the agent&#39;s login" in page
    assert "Authorization" not in shown
    assert_unseen(shown)


def test_leaders_and_comments_get_the_class_of_an_error_and_operators_its_words(stage: Theatre) -> None:
    stage.cycle()
    stage.github.faults.add(Fault(status=401, body=json.dumps({"message": "the words of the server"})))
    stage.cycle()
    stage.cycle()
    told = {str(mail["To"]) for mail in stage.mail.messages if "the words of the server" in mail.as_string()}
    assert told == {"ops@example.org"}
    assert not any("the words of the server" in words for words in stage.comments("SHOP-1"))
    assert "the words of the server" not in repr(stage.github_state.__dict__)


def test_a_missing_token_stops_its_source_alone(stage: Theatre) -> None:
    del stage.environ["JIRA_TOKEN"]
    report = stage.cycle()
    health = {a.goal: a.health for a in report.proposal.assessments} if report.proposal else {}
    assert health["checkout"] is Health.UNKNOWN
    assert health["search"] is not Health.UNKNOWN
    with stage.store.read() as connection:
        assert load_sources(connection)["jira"].trouble is Trouble.SECRET_MISSING
    assert [each.needed.name for each in report.missing] == ["jira"]
    stage.cycle()
    assert any("jira cannot be read" in str(mail["Subject"]) for mail in stage.mails_to("ops@example.org"))
    stage.store.close()
    result = call(stage, "run")
    assert result.exit_code == 1
    assert "degraded: jira: the environment variable JIRA_TOKEN is empty or not set" in result.output
    validated = call(stage, "validate", "--online").output
    assert "JIRA_TOKEN is empty or not set; put the secret there (sync-agent.yaml:" in validated
    assert "ok      github" in validated


def test_ready_names_what_waits_for_a_secret_and_operators_hear_of_it_once(stage: Theatre, tmp_path: Path) -> None:
    file = tmp_path / "web-secret"
    stage.settings = replace(
        stage.settings, web_url="https://goals.example.org", web_secrets=(Secret(file=file),), silences=()
    )
    now = stage.clock.now
    running = Daemon(stage.directory, stage.settings, stage.store, CONNECTORS, stage.environ, now, steady_now)
    running._reload = lambda: None  # type: ignore[method-assign]  # The settings of this test are in no file.
    running.cycle()
    running.cycle()
    app = running._pages()
    with WebServer(app, "127.0.0.1", 0) as server:
        found = requests.get(f"http://127.0.0.1:{server.port}/readyz", timeout=5)
        assert (found.status_code, found.json()["without_secret"]) == (200, ["web.secret"])
        page = requests.get(f"http://127.0.0.1:{server.port}/", timeout=5).text
        assert "A secret is missing: web.secret." in page
        subjects = [str(mail["Subject"]) for mail in stage.mails_to("ops@example.org")]
        assert [subject for subject in subjects if "web.secret is missing" in subject] != []
        file.write_text("a secret of thirty-two characters")
        running.cycle()
        assert running.snapshot.missing == ()
        assert requests.get(f"http://127.0.0.1:{server.port}/readyz", timeout=5).json()["without_secret"] == []


def test_links_in_mails_hold_through_a_rotation() -> None:
    url = "https://goals.example.org"
    old = Links(url, ("the old secret of many characters",))
    both = Links(url, ("the new secret of many characters", *old.secrets))
    token = (old.of(ALERT) or "").rpartition("/")[2]
    assert both.verified(token) == ("dana", "checkout")
    assert old.verified((both.of(ALERT) or "").rpartition("/")[2]) is None
