"""A GitHub project (v2) as a source of status, points, dates and iterations."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.contract import Batch, Level, Runtime, Source
from connectors.errors import ConnectorError
from connectors.github.options import GithubProject
from sync_agent.config import installed_connectors
from sync_agent.evaluate import as_of
from sync_agent.model import Change, Facts, Field, History, StatusCategory, WorkItem
from sync_agent.sandbox.core import Fault
from sync_agent.sandbox.github.records import ProjectV2
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre

FIELDS = {
    "Status": ["Backlog", "In progress", "In review", "Shipped"],
    "Estimate": "number",
    "Begin": "date",
    "Target date": "date",
    "Sprint": "iteration",
}
OPTIONS = {
    "owner": "acme",
    "number": 1,
    "status": {"todo": ["Backlog"], "doing": ["in progress"], "done": ["Shipped"]},
    "points": "Estimate",
    "start": "Begin",
    "target": "Target date",
    "iteration": "Sprint",
}
HOUR = timedelta(hours=1)
SPRINT = {"title": "Sprint 7", "startDate": "2026-10-05", "duration": 14}


@dataclass
class Board:
    """A theatre whose repository stands on a project."""

    stage: Theatre
    project: ProjectV2

    def set(self, number: int, at: datetime, **values: Any) -> None:
        """Edits fields of an issue in the project; underscores stand for spaces."""
        named = {name.replace("_", " "): value for name, value in values.items()}
        self.stage.github_state.place(self.project, REPOSITORY, number, at=at, by="noor", values=named)

    def configure(self, **changes: Any) -> None:
        """Sets the source's options for the project."""
        old = self.stage.settings.sources["github"]
        wanted = GithubProject.model_validate({**OPTIONS, **changes})
        options = old.options.model_copy(update={"project": wanted})
        sources = {**self.stage.settings.sources, "github": replace(old, options=options)}
        self.stage.settings = replace(self.stage.settings, sources=sources)

    @property
    def source(self) -> Source:
        """The source as a new process would open it."""
        settings = self.stage.settings.sources["github"]
        context = Runtime(self.stage.environ, self.stage.clock.now, threading.Event())
        return installed_connectors()["github"].open("github", settings.options, context)

    def read(self, cursor: str | None) -> tuple[dict[int, WorkItem], str, list[Batch]]:
        """The items by number as they were read last, and where to go on."""
        batches = list(self.source.reader.read(cursor))
        items = {int(item.key.partition("#")[2]): item for batch in batches for item in batch.items}
        return items, batches[-1].cursor, batches

    def requests(self) -> int:
        """How many there were since the journal was cleared, without the one for the schema."""
        return len(self.stage.github.journal.exchanges) - 1


@pytest.fixture(params=["own", "official"])
def board(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Board]:
    schema = None
    if request.param == "official":
        shared: Path = request.getfixturevalue("shared")
        schema = next((shared / "contracts").glob("github-graphql-schema-*.graphql.gz"))
    with theatre(tmp_path, schema=schema) as stage:
        made = Board(stage, stage.github_state.add_project("acme", FIELDS))
        made.configure()
        yield made


def changes(batches: list[Batch], item: WorkItem) -> list[Change]:
    return [change for batch in batches for change in batch.changes if change.item == item.id]


def test_fields_of_the_project_give_status_points_dates_and_iteration(board: Board) -> None:
    edited = MONDAY - timedelta(days=2)
    board.set(7, edited, Status="In progress", Estimate=5, Begin="2026-10-05", Target_date="2026-10-30", Sprint=SPRINT)
    board.set(8, edited, Status="In review")
    items, _, batches = board.read(None)
    seven = items[7]
    assert (seven.status, seven.category, seven.points) == ("In progress", StatusCategory.DOING, 5.0)
    assert (seven.start, seven.due, seven.sprints) == (date(2026, 10, 5), date(2026, 10, 30), ("Sprint 7",))
    assert seven.active == edited
    assert seven.updated < edited, "the issue itself was not touched"
    (sprint,) = [box for batch in batches for box in batch.timeboxes if box.name == "Sprint 7"]
    assert (sprint.start, sprint.due) == (date(2026, 10, 5), date(2026, 10, 18))
    assert (items[8].status, items[8].category) == ("In review", StatusCategory.TODO), "an option without a meaning"
    assert items[1].category is StatusCategory.DONE, "closed, and not on the board"


