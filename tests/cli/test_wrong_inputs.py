"""What somebody reads who types, or has set up, something wrong: what it is and what would put it right."""

import builtins
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connectors.redact import Keyring
from sync_agent.cli import main
from sync_agent.model import HttpKpi, KeyResult
from sync_agent.world import learn_all
from tests.support.theatre import TOKENS, Theatre, theatre


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, live=True) as made:
        made.store.close()
        yield made


def call(stage: Theatre, *arguments: str, **environ: str) -> Result:
    every = {**TOKENS, **environ}
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=every, catch_exceptions=False)


def edit(stage: Theatre, file: str, old: str, new: str) -> None:
    path = stage.directory / file
    path.write_text(path.read_text().replace(old, new))


def test_a_command_that_does_not_exist_names_the_one_that_was_meant() -> None:
    result = CliRunner().invoke(main, ["statsu"])
    assert result.exit_code == 2
    assert "unknown command 'statsu'; did you mean 'status'?" in result.output


def test_the_list_of_commands_cuts_no_sentence() -> None:
    for group in ((), ("silence",), ("mail",), ("outbox",), ("record",), ("acks",)):
        result = CliRunner().invoke(main, [*group, "--help"], terminal_width=80)
        assert "..." not in result.output.replace("[ARGS]...", "")


@pytest.mark.parametrize("arguments", [("routes", "checkout", "blockt"), ("ack", "checkout", "blockt", "--by", "dana")])
def test_a_kind_of_finding_that_does_not_exist_is_named_in_a_line(stage: Theatre, arguments: tuple[str, ...]) -> None:
    result = call(stage, *arguments)
    assert result.exit_code == 2
    assert "Invalid value for SIGNAL: unknown signal 'blockt'; did you mean 'blocked'?" in result.output
    assert "[SIGNAL]" in result.output


def test_a_finding_of_a_source_cannot_be_acknowledged(stage: Theatre) -> None:
    assert "unknown signal 'source-down'" in call(stage, "ack", "checkout", "source-down", "--by", "dana").output


def test_no_configuration_says_how_to_name_or_make_one(tmp_path: Path) -> None:
    nowhere = CliRunner().invoke(main, ["--config", str(tmp_path / "nowhere"), "validate"])
    assert nowhere.exit_code == 1
    assert "name another directory with --config, or make one with sync-agent init" in nowhere.output


def test_the_file_in_place_of_its_directory_says_so(stage: Theatre) -> None:
    result = CliRunner().invoke(main, ["--config", str(stage.directory / "sync-agent.yaml"), "validate"], env=TOKENS)
    assert result.exit_code == 1
    assert "sync-agent.yaml is a file; name its directory with --config" in result.output


def test_status_refuses_a_day_that_is_still_to_come(stage: Theatre) -> None:
    result = call(stage, "status", "--as-of", f"{datetime.now(UTC).date() + timedelta(days=2)}")
    assert result.exit_code == 2
    assert "is still to come" in result.output


def test_health_says_that_nobody_answers(stage: Theatre) -> None:
    result = call(stage, "health", "--url", "http://127.0.0.1:1")
    assert result.exit_code == 1
    assert result.output == (
        "error: nobody answers at http://127.0.0.1:1/healthz; is `sync-agent serve` running there?\n"
    )


def test_serve_says_which_port_is_taken_and_how_to_choose_another(stage: Theatre) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = call(stage, "serve", SYNC_AGENT_WEB_PORT=str(port))
    assert result.exit_code == 1
    assert f"error: cannot serve the status page at 127.0.0.1:{port}: Address already in use" in result.output
    assert "SYNC_AGENT_WEB_PORT" in result.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--jira", "jira.example.org"), "--jira: found 'jira.example.org'; should be a web address"),
        (("--github", "https://api.github.com/ x"), "--github: found"),
        (("--jira", "https://a.example.org", "--jira", "https://b.example.org"), "'--jira': give it once"),
    ],
)
def test_init_says_what_is_wrong_with_an_address(tmp_path: Path, arguments: tuple[str, ...], problem: str) -> None:
    result = CliRunner().invoke(main, ["init", str(tmp_path / "new"), *arguments], env=TOKENS, catch_exceptions=False)
    assert result.exit_code == 2
    assert problem in result.output
    assert not (tmp_path / "new").exists()


