"""The commands as people type them, against sandbox trackers; `serve` and crashes as processes of their own."""

import json
import signal
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connectors.contract import Survey
from connectors.jira.profile import PROFILE
from sync_agent.cli import main
from sync_agent.cli.first_files import first_goals
from sync_agent.sandbox.core import Fault
from sync_agent.store import Store
from sync_agent.store.memory.mailbox import AutomaticReply, mark_unreachable, note_automatic
from tests.support.agents.commands import call, process
from tests.support.theatre import TOKENS, Theatre, theatre


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, live=True) as made:
        made.store.close()
        yield made


def test_validate_says_that_good_files_are_good(stage: Theatre) -> None:
    result = call(stage, "validate")
    assert result.exit_code == 0
    assert "2 goals" in result.output


def test_validate_lists_mistakes_and_fails(stage: Theatre) -> None:
    goals = stage.directory / "goals" / "goals.yaml"
    goals.write_text(goals.read_text().replace("owner: dana", "owner: dna").replace("owner: noor", "ownr: noor"))
    result = call(stage, "validate")
    assert result.exit_code == 1
    assert "goals/goals.yaml:4:12: unknown person 'dna'; did you mean 'dana'?" in result.output
    assert "unknown key 'ownr'" in result.output


def test_validate_names_the_goals_that_no_problem_issue_is_opened_for(stage: Theatre) -> None:
    settings = stage.directory / "sync-agent.yaml"
    settings.write_text(
        settings.read_text().replace("    type: jira\n", "    type: jira\n    marks: {problems: {project: PLAT}}\n")
    )
    result = call(stage, "validate")
    assert result.exit_code == 0
    assert "problem issues: none is opened for search: add an issue of jira to report_on" in result.output


@pytest.mark.parametrize(
    ("before", "after", "warning"),
    [
        (
            "working_hours: always",
            "working_hours: 9-17\nschedule: {every: 1d}",
            "working hours of dana, noor, ops, board",
        ),
        ("email: ops@example.org", "accounts: {jira: ops}", "sources: nobody hears when one cannot be read"),
    ],
)
def test_validate_warns_of_what_nobody_would_hear(stage: Theatre, before: str, after: str, warning: str) -> None:
    file = stage.directory / "sync-agent.yaml"
    unreached = file.read_text().replace(before, after)
    for owner in ("dana", "noor") if "accounts" in after else ():
        unreached = unreached.replace(f"email: {owner}@example.org, ", "")
    file.write_text(unreached)
    result = call(stage, "validate")
    assert result.exit_code == 0, result.output
    assert warning in result.output


def test_validate_online_finds_what_each_selector_matches(stage: Theatre) -> None:
    result = call(stage, "validate", "--online")
    assert result.exit_code == 0, result.output
    assert "matches 10 items" in result.output
    assert "matches 8 items" in result.output


@pytest.mark.parametrize("status", [401, 403])
def test_validate_online_names_what_is_missing(stage: Theatre, status: int) -> None:
    stage.jira.faults.add(Fault(path="/myself", status=status))
    result = call(stage, "validate", "--online")
    assert result.exit_code == 1
    assert "error   jira:" in result.output
    assert "jira: jira:" not in result.output
    assert "1 thing needs to be put right" in result.output
    assert TOKENS["JIRA_TOKEN"] not in result.output


def test_a_missing_secret_is_named(stage: Theatre) -> None:
    result = CliRunner().invoke(
        main, ["--config", str(stage.directory), "plan"], env={"GITHUB_TOKEN": "x", "JIRA_TOKEN": ""}
    )
    assert result.exit_code == 1
    assert "JIRA_TOKEN" in result.output


def test_plan_shows_what_run_sends_and_writes_nothing(stage: Theatre, tmp_path: Path) -> None:
    planned = call(stage, "plan", "--json")
    assert planned.exit_code == 2
    keys = {message["key"] for message in json.loads(planned.stdout)["messages"]}
    assert not [e for e in stage.jira.journal.exchanges if e.method == "PUT" or e.path.endswith("/comment")]
    assert not stage.mail.messages
    ran = call(stage, "run")
    assert ran.exit_code == 0, ran.output
    assert ran.output.count("told  ") == len(keys)
    assert call(stage, "plan").exit_code == 0
    assert "Nothing to tell." in call(stage, "run").output


def test_plan_fails_when_a_tracker_does(stage: Theatre) -> None:
    stage.jira.faults.add(Fault(path="/search", status=401))
    result = call(stage, "plan")
    assert result.exit_code == 1
    assert "401" in result.output