def test_closed_is_done_and_an_option_may_mean_done_too(board: Board) -> None:
    board.set(1, MONDAY - timedelta(days=1), Status="In progress")
    board.set(7, MONDAY - timedelta(days=1), Status="Shipped")
    items, _, _ = board.read(None)
    assert (items[1].status, items[1].category) == ("closed", StatusCategory.DONE)
    assert (items[7].status, items[7].category) == ("Shipped", StatusCategory.DONE)
    assert items[7].finished == MONDAY - timedelta(days=1)


def test_the_way_across_the_board_is_history(board: Board) -> None:
    days = {number: MONDAY - timedelta(days=number) for number in range(8)}
    board.set(7, days[6], Status="Backlog")
    board.set(7, days[5], Status="In progress", Estimate=3)
    board.set(7, days[4], Status="In review")
    board.stage.github_state.edit(REPOSITORY, 7, at=days[3], by="noor", state="closed")
    items, _, batches = board.read(None)
    found = changes(batches, items[7])
    assert [(c.before, c.after) for c in found if c.field is Field.STATUS] == [
        ("open", "Backlog"),
        ("Backlog", "In progress"),
        ("In progress", "In review"),
        ("In review", "closed"),
    ]
    assert [(c.at, c.after) for c in found if c.field is Field.CATEGORY] == [
        (days[5], "doing"),
        (days[4], "todo"),
        (days[3], "done"),
    ]
    facts = Facts({("github", items[7].id): History(items[7], tuple(found))})
    ((past,),) = [[h.item for h in as_of(facts, when).histories.values()] for when in [days[5] + timedelta(hours=1)]]
    assert (past.status, past.category) == ("In progress", StatusCategory.DOING)


def test_an_edit_in_the_project_is_read_though_the_issue_does_not_move(board: Board) -> None:
    board.set(7, MONDAY - timedelta(days=1), Status="Backlog")
    _, cursor, _ = board.read(None)
    board.stage.github.journal.clear()
    items, cursor, _ = board.read(cursor)
    assert items == {}
    assert board.requests() == 2, "idle: what is new in the repositories, and in the project"
    board.stage.clock.advance(timedelta(hours=1))
    board.set(7, MONDAY + timedelta(minutes=30), Status="In progress", Estimate=8)
    board.set(8, MONDAY + timedelta(minutes=31), Estimate=2)
    board.stage.github.journal.clear()
    items, cursor, _ = board.read(cursor)
    assert {number: item.points for number, item in items.items()} == {7: 8.0, 8: 2.0}
    assert items[7].category is StatusCategory.DOING
    assert board.requests() == 4, "idle, the list of the project, and the two issues"
    items, _, _ = board.read(cursor)
    assert items == {}


def test_two_edits_in_the_project_within_one_second_are_both_seen(board: Board) -> None:
    _, cursor, _ = board.read(None)
    at = MONDAY + timedelta(hours=1)
    board.stage.clock.set(at)
    board.set(7, at, Estimate=1)
    items, cursor, _ = board.read(cursor)
    assert items[7].points == 1
    board.set(7, at, Estimate=2)
    items, cursor, _ = board.read(cursor)
    assert items[7].points == 2
    board.stage.clock.advance(timedelta(minutes=1))
    _, cursor, _ = board.read(cursor)
    assert board.read(cursor)[0] == {}


def test_an_edit_in_the_project_waits_for_a_repository_that_cannot_be_read(board: Board) -> None:
    _, cursor, _ = board.read(None)
    board.stage.clock.advance(HOUR)
    board.set(7, MONDAY + HOUR, Estimate=5)
    board.stage.github_state.edit(REPOSITORY, 8, at=MONDAY + HOUR, by="noor", label="late")
    # The schema, the project and what is new come before the pages of the repository: 100, 50, 25, 12, 6, 5.
    board.stage.github.faults.add(Fault(path="/graphql", status=502, after=3, times=6))
    with pytest.raises(ConnectorError, match="502"):
        board.read(cursor)
    board.stage.github_state.add_repository("acme/other")
    settings = board.stage.settings.sources["github"]
    options = settings.options.model_copy(update={"repositories": (REPOSITORY, "acme/other")})
    board.stage.settings = replace(board.stage.settings, sources={"github": replace(settings, options=options)})
    board.stage.github.faults.add(Fault(path="/graphql", status=502, after=3, times=6))
    items, cursor, batches = board.read(cursor)
    assert list(batches[-1].unreadable) == [REPOSITORY]
    board.stage.clock.advance(HOUR)
    items, cursor, _ = board.read(cursor)
    assert items[7].points == 5