def test_init_without_an_email_says_that_cloud_needs_one(stage: Theatre, tmp_path: Path) -> None:
    address = stage.settings.sources["jira"].options.url  # type: ignore[attr-defined]
    result = CliRunner().invoke(main, ["init", str(tmp_path / "new"), "--jira", address], env=TOKENS)
    assert result.exit_code == 1
    assert "Jira Cloud also needs --email" in result.output


@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_a_missing_extra_is_named_with_the_command_that_adds_it(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "sync_agent.demo":
            raise ModuleNotFoundError("No module named 'graphql'", name="graphql")
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    result = CliRunner().invoke(main, [command], catch_exceptions=False)
    assert result.exit_code == 1
    assert "error: this needs graphql; add it with pip install 'goal-sync-agent[sandbox]'" in result.output


def test_all_missing_secrets_are_named_at_once(stage: Theatre) -> None:
    kpi = '{http: "https://m.example.org/p95", json: value, token: {env: METRICS_TOKEN}}'
    line = f"      - {{id: p95, title: Latency, baseline: 9, target: 3, kpi: {kpi}}}\n"
    edit(stage, "goals/goals.yaml", "key_results:\n", f"key_results:\n{line}")
    edit(stage, "sync-agent.yaml", "store:", "kpis: {hosts: [m.example.org]}\nstore:")
    result = call(stage, "validate", "--online", JIRA_TOKEN="", GITHUB_TOKEN="")
    assert result.exit_code == 1
    for name, variable in (("jira", "JIRA_TOKEN"), ("github", "GITHUB_TOKEN"), ("goal checkout", "METRICS_TOKEN")):
        assert f"error   {name}: the environment variable {variable} is empty or not set" in result.output


def test_the_token_of_a_kpi_is_a_secret_to_be_blanked(stage: Theatre) -> None:
    kpi = HttpKpi("https://m.example.org/p95", "value", "env:METRICS_TOKEN")
    goal = replace(stage.settings.organisation.goals[0], key_results=(KeyResult("p95", "Latency", kpi=kpi),))
    settings = replace(stage.settings, organisation=replace(stage.settings.organisation, goals=(goal,)))
    keyring = Keyring()
    learn_all(settings, {"METRICS_TOKEN": "hidden-token"}, keyring)
    assert keyring.clean("it says hidden-token") == "it says [secret]"


def test_a_wrong_token_says_what_may_be_wrong_with_it(stage: Theatre) -> None:
    result = call(stage, "validate", "--online", JIRA_TOKEN="another-token")
    assert "the token is wrong or has expired, or belongs to another account" in result.output


def test_a_mail_server_that_refuses_connections_says_what_to_check(stage: Theatre) -> None:
    edit(stage, "sync-agent.yaml", f"port: {stage.mail.port}", "port: 1")
    result = call(stage, "validate", "--online")
    assert "error   email: mail server 127.0.0.1:1: Connection refused; check `host` and `port`" in result.output


def test_validate_warns_where_nobody_puts_trouble_right(stage: Theatre) -> None:
    assert "it-ops" not in call(stage, "validate").output
    edit(stage, "sync-agent.yaml", "role: it-ops", "role: owner")
    result = call(stage, "validate")
    assert result.exit_code == 0
    assert (
        "warning people (sync-agent.yaml:17): nobody with the role it-ops has an email or a chat: trouble with sources "
        "and deliveries is told to the owners of the goals; give somebody `role: it-ops`\n"
    ) in result.output


def test_validate_names_goals_that_are_over(stage: Theatre) -> None:
    goals = stage.directory / "goals" / "goals.yaml"
    goals.write_text(re.sub(r"period: .*", "period: {start: 2020-09-01, due: 2020-12-31}", goals.read_text()))
    result = call(stage, "validate")
    assert result.exit_code == 0
    assert "warning goals: due before today: checkout, search; their owners hear of what is still open" in result.output


def test_plan_shows_a_comment_in_words(stage: Theatre) -> None:
    shown = call(stage, "plan", "--show").output
    assert '"type":"doc"' not in shown
    assert "    * Owner: Dana Reyes" in shown


def test_plan_without_a_pull_needs_a_store(stage: Theatre) -> None:
    for file in stage.directory.parent.rglob("state.db*"):
        file.unlink()
    result = call(stage, "plan", "--no-pull")
    assert result.exit_code == 1
    assert "`sync-agent run` makes it" in result.output