def test_status_before_the_first_run_says_what_to_do(stage: Theatre) -> None:
    (stage.directory.parent / "state.db").unlink()
    result = call(stage, "status")
    assert result.exit_code == 1
    assert "sync-agent run" in result.output


def test_status_of_an_earlier_day_is_what_it_was(stage: Theatre) -> None:
    call(stage, "run")
    day = (stage.clock.now() - timedelta(weeks=3)).date().isoformat()
    earlier = json.loads(call(stage, "status", "--json", "--as-of", day).stdout)["goals"][0]
    now = json.loads(call(stage, "status", "--json").stdout)["goals"][0]
    assert (earlier["progress"], now["progress"]) == (0.3, 0.5)


def test_a_wrong_date_is_refused_with_an_example(stage: Theatre) -> None:
    result = call(stage, "status", "--as-of", "yesterday")
    assert result.exit_code == 2
    assert "2026-10-31" in result.output


def test_a_message_given_up_can_be_sent_again(stage: Theatre) -> None:
    stage.mail.refuse["board@example.org"] = "550 no such user"
    assert call(stage, "run").exit_code == 1
    assert "dead" in call(stage, "outbox", "list").output
    stage.mail.refuse.clear()
    assert "alert/typo: no message of this key" in call(stage, "outbox", "retry", "alert/typo").output
    assert call(stage, "outbox", "retry").exit_code == 2
    assert call(stage, "outbox").output == call(stage, "outbox", "list").output
    assert "1 message will be sent again" in call(stage, "outbox", "retry", "--all").output
    call(stage, "run")
    assert len(stage.mails_to("board@example.org")) == 1


def test_a_mail_to_a_wrong_address_is_put_right_and_sent_again(stage: Theatre) -> None:
    stage.mail.refuse["board@example.org"] = "550 no such user"
    call(stage, "run")
    line = call(stage, "outbox").output
    assert "→ board@example.org (of " in line
    assert "UTC, 1 try): mail server" in line
    file = stage.directory / "sync-agent.yaml"
    file.write_text(file.read_text().replace("board@example.org", "the-board@example.org"))
    call(stage, "outbox", "retry", "--all")
    call(stage, "run")
    assert len(stage.mails_to("the-board@example.org")) == 1
    assert "No message waits or was given up." in call(stage, "outbox").output


def test_what_nobody_needs_any_more_is_let_go(stage: Theatre) -> None:
    stage.mail.refuse["board@example.org"] = "550 no such user"
    call(stage, "run")
    key = next(word for word in call(stage, "outbox").output.split() if word.startswith("digest/"))
    assert call(stage, "outbox", "drop", "digest/typo").exit_code == 1
    assert "1 message let go." in call(stage, "outbox", "drop", key).output
    stage.mail.refuse.clear()
    assert call(stage, "run").exit_code == 0
    assert not stage.mails_to("board@example.org")
    assert "No message waits or was given up." in call(stage, "outbox").output
    assert f"dropped   {key}" in call(stage, "outbox", "list", "--all").output


def test_whose_reader_was_told_in_another_way_is_not_told_again(stage: Theatre) -> None:
    file = stage.directory / "sync-agent.yaml"
    only_comments = "routes: [{name: all, match: {person: dana}, timing: immediate, channels: comments}]\n"
    file.write_text(only_comments + file.read_text())
    began = stage.clock.now() - timedelta(days=9)
    stage.jira_state.edit("SHOP-8", at=began, by="noor", status="In Progress", flagged=True)
    stage.jira.faults.add(Fault(path="SHOP-1/comment", method="POST", status=403))
    call(stage, "run")
    assert "1 try, told in another way)" in call(stage, "outbox").output
    said = call(stage, "outbox", "retry", "--all").output
    assert said.splitlines() == ["1 message will be sent again.", "1 message let go, told in another way."]
    stage.jira.faults.clear()
    call(stage, "run")
    assert [message["Subject"][:29] for message in stage.mails_to("dana@example.org")] == [
        "[Goals] Checkout feels instan"
    ]


def test_a_title_does_nothing_to_the_terminal(stage: Theatre) -> None:
    evil = "Step \x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b31m \u202eback"
    began = stage.clock.now() - timedelta(days=9)
    stage.jira_state.edit("SHOP-8", at=began, by="noor", status="In Progress", flagged=True, summary=evil)
    call(stage, "run")
    for command in (("explain", "checkout"), ("status",), ("plan", "--show"), ("outbox", "list", "--all")):
        shown = call(stage, *command).output
        assert all(c.isprintable() or c in "\n\u200b" for c in shown), command
    assert "Step ]52;c;ZXZpbA==[2J31m back" in call(stage, "explain", "checkout").output


