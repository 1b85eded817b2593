"""A new kind of tracker is a folder and an entry point: its selectors are checked and its questions asked."""

from collections.abc import Iterable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from connectors.profile import Selecting
from sync_agent.cli import main
from sync_agent.config import installed_connectors
from sync_agent.config.shapes.goals import SelectorShape

_SETTINGS = """\
organisation: Acme
sources:
  board: {type: planner, url: "https://planner.example.org", token: {env: PLANNER}, boards: [OPS, LAB]}
people:
  dana: {name: Dana, role: owner, accounts: {board: d1}}
"""
_GOAL = """\
goals:
  - id: g
    objective: O
    owner: dana
    period: 2026-Q4
    report_on: [{source: board, issue: OPS/1}]
    key_results:
      - id: k
        title: T
        delivers: {source: board, board: OPS, label: night}
"""
_KINDS = {"jira": "connectors.jira", "github": "connectors.github", "planner": "tests.support.trackers.planner"}


@pytest.fixture(autouse=True)
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is installed, and the new one."""
    trackers = [EntryPoint(name, f"{module}:connector", "sync_agent.connectors") for name, module in _KINDS.items()]

    def found(group: str) -> Iterable[EntryPoint]:
        return trackers if group == "sync_agent.connectors" else entry_points(group=group)

    monkeypatch.setattr(import_module("sync_agent.config.directory"), "entry_points", found)


def validate(directory: Path, goal: str) -> str:
    (directory / "goals").mkdir()
    (directory / "sync-agent.yaml").write_text(_SETTINGS)
    (directory / "goals" / "goals.yaml").write_text(goal)
    return CliRunner().invoke(main, ["--config", str(directory), "validate"], env={"PLANNER": "let-me-in"}).output


def test_a_configuration_with_it_is_right(tmp_path: Path) -> None:
    assert "mistake" not in validate(tmp_path, _GOAL)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("label: night", "labl: night", "goals/goals.yaml:10:47: unknown key 'labl'; did you mean 'label'?"),
        ("board: OPS,", "bord: OPS,", "goals/goals.yaml:10:35: unknown key 'bord'; did you mean 'board'?"),
        ("board: OPS,", "project: OPS,", "goals/goals.yaml:10:35: a planner source knows no 'project'; use board"),
        ("label: night", "project: LAB", ":10:35: 'board' means the same as 'project', which is here, too; keep one"),
        ("label: night", "repo: a/b", "goals/goals.yaml:10:47: a planner source knows no 'repo'; remove it"),
        ("label: night", "sub_issues_of: OPS/7", ":10:47: a planner source knows no 'sub_issues_of'; use epic"),
        ("board: OPS,", "board: OSP,", "goals/goals.yaml:10:42: unknown board 'OSP'; did you mean 'OPS'?"),
        ("label: night", "epic: OPS-7", ":10:53: found 'OPS-7'; should be a card's key such as OPS/12"),
        ("label: night", "epic: HR/7", ":10:53: HR is not in the scope of source 'board': OPS, LAB"),
        ("issue: OPS/1", "issue: OPS#1", ":6:40: found 'OPS#1'; should be a card's key such as OPS/12"),
        ("delivers: {source: board, board: OPS, label: night}", "kpi: {deploys: {source: board, repo: a}}\n"
         "        baseline: 1\n        target: 2", "'board' is a planner source; only GitHub tells of releases"),
    ],
)  # fmt: skip
def test_validate_names_a_mistake_in_its_selectors(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in _GOAL
    assert said in validate(tmp_path, _GOAL.replace(right, wrong))


def test_init_asks_its_questions_and_what_it_writes_is_valid(tmp_path: Path) -> None:
    runner, target, token = CliRunner(), tmp_path / "mine", {"OURS": "let-me-in"}
    assert "Address of a planner." in runner.invoke(main, ["init", "--help"]).output
    asked = ["init", str(target), "--planner", "https://planner.example.org", "--planner-token-env", "OURS"]
    assert "Wrote" in runner.invoke(main, asked, env=token).output
    (source,) = yaml.safe_load((target / "sync-agent.yaml").read_text())["sources"].values()
    assert (source["type"], source["boards"], source["token"]) == ("planner", ["OPS", "LAB"], {"env": "OURS"})
    goals = (target / "goals" / "goals.yaml").read_text()
    assert 'objective: "Fewer pages at night"' in goals
    assert "delivers: {source: planner, epic: OPS/7}" in goals
    assert "# {source: planner, epic: LAB/1}    # Try it" in goals
    checked = runner.invoke(main, ["--config", str(target), "validate"], env=token)
    assert checked.exit_code == 0, checked.output


def test_init_says_what_its_login_may_lack(tmp_path: Path) -> None:
    asked = ["init", str(tmp_path / "mine"), "--planner", "https://planner.example.org"]
    said = CliRunner().invoke(main, asked, env={"PLANNER": "let-him-in"})
    assert said.exit_code == 1
    assert "the planner knows no such token" in said.output
    assert not (tmp_path / "mine").exists()


def test_init_names_every_tracker_that_it_could_ask(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["init", str(tmp_path / "mine")])
    assert "give --jira URL, --github URL, --planner URL, or several of them" in said.output


@pytest.mark.parametrize("kind", _KINDS)
def test_a_profile_speaks_of_keys_that_selectors_have(kind: str) -> None:
    selecting: Selecting = installed_connectors()[kind].profile.selecting
    known = set(SelectorShape.model_fields)
    assert {*selecting.keys, *selecting.own.values(), *selecting.instead} <= known
    assert not selecting.written & selecting.instead.keys()
    assert not known & selecting.own.keys()
    assert {*selecting.containers, *selecting.items} <= selecting.written
