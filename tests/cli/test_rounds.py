"""Rounds as whoever runs them meets them at a terminal."""

import json
import shutil
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from tests.support.theatre import TOKENS, theatre

EXAMPLE = Path(__file__).parents[2] / "config"
SEPTEMBER = datetime(2026, 9, 1, 9, tzinfo=UTC)


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("init", "plan", "round", "validate"):
        monkeypatch.setattr(import_module(f"sync_agent.cli.commands.{name}"), "utc_now", lambda: SEPTEMBER)
    return Path(shutil.copytree(EXAMPLE, tmp_path / "config"))


def call(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(directory), *arguments], catch_exceptions=False)


def test_a_plan_shows_who_is_asked_what_on_which_day(directory: Path) -> None:
    shown = call(directory, "plan", "--round", "2027-q1").output
    assert "Mon 2026-11-02  priorities (interview) is asked of ceo-office, shop-tech-lead" in shown
    assert "shop-tech-lead: 17 minutes in the week of 2026-11-02" in shown
    found = json.loads(call(directory, "plan", "--round", "2027-q1", "--json").output)
    assert {"person": "ceo-office", "week": "2026-11-23", "minutes": 5} in found["minutes"]
    assert found["days"][-1] == {
        "day": "2026-12-18", "what": "close", "step": "agreed", "kind": "sign_off", "people": [], "minutes": 0,
    }  # fmt: skip


def test_an_unknown_round_is_named(directory: Path) -> None:
    result = call(directory, "plan", "--round", "2027-q2")
    assert result.exit_code == 2
    assert "unknown round '2027-q2'; did you mean '2027-q1'?" in result.output
    shutil.rmtree(directory / "rounds")
    assert "make one with sync-agent init --round" in call(directory, "round", "status").output


def test_the_status_shows_every_step(directory: Path) -> None:
    shown = call(directory, "round", "status").output
    assert "to come  priorities (interview), 2 Nov to 13 Nov" in shown
    assert "to come  planning (planning session), 3 Dec" in shown


def test_validate_advises(directory: Path) -> None:
    shown = call(directory, "validate").output
    assert "round 2027-q1 (rounds/2027-q1.yaml:4:1): nobody speaks for the customers of foundations" in shown


def test_a_first_round_is_valid_and_in_time(directory: Path) -> None:
    (directory / "rounds" / "2027-q1.yaml").unlink()
    assert call(directory, "init", "--round", "2027-Q1").exit_code == 0
    text = (directory / "rounds" / "2027-q1.yaml").read_text()
    assert "open: 2026-11-02..2026-11-13" in text
    assert "until: 2026-12-18" in text
    checked = call(directory, "validate")
    assert checked.exit_code == 0
    assert "on which nobody works" not in checked.output
    again = call(directory, "init", "--round", "2027-Q1")
    assert again.exit_code == 1
    assert "exists; edit it" in again.output


@pytest.mark.parametrize(
    ("period", "words"), [("2026-Q3", "choose a later period"), ("Q1", "should be such as 2026-Q4")]
)
def test_a_round_for_no_period_is_refused(directory: Path, period: str, words: str) -> None:
    result = call(directory, "init", "--round", period)
    assert result.exit_code == 2
    assert words in " ".join(result.output.split())


def test_a_late_round_is_shorter(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 11, 30, 9, tzinfo=UTC)
    monkeypatch.setattr(import_module("sync_agent.cli.commands.init"), "utc_now", lambda: late)
    (directory / "rounds" / "2027-q1.yaml").unlink()
    assert call(directory, "init", "--round", "2027-Q1").exit_code == 0
    assert "open: 2026-12-01.." in (directory / "rounds" / "2027-q1.yaml").read_text()


def test_who_speaks_for_each_theme_is_a_table(directory: Path) -> None:
    main = directory / "sync-agent.yaml"
    text = main.read_text()
    main.write_text(text.replace("  customer-panel:\n", "  customer-panel:\n    speaks_for: foundations\n", 1))
    shown = call(directory, "stakeholders").output
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert lines[5:] == [
        "foundations: A platform that carries the next three years", "senior-leader CEO office",
        "technical-expert Ilse Brandt", "business-partner nobody", "customer-representative Customer panel",
    ]  # fmt: skip
    found = json.loads(call(directory, "stakeholders", "--round", "2027-q1", "--json").output)
    assert {"theme": "foundations", "role": "business-partner", "people": []} in found["coverage"]


def test_who_works_on_a_theme_and_is_not_heard_is_proposed(tmp_path: Path) -> None:
    with theatre(tmp_path, live=True) as stage:
        for file, before, after in (
            ("sync-agent.yaml", "channels:\n", "themes: {reach: People find us}\nchannels:\n"),
            ("goals/goals.yaml", "    owner: noor\n", "    owner: noor\n    theme: reach\n"),
        ):
            path = stage.directory / file
            path.write_text(path.read_text().replace(before, after))
        stage.cycle()
        stage.store.close()
        shown = CliRunner().invoke(
            main, ["--config", str(stage.directory), "stakeholders", "--gaps"], env=TOKENS, catch_exceptions=False
        )
    assert "reach: noor, 8 items, 100% of its work" in shown.output