def test_what_left_the_project_is_as_github_has_it(board: Board) -> None:
    board.set(7, MONDAY - timedelta(days=1), Status="Shipped", Estimate=3)
    board.stage.github_state.unplace(board.project, REPOSITORY, 7, at=MONDAY - timedelta(hours=1), by="noor")
    items, _, batches = board.read(None)
    assert (items[7].status, items[7].category, items[7].points) == ("open", StatusCategory.TODO, None)
    assert [c.after for c in changes(batches, items[7]) if c.field is Field.CATEGORY] == ["done", "todo"]


def test_an_edit_while_the_project_is_first_read_is_found_by_the_next_pull(board: Board) -> None:
    for number in range(8, 300):
        board.stage.github_state.create(REPOSITORY, f"Task {number}", at=MONDAY - timedelta(days=1), by="dana")
    late = iter([False] * 5 + [True])

    def work_on(_exchange: Any) -> None:
        if next(late, False):
            board.set(1, MONDAY + timedelta(seconds=5), Estimate=13)

    board.stage.github.after = work_on
    first, cursor, _ = board.read(None)
    assert first[1].points is None, "it was read before the edit"
    board.stage.clock.advance(timedelta(minutes=15))
    assert board.read(cursor)[0][1].points == 13


def test_a_project_that_is_configured_anew_has_everything_read_again(board: Board) -> None:
    board.set(7, MONDAY - timedelta(days=1), Status="In review")
    _, cursor, _ = board.read(None)
    board.configure(status={"todo": ["Backlog"], "doing": ["In progress", "In review"], "done": ["Shipped"]})
    items, _, _ = board.read(cursor)
    assert len(items) == 8
    assert items[7].category is StatusCategory.DOING


def test_a_field_of_another_kind_is_told_and_counts_as_not_set(board: Board) -> None:
    board.project.fields |= {"Estimate": ["3", "5"], "Target date": "text"}
    board.set(7, MONDAY - timedelta(days=1), Estimate="5", Target_date="soon", Status="Backlog")
    items, _, _ = board.read(None)
    assert (items[7].points, items[7].due) == (None, items[8].due)
    texts = {f.text for f in board.source.probe.check() if f.level is Level.WARNING}
    assert texts == {
        "the field 'Estimate' is a single select, but points needs a number; its values are passed over",
        "the field 'Target date' is a text, but target needs a date; its values are passed over",
        "the option 'in review' of 'Status' has no meaning yet; put it under todo, doing, done or cancelled",
    }


def test_a_project_that_cannot_be_read_stops_the_source_and_says_what_is_missing(board: Board) -> None:
    """Without it, every status would be guessed."""
    board.project.hidden = True
    with pytest.raises(ConnectorError, match=r"project.*acme/1.*read:project"):
        board.read(None)
    assert any("acme/1" in f.text and f.level is Level.ERROR for f in board.source.probe.check())


def test_a_server_without_graphql_has_no_projects(board: Board) -> None:
    board.stage.github.faults.add(Fault(path="/graphql", status=404))
    with pytest.raises(ConnectorError, match="`project` needs GraphQL"):
        board.read(None)


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ({"todo": ["New"], "done": ["new"]}, "given twice: new"),
        ({"field": "Status"}, "say what the options mean"),
    ],
)
def test_meanings_that_make_no_sense_are_refused(status: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        GithubProject.model_validate({**OPTIONS, "status": status})


def test_a_field_edited_in_the_project_is_activity_and_the_agents_own_comment_is_not(board: Board) -> None:
    board.set(7, MONDAY - timedelta(days=1), Status="In progress")
    stage = board.stage
    stage.cycle()
    stage.github_state.comment(REPOSITORY, 7, "A word", at=MONDAY + timedelta(hours=1), by="dana")
    stage.cycle(timedelta(hours=2))
    board.set(7, MONDAY + timedelta(hours=3), Estimate=3)
    stage.cycle(timedelta(hours=2))

    def item() -> WorkItem:
        with stage.store.read() as connection:
            return {h.item.key: h.item for h in load_facts(connection).histories.values()}[f"{REPOSITORY}#7"]

    assert (item().points, item().active) == (3, MONDAY + timedelta(hours=1)), "an estimate is no work"
    board.set(7, MONDAY + timedelta(hours=5), **{"Target date": "2026-12-01"})
    stage.cycle(timedelta(hours=2))
    assert item().active == MONDAY + timedelta(hours=5)