def test_serve_stops_within_ten_seconds_of_sigterm(stage: Theatre) -> None:
    running = process(stage, "serve")
    assert running.stderr is not None
    lines = []
    for line in running.stderr:
        lines.append(line)
        if "decided" in line:
            break
    running.send_signal(signal.SIGTERM)
    _, rest = running.communicate(timeout=10)
    assert running.returncode == 0, "".join(lines) + rest
    assert all(json.loads(line) for line in lines)


def test_serve_stops_within_ten_seconds_while_a_tracker_hangs(stage: Theatre) -> None:
    stage.jira.faults.add(Fault(path="/search", latency=25))
    running = process(stage, "serve")
    assert running.stderr is not None
    for line in running.stderr:
        if "serving" in line:
            break
    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=11)
    assert running.returncode == 0


def test_a_killed_run_repeats_no_comment(stage: Theatre) -> None:
    """The process dies after the first comment reached the tracker and before anybody remembered it."""
    stage.jira.faults.add(Fault(path="/issue/SHOP-1/comment$", method="POST", lost=True, status=502, latency=0.5))
    running = process(stage, "run")
    while not stage.comments("SHOP-1") and running.poll() is None:
        pass
    running.kill()
    running.wait(timeout=10)
    stage.jira.faults.clear()
    call(stage, "run")
    call(stage, "run")
    assert len(stage.comments("SHOP-1")) == 1


def test_two_agents_do_not_share_a_store(stage: Theatre) -> None:
    from sync_agent.store import Store

    store = Store.open(stage.settings.store)
    with store.exclusive():
        result = call(stage, "run")
    store.close()
    assert result.exit_code == 1
    assert "another agent is at work" in result.output


def test_a_first_run_says_once_what_is_waited_for(stage: Theatre) -> None:
    settings = stage.directory / "sync-agent.yaml"
    settings.write_text(settings.read_text().replace("first_run: send", "first_run: plan"))
    result = call(stage, "run")
    assert result.output.count("This is the first run") == 1


def test_init_writes_a_start_that_is_valid(stage: Theatre, tmp_path: Path) -> None:
    options = stage.settings.sources["jira"].options
    target = tmp_path / "mine"
    result = CliRunner().invoke(
        main,
        ["init", str(target), "--jira", options.url, "--email", "bot@example.org"],
        env=TOKENS,
        catch_exceptions=False,
    )
    assert result.exit_code == 0, result.output
    checked = CliRunner().invoke(main, ["--config", str(target), "validate"], env=TOKENS)
    assert checked.exit_code == 0, checked.output
    assert "SHOP-1" in (target / "goals" / "goals.yaml").read_text()
    assert "/.sync-agent/" in (target / ".gitignore").read_text()


def test_a_tracker_without_epics_and_milestones_gives_a_goal_of_all_its_work() -> None:
    survey = Survey("Goal bot", "acc-1", (("SHOP", "Shop"),))
    assert "delivers: {source: jira, project: SHOP}" in first_goals(
        {"jira": survey}, {"jira": PROFILE}, date(2026, 11, 27)
    )


def test_debug_logs_every_answer_and_no_secret(stage: Theatre) -> None:
    result = call(stage, "--log-level", "debug", "--log-format", "json", "reconcile", "jira")
    answers = [line for line in map(json.loads, result.stderr.splitlines()) if line["event"] == "response"]
    assert {line["status"] for line in answers} == {200}
    assert all(line["request"].startswith("jira: ") for line in answers)
    assert TOKENS["JIRA_TOKEN"] not in result.output


def test_times_are_those_of_the_organisation_as_on_the_page(stage: Theatre) -> None:
    file = stage.directory / "sync-agent.yaml"
    file.write_text(f"timezone: Pacific/Kiritimati\n{file.read_text()}")
    added = call(stage, "silence", "add", "checkout", "--until", "2030-01-01", "--by", "dana", "--reason", "a move")
    assert "until 2030-01-02 00:00 +14, by dana" in added.output


def test_the_schema_is_json(stage: Theatre) -> None:
    assert "properties" in json.loads(call(stage, "schema", "goals").output)


def test_a_goal_that_does_not_exist_is_a_mistake_with_a_suggestion(stage: Theatre) -> None:
    result = call(stage, "status", "--goal", "chekout")
    assert result.exit_code == 2
    assert "did you mean 'checkout'?" in result.output


