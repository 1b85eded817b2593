"""The import contracts see what they were made for: each fault is put into a copy, and the check names it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = {
    "connectors/planner/__init__.py": "from connectors.jira import connector\nfrom sync_agent.ask import links\n",
    "sync_agent/gossip/__init__.py": "",
    "sync_agent/ask/remembered.py": "from sqlalchemy import Connection\n",
    "sync_agent/ask/at_once.py": "import time\n",
    "sync_agent/evaluate/told.py": "from sync_agent.decide import decide\n",
    "sync_agent/judge/peeked.py": "from connectors.jira import connector\n",
    "sync_agent/sandbox/borrowed.py": "from connectors.errors import ConnectorError\n",
    "sync_agent/store/facts/round_about.py": "from sync_agent.store.memory import state\n",
    "sync_agent/store/memory/round_about.py": "from sync_agent.store.facts import facts\n",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the check says of a copy with all the faults, on one line."""
    copy = tmp_path_factory.mktemp("copy")
    for package in ("sync_agent", "connectors"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for name, code in FAULTS.items():
        path = copy / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(code)
    check = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    found = subprocess.run(check, cwd=copy, capture_output=True, text=True, check=False)
    assert found.returncode == 1, found.stdout + found.stderr
    return " ".join(found.stdout.split())


@pytest.mark.parametrize(
    "fault",
    [
        "connectors.planner -> connectors.jira",
        "connectors.planner -> sync_agent.ask",
        "sync_agent.gossip",
        "sync_agent.ask.remembered -> sqlalchemy",
        "sync_agent.ask.at_once -> time",
        "sync_agent.evaluate.told -> sync_agent.decide",
        "sync_agent.judge.peeked -> connectors.jira",
        "sync_agent.sandbox.borrowed -> connectors.errors",
        "No cycles are allowed in sync_agent.store",
    ],
)
def test_an_import_that_may_not_be_is_seen_and_named(said: str, fault: str) -> None:
    assert re.search(rf"{re.escape(fault)}\b", said), said


def test_the_connectors_of_the_contracts_are_no_list() -> None:
    """But for mail and KPIs, which every organisation has once: the agent opens them itself."""
    contracts = (ROOT / "pyproject.toml").read_text().partition("[tool.importlinter]")[2]
    shared = {"contract", "http", "reading", "mail", "kpis"}
    folders = {path.parent.name for path in (ROOT / "connectors").glob("*/__init__.py")} - shared
    assert folders
    assert not [name for name in folders if f"connectors.{name}" in contracts]
