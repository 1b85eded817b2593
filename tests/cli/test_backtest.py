"""The past as somebody asks for it: backtest, and the track record beside a forecast."""

import json
import re
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.judge.track_record import keep_record
from sync_agent.model import Field, Organisation, SourceState, Timebox, TimeboxKind
from sync_agent.model.asking import About, Answer, Door, Known, Topic
from sync_agent.store import Store
from sync_agent.store.facts.facts import save_changes, save_items, save_source, save_timeboxes
from sync_agent.store.memory.answers import save_answer
from sync_agent.world import utc_now
from tests.support.builders import change, done, item

_SETTINGS = """\
organisation: Acme
sources:
  jira: {{type: jira, url: "http://127.0.0.1:9", auth: {{token: {{env: T}}}}, projects: [SHOP]}}
people:
  dana: {{name: Dana Reyes, role: owner, accounts: {{jira: dana}}}}
store: {store}
"""
_GOALS = """\
goals:
  - id: checkout
    objective: Checkout feels instant
    owner: dana
    period: {{start: {start}, due: {due}}}
    key_results: [{{id: flow, title: Flow, delivers: {{source: jira, project: SHOP}}}}]
"""


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team that finished one item each day for forty weeks, in versions of four weeks, with ten items left."""
    folder = tmp_path_factory.mktemp("past")
    now = utc_now()
    (folder / "goals").mkdir()
    (folder / "sync-agent.yaml").write_text(_SETTINGS.format(store=folder / "state.db"))
    start, due = ((now + timedelta(days=days)).date() for days in (-30, 60))
    (folder / "goals" / "goals.yaml").write_text(_GOALS.format(start=start, due=due))
    early = now - timedelta(days=500)
    finished = {n: now - timedelta(days=n) for n in range(1, 281)}
    items = [done(f"SHOP-{n}", at, created=early, versions=(f"v{n // 28}",)) for n, at in finished.items()]
    left = [item(f"SHOP-{n}", created=early) for n in range(900, 910)]
    changes = [change(f"SHOP-{n}", at, Field.CATEGORY, "doing", "done") for n, at in finished.items()]
    due_days = {f"v{n}": (now - timedelta(days=28 * n)).date() for n in range(10)}
    boxes = [Timebox("jira", "SHOP", TimeboxKind.VERSION, name, name, due=day) for name, day in due_days.items()]
    store = Store.open(f"sqlite:///{folder}/state.db")
    with store.begin() as connection:
        save_items(connection, [*items, *left])
        save_changes(connection, changes)
        save_timeboxes(connection, boxes)
        save_source(connection, SourceState("jira", complete_at=now), "cursor")
    keep_record(Organisation("Acme", (), {}), store, "jira", now, Event())
    store.close()
    return folder


def call(directory: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(directory), *arguments], env={"T": "token"})


def test_the_backtest_says_how_forecasts_held_and_whether_warnings_came_true(directory: Path) -> None:
    result = call(directory, "backtest", "--every", "14")
    assert result.exit_code == 0, result.output
    assert "jira SHOP" in result.output
    assert "100%, 100%" in result.output
    assert "Warnings (at risk or off track) of 9 goals, versions, milestones and sprints" in result.output
    assert "open share > 30%" in result.output


def test_the_backtest_can_be_read_by_machines_and_cut_off(directory: Path) -> None:
    since = (utc_now() - timedelta(days=60)).date()
    result = call(directory, "backtest", "--every", "14", "--since", since.isoformat(), "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.output)
    days = [day["day"] for judged in document["goals"].values() for day in judged]
    assert days
    assert min(days) >= since.isoformat()
    assert min(tried["day"] for tried in document["forecasts"]["jira SHOP"]) >= since.isoformat()


def test_the_backtest_tells_what_check_ins_were_worth_whatever_door_they_came_by(directory: Path) -> None:
    """One stands in the file, a later one came as an answer. The goal is over, and nearly all of it done."""
    now = utc_now()
    goals = directory / "goals" / "over.yaml"
    start, written, due = ((now - timedelta(days=days)).date() for days in (40, 30, 3))
    over = _GOALS.format(start=start, due=due).replace("checkout", "over")
    goals.write_text(f"{over}    check_ins: [{{on: {written}, by: dana, confidence: 0.9}}]\n")
    try:
        about, at = About(Topic.GOAL, "over"), now - timedelta(days=12)
        answer = Answer("mail-1", "a", "check-in", about, "dana", at, Door.MAIL, Known.MAIL, {"confidence": 40})
        with Store.open(f"sqlite:///{directory}/state.db").begin() as connection:
            save_answer(connection, answer)
        command = ("backtest", "--every", "7", "--since", f"{start}")
        judged = json.loads(call(directory, *command, "--json").output)["goals"]["over"]
        shown = call(directory, *command).output
    finally:
        goals.unlink()
    assert [day["said"] for day in judged] == [None, None, None, 0.9, 0.9, 0.4, 0.4]
    assert "Last check-ins before the end, of 1 goal: 40% confident; 100% held." in shown


@pytest.mark.parametrize("command", [("status",), ("explain", "checkout"), ("forecast", "checkout")])
def test_a_forecast_is_shown_with_its_record(directory: Path, command: tuple[str, ...]) -> None:
    result = call(directory, *command)
    assert result.exit_code == 0, result.output
    found = re.search(r"rack record: of (\d+) such forecasts in the past year, (\d+) held", result.output)
    assert found
    assert found[1] == found[2]  # The team is as steady as can be.


def test_without_a_past_the_backtest_says_so(tmp_path: Path) -> None:
    (tmp_path / "goals").mkdir()
    (tmp_path / "sync-agent.yaml").write_text(_SETTINGS.format(store=tmp_path / "state.db"))
    (tmp_path / "goals" / "goals.yaml").write_text(_GOALS.format(start="2026-01-01", due="2099-12-31"))
    Store.open(f"sqlite:///{tmp_path}/state.db").close()
    result = call(tmp_path, "backtest")
    assert result.exit_code == 0, result.output
    assert "no team has finished enough yet" in result.output
    assert "was due yet" in result.output