def test_explain_names_the_goal_that_was_meant_before_there_is_a_store(stage: Theatre) -> None:
    result = call(stage, "explain", "chekout")
    assert result.exit_code == 2
    assert "did you mean 'checkout'?" in result.output


def with_maildir(stage: Theatre, tmp_path: Path) -> None:
    """The agent can be answered, at a Maildir."""
    for part in ("new", "cur", "tmp"):
        (tmp_path / "inbox" / part).mkdir(parents=True)
    file = stage.directory / "sync-agent.yaml"
    inbox = f"inbox: {{maildir: {tmp_path / 'inbox'}, secret: {{env: REPLY_SECRET}}}}, "
    file.write_text(file.read_text().replace("email: {host: 127", f"email: {{{inbox}host: 127", 1))


@pytest.mark.parametrize(
    ("secret", "error"), [("x" * 32, ""), ("short", "has 5 bytes; reply addresses want 32 or more")]
)
def test_validate_online_looks_at_the_mailbox_and_its_secret(
    stage: Theatre, tmp_path: Path, secret: str, error: str
) -> None:
    with_maildir(stage, tmp_path)
    tokens = {**TOKENS, "REPLY_SECRET": secret}
    result = CliRunner().invoke(main, ["--config", str(stage.directory), "validate", "--online"], env=tokens)
    assert "inbox can be read; mails waiting: 0" in result.output
    assert error in result.output
    assert result.exit_code == bool(error)


def test_whose_mails_come_back_is_listed_and_ended(stage: Theatre, tmp_path: Path) -> None:
    assert "Mails arrive, as far as is known." in call(stage, "run").output + call(stage, "mail", "trouble").output
    store = Store.open(stage.settings.store)
    now = stage.clock.now()
    with store.begin() as connection:
        mark_unreachable(connection, "dana@example.org", "dana", now)
        note_automatic(connection, AutomaticReply("mail-1", "noor", now, "Out of office"))
    store.close()
    listed = call(stage, "mail", "trouble").output
    assert f"dana: mails to dana@example.org come back since {now:%Y-%m-%d}" in listed
    assert f"noor: automatic reply on {now:%Y-%m-%d}: Out of office" in listed
    assert "dana gets mail again." in call(stage, "mail", "reachable", "dana").output
    again = call(stage, "mail", "reachable", "dana")
    assert (again.exit_code, "no mails of theirs came back" in again.output) == (1, True)


def test_a_mailbox_that_cannot_be_read_is_explained_and_acknowledged(stage: Theatre, tmp_path: Path) -> None:
    with_maildir(stage, tmp_path)
    (tmp_path / "inbox" / "new").rmdir()
    tokens = {**TOKENS, "REPLY_SECRET": "x" * 32}

    def typed(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=tokens)

    for _ in range(2):
        typed("run")
    assert "is no Maildir" in typed("status").output
    assert "is no Maildir" in typed("explain", "channels.email.inbox").output
    found = typed("ack", "channels.email.inbox", "--by", "ops")
    assert found.exit_code == 0, found.output


def test_validate_online_refuses_when_every_secret_of_forms_can_be_guessed(stage: Theatre) -> None:
    file = stage.directory / "sync-agent.yaml"
    web = "web: {url: https://goals.example.org, secret: [{env: NEW}, {env: OLD}]}"
    file.write_text(file.read_text().replace("web: {port: 0}", web))
    environ = {**TOKENS, "OLD": "a short one", "NEW": "another"}
    arguments = ["--config", str(stage.directory), "validate", "--online"]
    refused = CliRunner().invoke(main, arguments, env=environ)
    assert refused.exit_code == 1
    assert "has 7 bytes; forms want 32 or more: make one with" in refused.output
    warned = CliRunner().invoke(main, arguments, env={**environ, "NEW": "x" * 32})
    assert warned.exit_code == 0
    assert "warning web (" in warned.output
    assert "behind it this one still ends older mails" in warned.output


def test_a_mail_is_tried_at_once(stage: Theatre) -> None:
    result = call(stage, "mail", "test", "noor")
    assert result.exit_code == 0, result.output
    assert result.output == "The mail server took the mail to noor@example.org.\n"
    (mail,) = stage.mails_to("noor@example.org")
    assert "try whether mails arrive" in mail["Subject"]
    stage.mail.refuse["noor@example.org"] = "550 no such user"
    refused = call(stage, "mail", "test", "noor")
    assert refused.exit_code == 1
    assert "550 no such user" in refused.output
    assert "did you mean 'noor'?" in call(stage, "mail", "test", "nor").output
