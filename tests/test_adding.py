"""What adding costs, each tried in a copy: a tracker and a channel are a folder and an entry point, a finding is a
module, a command is a file. Nothing else is touched.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
ADDITIONS = ROOT / "tests" / "additions"
ADDED = {
    "slate.py": "connectors/slate/__init__.py",
    "paper.py": "connectors/paper/__init__.py",
    "motto_signal.py": "sync_agent/evaluate/signals/motto.py",
    "motto_command.py": "sync_agent/cli/commands/say_motto.py",
}
ENTRIES = {"connectors": 'slate = "connectors.slate:connector"', "channels": 'paper = "connectors.paper:channel"'}
ROWS = {
    "write-goals.md": "| `no motto` | nobody wrote one | at once |",
    "operate.md": "| `sync-agent say-motto` | says the motto | 0 |",
}

SETTINGS = """\
organisation: Acme
first_run: send
working_hours: always
sources: {board: {type: slate, boards: [WALL]}}
people: {dana: {name: Dana, role: owner, chat: sheet}}
channels: {paper: {sheet: {sheet: SHEET}}}
routes: [{match: {part: owner, signal: no motto}, channels: sheet, timing: immediate}]
"""
GOALS = """\
goals:
  - id: walls
    objective: The walls are white
    owner: dana
    period: {start: 2026-09-01, due: 2026-12-31}
    key_results: [{id: paint, title: Paint, delivers: {source: board, board: WALL}}]
"""
# Everything in one process, for most of the time goes into imports.
SCRIPT = """\
import json, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from click.testing import CliRunner
from sync_agent.cli import main
from sync_agent.config import installed_connectors, load
from sync_agent.model import SignalKind
from sync_agent.run.cycle import run_cycle
from sync_agent.store import Store
from sync_agent.world import open_world
from tests.support.guides import DOCS, commands, has_row, left_out

good, bad, rows = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])

def cycles():
    settings = load(good, {}, installed_connectors())
    store = Store.open(settings.store)
    for hour in (9, 10, 11):
        now = datetime(2026, 10, 5, hour, tzinfo=UTC)
        with open_world(settings, installed_connectors(), {}, lambda: now, threading.Event()) as world:
            run_cycle(settings, store, world)
    store.close()

def missing():
    yield from left_out("say-motto", dict(commands())["say-motto"])
    if not has_row(SignalKind("no motto")):
        yield "no motto"

cycles()
found = {
    "validate": CliRunner().invoke(main, ["--config", bad, "validate"]).output,
    "motto": CliRunner().invoke(main, ["say-motto"]).output,
    "without rows": list(missing()),
}
DOCS.update({guide: DOCS[guide] + row for guide, row in rows.items()})
print(json.dumps({**found, "with rows": list(missing())}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with something of each kind added, as it is once it is installed."""
    made = tmp_path_factory.mktemp("copy")
    for folder in ("sync_agent", "connectors", "docs"):
        shutil.copytree(ROOT / folder, made / folder)  # What is compiled goes along: it saves seconds.
    (made / "tests/support").mkdir(parents=True)
    shutil.copy(ROOT / "tests/support/guides.py", made / "tests/support")
    for source, target in ADDED.items():
        (made / target).parent.mkdir(exist_ok=True)
        shutil.copy(ADDITIONS / source, made / target)
    project = (ROOT / "pyproject.toml").read_text()
    for group, entry in ENTRIES.items():
        title = f'[project.entry-points."sync_agent.{group}"]\n'
        assert title in project
        project = project.replace(title, title + entry + "\n")
    (made / "pyproject.toml").write_text(project)
    install(made, project)
    return made


def install(copy: Path, project: str) -> None:
    """What an installer writes: it is what tells Python of entry points."""
    groups = tomllib.loads(project)["project"]["entry-points"]
    lines = (f"[{name}]\n" + "".join(f"{key} = {to}\n" for key, to in each.items()) for name, each in groups.items())
    folder = copy / "goal_sync_agent-0.1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: goal-sync-agent\nVersion: 0.1.0\n")
    (folder / "entry_points.txt").write_text("\n".join(lines))


def python(copy: Path, *words: str) -> str:
    """What it prints; on one line after the log."""
    environ = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run([sys.executable, *words], cwd=copy, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def configured(folder: Path, settings: str) -> Path:
    (folder / "goals").mkdir(parents=True)
    (folder / "sync-agent.yaml").write_text(settings)
    (folder / "goals" / "goals.yaml").write_text(GOALS)
    return folder


@pytest.fixture(scope="module")
def found(copy: Path) -> Mapping[str, Any]:
    """What the copy does."""
    good = configured(copy / "good", SETTINGS.replace("SHEET", str(copy / "sheet.txt")))
    bad = configured(copy / "bad", SETTINGS.replace("sheet: SHEET", "shet: SHEET").replace("no motto", "no moto"))
    said = json.loads(python(copy, "-c", SCRIPT, str(good), str(bad), json.dumps(ROWS)).splitlines()[-1])
    return {**said, "sheet": (copy / "sheet.txt").read_text()}


def test_a_new_channel_tells_of_a_new_finding_about_a_new_tracker(found: Mapping[str, Any]) -> None:
    assert found["sheet"].count("Goals: The walls are white") == 1
    assert "no motto for 1 item" in found["sheet"]


def test_a_mistake_in_the_options_of_a_new_channel_is_named_as_any(found: Mapping[str, Any]) -> None:
    assert "sync-agent.yaml:6:" in found["validate"]
    assert "did you mean 'sheet'?" in found["validate"]


def test_files_may_name_a_new_finding_and_a_mistake_in_its_name_is_told(found: Mapping[str, Any]) -> None:
    assert "did you mean 'no motto'?" in found["validate"]


def test_a_new_command_is_there(found: Mapping[str, Any]) -> None:
    assert found["motto"] == "Slow is smooth.\n"


def test_the_guides_are_checked_for_a_new_finding_and_a_new_command(found: Mapping[str, Any]) -> None:
    assert found["without rows"] == ["say-motto", "no motto"]
    assert found["with rows"] == []


def test_the_arrows_of_the_flow_hold_with_all_that(copy: Path) -> None:
    python(copy, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache")
