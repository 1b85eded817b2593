"""A week of an organisation whose people live in three time zones: each is told at work, and of what is still true."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.model import EMAIL, Audience, ReasonKind
from sync_agent.sandbox.core import Fault
from sync_agent.store.memory.state import load_decisions
from tests.support.theatre import TOKENS, Theatre, theatre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ZONES = {"dana": "Europe/Berlin", "noor": "Asia/Amman", "ken": "America/Los_Angeles"}
WEEKENDS = {"dana": (5, 6), "noor": (4, 5), "ken": (5, 6)}

PEOPLE = """\
working_hours: 9-17
holidays: DE
routes:
  - {name: leaders, match: {role: senior-leader, signal: blocked}, timing: immediate, channels: email}
"""
SETTINGS = (
    ("role: owner, email: dana@example.org,", "role: owner, email: dana@example.org, timezone: Europe/Berlin,"),
    (
        "role: owner, email: noor@example.org,",
        'role: owner, email: noor@example.org, timezone: Asia/Amman, working_hours: "sun-thu 8-16",',
    ),
    (
        "  ops:",
        "  ken: {name: Ken, role: senior-leader, email: ken@example.org, timezone: America/Los_Angeles}\n  ops:",
    ),
)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        file = made.directory / "sync-agent.yaml"
        text = file.read_text()
        for before, after in SETTINGS:
            assert before in text
            text = text.replace(before, after)
        file.write_text(PEOPLE + text)
        goals = made.directory / "goals" / "goals.yaml"
        goals.write_text(goals.read_text().replace("stakeholders: [board]", "stakeholders: [board, ken]"))
        made.reload()
        made.cycle()
        made.mail.messages.clear()
        yield made


def play(stage: Theatre, days: int, step: timedelta = 4 * HOUR) -> dict[str, list[tuple[datetime, str]]]:
    """Cycle after cycle; when each person got which mail but digests, by their id."""
    told: dict[str, list[tuple[datetime, str]]] = {}
    for _ in range(days * DAY // step):
        before = len(stage.mail.messages)
        stage.cycle(step)
        for mail in stage.mail.messages[before:]:
            person = str(mail["To"]).partition("@")[0]
            told.setdefault(person, []).append((stage.clock.now(), str(mail["Subject"])))
    return told


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner(env={**TOKENS, "COLUMNS": "200"}).invoke(main, ["--config", str(stage.directory), *arguments])


def test_a_week_in_three_time_zones(stage: Theatre) -> None:
    """Blocked on Monday noon, told on Thursday when it has been three working days; freed on Friday night."""
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() + 3 * HOUR, by="noor", flagged=True, assignee="noor")
    stage.clock.advance(2 * DAY)
    told = play(stage, 2)
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() + 12 * HOUR, by="noor", flagged=False)
    later = play(stage, 4)
    for person, zone in ZONES.items():
        mails = [*told.get(person, []), *later.get(person, [])]
        assert len(mails) == 2, (person, mails)
        for when, _ in mails:
            local = when.astimezone(ZoneInfo(zone))
            assert 8 <= local.hour < 17, (person, local)
            assert local.weekday() not in WEEKENDS[person], (person, local)
    thursday = datetime(2026, 10, 8, tzinfo=UTC)
    assert [told[person][0][0] - thursday for person in ("dana", "ken")] == [9 * HOUR, 17 * HOUR]
    sunday = datetime(2026, 10, 11, tzinfo=UTC)
    assert later["noor"][0][0] - sunday == 5 * HOUR
    comments = [text for text in stage.comments("SHOP-1") if "SHOP-8" in text]
    assert len(comments) == 2 + ("SHOP-8" in stage.comments("SHOP-1")[0])


def test_after_a_week_without_the_agent_there_is_no_backlog(stage: Theatre) -> None:
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", flagged=True, assignee="noor")
    play(stage, 1)
    stage.jira_state.edit("SHOP-9", at=stage.clock.now() + HOUR, by="noor", flagged=True, assignee="noor")
    stage.jira_state.edit("SHOP-9", at=stage.clock.now() + 2 * DAY, by="noor", flagged=False)
    stage.clock.advance(7 * DAY)
    told = play(stage, 1)
    assert [len(told.get(person, ())) for person in ("dana", "noor", "ken")] == [1, 0, 0]
    assert told["dana"][0][1].startswith("[Goals] Still open:")


def test_explain_says_why_somebody_is_not_told_yet(stage: Theatre) -> None:
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", flagged=True, assignee="noor")
    stage.cycle(HOUR)
    said = call(stage, "explain", "checkout", "--person", "ken").output
    assert "ken as stakeholder hears of blocked at once, 09:00-17:00 America/Los_Angeles (route: leaders)" in said
    assert (
        "did not tell ken: outside their working hours: judged again on Mon 5 Oct 09:00 (America/Los_Angeles)" in said
    )
    assert "told dana" not in said
    assert "did you mean 'ken'?" in call(stage, "explain", "checkout", "--person", "kenn").output


@pytest.mark.parametrize("partly", [False, True], ids=["failed", "partial"])
def test_a_failed_or_partial_pull_neither_fires_nor_resolves_and_operations_hear_once(
    stage: Theatre, *, partly: bool
) -> None:
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", flagged=True, assignee="noor")
    play(stage, 1)
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", flagged=False)
    if partly:
        stage.jira_state.hidden.add("SHOP")
    else:
        stage.jira.faults.add(Fault(status=500))
    told = play(stage, 1)
    assert set(told) == {"ops"}
    # Where nothing can be read nothing can be written either, which is told for the status comment.
    assert len([subject for _, subject in told["ops"] if "cannot be read" in subject]) == 1
    with stage.store.read() as connection:
        assert not [
            d for d in load_decisions(connection, "checkout") if d.told and d.reason.kind is ReasonKind.RESOLVED
        ]
    stage.jira.faults.clear()
    stage.jira_state.hidden.clear()
    told = play(stage, 1)
    assert len([subject for _, subject in told["ops"] if "can be read again" in subject]) == 1
    assert [subject.startswith("[Goals] Resolved") for _, subject in told["dana"]] == [True]


def test_explain_says_in_which_digest_somebody_could_read_of_it_once(stage: Theatre) -> None:
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", flagged=True, assignee="noor")
    stage.cycle(HOUR)
    stage.clock.advance(6 * DAY + 23 * HOUR)
    for _ in range(3):
        stage.cycle(HOUR / 4)
    with stage.store.read() as connection:
        log = [d for d in load_decisions(connection, "checkout") if d.kind == "digest"]
    assert [(d.subject, d.audience, d.told) for d in log] == [("2026-10-12T0900", Audience(("board",), EMAIL), True)]


def test_routes_are_shown_for_people_and_findings(stage: Theatre) -> None:
    said = call(stage, "routes", "checkout", "blocked").output
    for words in ("dana ", "at once, 09:00-17:00 Europe/Berlin", "leaders", "if they can help: noor"):
        assert words in said
    assert "unknown signal 'blokked'; did you mean 'blocked'?" in call(stage, "routes", "checkout", "blokked").output
    assert "did you mean 'checkout'?" in call(stage, "routes", "chekout", "blocked").output
    tree = call(stage, "routes").output
    assert "leaders: signal blocked; role senior-leader → at once, by email" in tree
    assert "business partners: role business-partner → not at all" in tree


def test_validate_warns_of_routes_never_taken_and_of_people_out_of_reach(stage: Theatre) -> None:
    file = stage.directory / "sync-agent.yaml"
    never = "  - {name: never, match: {role: customer-representative}, timing: digest}\n  - {name: leaders"
    text = file.read_text().replace("  - {name: leaders", never, 1).replace(", digest: mon 09:00", "")
    file.write_text(text)
    found = call(stage, "validate")
    assert found.exit_code == 0
    assert "route 'never' (sync-agent.yaml:4): is never taken" in found.output
    assert "person board: hears nothing of alerts about checkout" in found.output
