"""Days, weeks and years as organisations count them, wherever they are."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.config import load
from sync_agent.config.errors import ConfigErrors
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import SignalKind, TimeboxKind
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import CONNECTORS, MONDAY, TOKENS, Theatre, theatre


def configured(stage: Theatre, line: str) -> None:
    file = stage.directory / "sync-agent.yaml"
    file.write_text(f"{line}\n{file.read_text()}")
    stage.reload()


@pytest.mark.parametrize(
    ("zone", "starts", "begins"),
    [
        ("Australia/Sydney", "2026-10-04T23:00:00.000Z", date(2026, 10, 5)),
        ("Pacific/Auckland", "2026-10-04T20:00:00.000Z", date(2026, 10, 5)),
        ("America/Los_Angeles", "2026-10-06T03:00:00.000Z", date(2026, 10, 5)),
        ("America/Los_Angeles", "2026-10-05T20:00:00.000-0700", date(2026, 10, 5)),
        ("Asia/Kolkata", "2026-10-04T18:30:00.000Z", date(2026, 10, 5)),
    ],
)
@pytest.mark.parametrize("kind", ["cloud", "server"])
def test_a_sprint_begins_on_the_day_of_the_organisation(
    tmp_path: Path, kind: str, zone: str, starts: str, begins: date
) -> None:
    with theatre(tmp_path, kind=kind) as stage:
        configured(stage, f"timezone: {zone}")
        sprint = {"id": 12, "name": "Sprint 3", "state": "active", "startDate": starts, "endDate": starts}
        stage.jira_state.edit("SHOP-8", at=MONDAY, by="noor", sprint=[sprint], fixVersions=["2.0"])
        stage.jira_state.named["fixVersions"]["2.0"]["releaseDate"] = "2026-10-05"
        stage.cycle()
        with stage.store.read() as connection:
            boxes = {box.kind: box for box in load_facts(connection).timeboxes if box.name in ("Sprint 3", "2.0")}
    assert (boxes[TimeboxKind.SPRINT].start, boxes[TimeboxKind.SPRINT].due) == (begins, begins)
    assert boxes[TimeboxKind.VERSION].due == date(2026, 10, 5)


@pytest.mark.parametrize(
    "said", ["working_hours: sun-thu 8-16", "working_week: sun-thu", "working_week: [Sunday, mon, tue-thu]"]
)
def test_a_working_week_counts_in_every_calculation(tmp_path: Path, said: str) -> None:
    with theatre(tmp_path) as stage:
        configured(stage, said)
        calendar = Calendar.of(stage.settings.organisation)
        thursday = datetime(2026, 10, 1, 9, tzinfo=UTC)
        stage.jira_state.edit("SHOP-8", at=thursday, by="noor", flagged=True)
        proposal = stage.cycle().proposal
    assert [calendar.works(date(2026, 10, day)) for day in range(1, 8)] == [True, False, False, True, True, True, True]
    assert proposal
    (signal,) = (s for a in proposal.assessments for s in a.signals if s.kind is SignalKind.BLOCKED)
    assert signal.headline.startswith("blocked 2 working days"), "Sunday and Monday"


@pytest.mark.parametrize(
    ("fiscal", "written", "start", "due", "name"),
    [
        ("{starts: 07}", "FY27-Q2", date(2026, 10, 1), date(2026, 12, 31), "FY27-Q2"),
        ("{starts: 07}", "fy2027-q4", date(2027, 4, 1), date(2027, 6, 30), "FY27-Q4"),
        ("{starts: 4}", "FY27 H2", date(2026, 10, 1), date(2027, 3, 31), "FY27-H2"),
        ("{starts: 10}", "FY27", date(2026, 10, 1), date(2027, 9, 30), "FY27"),
        ("{starts: 04, named_after: start}", "FY26Q3", date(2026, 10, 1), date(2026, 12, 31), "FY26-Q3"),
        ("{starts: 1}", "FY26-Q4", date(2026, 10, 1), date(2026, 12, 31), "FY26-Q4"),
    ],
)
def test_a_goal_may_be_of_a_fiscal_year(
    tmp_path: Path, fiscal: str, written: str, start: date, due: date, name: str
) -> None:
    with theatre(tmp_path) as stage:
        goals = stage.directory / "goals" / "goals.yaml"
        lines = goals.read_text().splitlines()
        goals.write_text("\n".join(f"    period: {written}" if "period:" in line else line for line in lines))
        configured(stage, f"fiscal_year: {fiscal}")
        found = stage.settings.organisation.goals[0].period
        shown = CliRunner().invoke(main, ["--config", str(stage.directory), "status"], env=TOKENS).output
    assert (found.start, found.due, found.name) == (start, due, name)
    assert name in shown


def test_a_fiscal_year_that_nobody_explained_is_a_mistake(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        goals = stage.directory / "goals" / "goals.yaml"
        goals.write_text(goals.read_text().replace("period: {", "period: FY27-Q2 # {"))
        with pytest.raises(ConfigErrors) as error:
            load(stage.directory, TOKENS, CONNECTORS)
    assert "goals/goals.yaml:6:13" in str(error.value)
    assert "fiscal_year: {starts: 07}" in str(error.value)


def test_days_are_counted_once_however_long_ago(tmp_path: Path) -> None:
    calendar = Calendar("Asia/Riyadh", None, frozenset({6, 0, 1, 2, 3}))
    assert calendar.working_days(date(2026, 1, 1), date(2026, 12, 31)) == 261
    assert (
        calendar.working_days_since(
            datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC) + timedelta(days=7)
        )
        == 5
    )
