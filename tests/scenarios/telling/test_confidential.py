"""What only some may read: titles that do not leave their tracker, and comments that not everybody sees."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.config import ConfigErrors
from sync_agent.model import WorkItem
from sync_agent.sandbox.core import Fault
from sync_agent.sandbox.jira.state import stamp
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import MONDAY, REPOSITORY, TOKENS, Theatre, theatre

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
LEVEL = {"id": "10001", "name": "Board only", "description": ""}
SECRET = "Buy the other shop"


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


def configured(stage: Theatre, kind: str, options: str) -> None:
    """Options of the source of a kind, as YAML."""
    file = stage.directory / "sync-agent.yaml"
    file.write_text(file.read_text().replace(f"    type: {kind}\n", f"    type: {kind}\n    {options}\n"))
    stage.reload()


def plain(mail: EmailMessage) -> str:
    """The text of a mail, its lines joined."""
    body = mail.get_body(("plain",))
    assert body
    return " ".join(str(body.get_content()).split())


def told(stage: Theatre) -> str:
    """Everything that was said to anybody."""
    mails = [plain(mail) for mail in stage.mail.messages]
    issues = [str(comments) for comments in stage.jira_state.comments.values()]
    threads = [str(t.comments) for t in stage.github_state.repositories[REPOSITORY].values()]
    return "\n".join([*mails, *issues, *threads])


def command(stage: Theatre, *words: str) -> str:
    found = CliRunner().invoke(main, ["--config", str(stage.directory), *words], env=TOKENS, catch_exceptions=False)
    return found.output


def items(stage: Theatre) -> dict[str, WorkItem]:
    with stage.store.read() as connection:
        return {h.item.key: h.item for h in load_facts(connection).histories.values()}


def test_an_issue_with_a_security_level_is_told_by_its_key(stage: Theatre) -> None:
    stage.jira_state.edit("SHOP-8", at=MONDAY - 2 * WEEK, by="noor", summary=SECRET)
    stage.jira_state.edit("SHOP-8", at=MONDAY - 2 * WEEK, by="noor", summary="Step 6", security=LEVEL)
    stage.jira_state.edit("SHOP-8", at=MONDAY - WEEK, by="noor", flagged=True)
    for _ in range(2):
        stage.cycle(HOUR)
    assert "SHOP-8 is flagged" in told(stage)
    shown = command(stage, "explain", "checkout"), command(stage, "status", "--as-of", f"{MONDAY - WEEK:%F}")
    assert not any(title in "\n".join((told(stage), *shown)) for title in (SECRET, "Step 6"))


def test_what_gets_a_security_level_later_is_told_by_its_key_on_past_days_too(stage: Theatre) -> None:
    stage.jira_state.edit("SHOP-8", at=MONDAY - WEEK, by="noor", flagged=True)
    stage.jira_state.edit("SHOP-8", at=MONDAY - HOUR, by="noor", summary=SECRET)
    stage.cycle()
    assert SECRET in told(stage)
    stage.jira_state.edit("SHOP-8", at=MONDAY + HOUR, by="noor", security=LEVEL)
    stage.cycle(2 * HOUR)
    past = command(stage, "explain", "checkout") + command(
        stage, "status", "--goal", "checkout", "--as-of", "2026-10-04"
    )
    assert items(stage)["SHOP-8"].title == "SHOP-8"
    assert "Step 6" not in past


def privately(stage: Theatre, *, graphql: bool) -> None:
    """The repository is private, and something in it is blocked."""
    hub = stage.github_state
    hub.add_repository(REPOSITORY, private=True, members=["bot", "noor"])
    hub.edit(REPOSITORY, 8, at=MONDAY - 2 * WEEK, by="noor", title=SECRET)
    hub.edit(REPOSITORY, 8, at=MONDAY - WEEK, by="noor", label="blocked", assignee="noor")
    if not graphql:
        stage.github.faults.add(Fault(path="/graphql", status=404))


@pytest.mark.parametrize(("scope", "graphql"), [("acme/shop", True), ("acme/shop", False), ("acme/s*", True)])
def test_an_item_of_a_private_repository_is_told_by_its_key(tmp_path: Path, scope: str, graphql: bool) -> None:
    with theatre(tmp_path) as stage:
        file = stage.directory / "sync-agent.yaml"
        file.write_text(file.read_text().replace("[acme/shop]", f'["{scope}"]'))
        configured(stage, "github", "overlap: 300")
        privately(stage, graphql=graphql)
        for _ in range(2):
            stage.cycle(HOUR)
        assert "acme/shop#8" in told(stage)
        assert SECRET not in told(stage) + command(stage, "explain", "search")


def test_titles_of_private_repositories_are_told_where_that_is_wanted(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        privately(stage, graphql=True)
        assert "it is private, so messages name its items by their keys" in command(stage, "validate", "--online")
        configured(stage, "github", "private_titles: true")
        assert "it is private" not in command(stage, "validate", "--online")
        for _ in range(2):
            stage.cycle(HOUR)
        assert SECRET in told(stage)


def test_comments_are_shown_to_a_role_alone_and_stay_so_when_they_are_edited(stage: Theatre) -> None:
    stage.jira_state.members["role", "Developers"] = {"bot", "noor"}
    configured(stage, "jira", "comments: {visibility: {role: Developers}}")
    stage.cycle()
    stage.jira_state.edit("SHOP-8", at=MONDAY - WEEK, by="noor", flagged=True)
    stage.jira_state.issue("SHOP-8")["fields"]["updated"] = stamp(MONDAY)
    stage.cycle(HOUR)
    assert "PUT" in [exchange.method for exchange in stage.jira.journal.writes()]
    comments = stage.jira_state.comments[stage.jira_state.issue("SHOP-1")["id"]]
    assert comments
    assert [comment["visibility"] for comment in comments] == [{"type": "role", "value": "Developers"}] * len(comments)


def test_a_role_that_the_agent_is_not_in_is_told_with_the_fix(stage: Theatre) -> None:
    configured(stage, "jira", "comments: {visibility: {group: staff}}")
    stage.cycle()
    (text,) = [plain(mail) for mail in stage.mails_to("ops@example.org")]
    assert "make the agent's account a member of the group staff, or correct comments.visibility" in text
    assert not stage.comments("SHOP-1")


@pytest.mark.parametrize(("options", "internal"), [("overlap: 900", True), ("comments: {internal: false}", False)])
def test_comments_on_service_management_are_internal_unless_said_otherwise(
    stage: Theatre, options: str, *, internal: bool
) -> None:
    configured(stage, "jira", options)
    stage.cycle()
    (comment,) = stage.jira_state.comments[stage.jira_state.issue("SHOP-1")["id"]]
    said: dict[str, Any] = {each["key"]: each["value"] for each in comment["properties"]}
    assert said.get("sd.public.comment") == ({"internal": True} if internal else None)


def test_nobody_and_two_kinds_of_readers_are_mistakes(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        for said in ("{}", "{role: A, group: B}", "{role: ''}"):
            with pytest.raises(ConfigErrors, match=r"exactly one of role|should not be empty"):
                configured(stage, "jira", f"comments: {{visibility: {said}}}")
