"""What counts as done, through the real stack: cancelled work, history that nobody can explain any more, mass moves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.evaluate import as_of
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.team import team_past
from sync_agent.model import Assessment, Health, SignalKind, StatusCategory, WorkItem
from sync_agent.sandbox.jira.state import stamp
from sync_agent.store.facts.facts import load_facts
from tests.support.theatre import MONDAY, REPOSITORY, TOKENS, Theatre, theatre

WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
TEN = [f"SHOP-{number}" for number in range(2, 12)]


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


def judged(stage: Theatre, goal: str = "checkout", later: timedelta = timedelta(0)) -> Assessment:
    proposal = stage.cycle(later).proposal
    assert proposal
    return next(found for found in proposal.assessments if found.goal == goal)


def configured(stage: Theatre, **options: str) -> None:
    """Options of the source jira, as YAML."""
    file = stage.directory / "sync-agent.yaml"
    more = "".join(f"    {name}: {value}\n" for name, value in options.items())
    file.write_text(file.read_text().replace("    type: jira\n", f"    type: jira\n{more}"))
    stage.reload()


def items(stage: Theatre) -> dict[str, WorkItem]:
    with stage.store.read() as connection:
        return {h.item.key: h.item for h in load_facts(connection).histories.values()}


def online(stage: Theatre) -> str:
    command = ["--config", str(stage.directory), "validate", "--online"]
    return CliRunner().invoke(main, command, env=TOKENS, catch_exceptions=False).output


@pytest.mark.parametrize(
    ("status", "resolution"),
    [
        ("Cancelled", "Done"),
        ("Cancelled", None),
        ("ＣＡＮＣＥＬＬＥＤ", "Done"),
        ("Abgebrochen", "Erledigt"),
        ("已取消", None),
        ("Done", "Wird nicht erledigt"),
        ("Done", "Duplikat"),
        ("Closed", "不做"),
        ("Done", "Works as Designed"),
        ("Resolved", "Not Reproducible"),
        ("Done", "Won\u2019t Do"),
        ("Done", "WON\u02bcT FIX"),
        ("Fertig", "Ne sera pas corrigé"),
        ("Deferred to Q3", "Done"),
        ("Done", "Rolled Back"),
        ("Ueberholt", "Erledigt"),
        ("キャンセル済(み)", None),
    ],
)
def test_a_goal_all_of_whose_work_was_cancelled_is_not_done(
    tmp_path: Path, status: str, resolution: str | None
) -> None:
    with theatre(tmp_path, kind="server" if resolution else "cloud") as stage:
        stage.jira_state.add_status(status, "done")
        for key in TEN:
            stage.jira_state.edit(key, at=MONDAY - DAY, by="noor", status=status, resolution=resolution)
        found = judged(stage)
    assert found.health is Health.UNKNOWN
    assert found.progress is None
    assert found.key_results[0].detail == "all its work was cancelled (10 items)"
    (signal,) = (each for each in found.signals if each.kind is SignalKind.NO_SCOPE)
    assert signal.questions == ("Is “New flow shipped” still wanted? If so, which work delivers it now?",)


def test_a_status_without_a_category_is_what_its_name_or_a_resolution_says(stage: Theatre) -> None:
    for key, status in zip(TEN[5:], ("Storniert", "Erledigt", "Im Keller", "Im Archiv", "Zurückgestellt"), strict=True):
        stage.jira_state.add_status(status, "undefined")
        stage.jira_state.edit(key, at=MONDAY - DAY, by="noor", status=status)
    stage.jira_state.issue(TEN[7])["fields"]["resolution"] = {"id": "1", "name": "Done"}
    stage.cycle()
    read = items(stage)
    assert [read[key].category.value for key in TEN[5:]] == ["cancelled", "done", "done", "todo", "todo"]
    said = " ".join(online(stage).split())
    assert "status 'Storniert' has no category in Jira: by its name it counts as cancelled; give it a category" in said
    assert "'Im Archiv' has no category in Jira: by its name it counts as todo, and as closed where an issue" in said
    configured(stage, statuses="{Zurückgestellt: cancelled}")
    assert "'Zurückgestellt' has no category" not in online(stage)


def test_what_was_cancelled_leaves_the_scope_on_that_day_and_is_no_pace(stage: Theatre) -> None:
    stage.jira_state.add_status("Cancelled", "done")
    for key in TEN[5:9]:
        stage.jira_state.edit(key, at=MONDAY - WEEK, by="noor", status="Cancelled")
    found = judged(stage)
    assert found.key_results[0].detail == "5 of 6 items"
    assert found.scope
    assert found.scope.total == 6
    with stage.store.read() as connection:
        facts = load_facts(connection)
    before = as_of(facts, MONDAY - WEEK - DAY).histories.values()
    assert not any(history.item.cancelled for history in before)
    past = team_past([h for h in facts.histories.values() if h.item.container == "SHOP"], Calendar("UTC", None), MONDAY)
    assert sum(past.delivered.values()) == 5


def test_the_configuration_has_the_last_word(stage: Theatre) -> None:
    stage.jira_state.add_status("Cancelled", "done")
    stage.jira_state.add_status("Verworfen, doch gebaut", "done")
    for key, status, resolution in (
        (TEN[5], "Cancelled", "Done"),
        (TEN[6], "Done", "Duplicate"),
        (TEN[7], "Done", "Overruled"),
        (TEN[8], "Verworfen, doch gebaut", "Done"),
        (TEN[9], "Done", "Parked"),
    ):
        stage.jira_state.edit(key, at=MONDAY - WEEK, by="noor", status=status, resolution=resolution)
    configured(
        stage,
        statuses='{cancelled: done, "Verworfen, doch gebaut": cancelled}',
        resolutions="{Duplicate: done, overruled: cancelled, Parked: todo}",
    )
    stage.cycle()
    counts = [items(stage)[key].category for key in TEN[5:]]
    done, cancelled = StatusCategory.DONE, StatusCategory.CANCELLED
    assert counts == [done, done, cancelled, cancelled, StatusCategory.TODO]


def test_a_cancelled_blocker_blocks_nothing(stage: Theatre) -> None:
    stage.jira_state.add_status("Cancelled", "done")
    blocker = stage.jira_state.create("PLAT", "Story", "Gate", at=MONDAY - 4 * WEEK, by="dana")
    stage.jira_state.edit(TEN[6], at=MONDAY - 3 * WEEK, by="noor", status="In Progress", blocked_by=blocker)
    assert any(signal.subject == blocker for signal in judged(stage).signals)
    stage.jira_state.edit(blocker, at=stage.clock.now(), by="noor", status="Cancelled", resolution=None)
    assert not any(signal.subject == blocker for signal in judged(stage, later=timedelta(hours=1)).signals)


def test_issues_of_github_closed_as_not_planned_or_duplicate_are_cancelled(stage: Theatre) -> None:
    for number, reason in ((7, "not_planned"), (8, "duplicate")):
        stage.github_state.edit(REPOSITORY, number, at=MONDAY - DAY, by="noor", state="closed", reason=reason)
    declined = stage.github_state.create(
        REPOSITORY, "Try", at=MONDAY - 2 * DAY, by="noor", pull=True, milestone="Search"
    )
    stage.github_state.edit(REPOSITORY, declined, at=MONDAY - DAY, by="noor", state="closed")
    found = judged(stage, "search")
    assert found.key_results[0].detail == "6 of 6 items"
    assert found.scope
    assert found.scope.total == 6


def _old(stage: Theatre, number: int, weeks: int) -> str:
    return stage.jira_state.create("PLAT", "Story", f"Old {number}", at=MONDAY - weeks * WEEK, by="dana")


def test_a_status_that_was_deleted_finishes_nothing_on_the_day_of_the_migration(stage: Theatre) -> None:
    """Sixty old items: closed long ago in a status that is gone, moved to Done by an admin within a minute."""
    state = stage.jira_state
    state.add_status("Closed (old)", "done")
    keys = [_old(stage, number, 60) for number in range(60)]
    for number, key in enumerate(keys):
        at = MONDAY - 50 * WEEK + number * DAY
        state.edit(key, at=at, by="noor", status="Closed (old)", resolution="Done" if number % 2 else None)
    for number, key in enumerate(keys):
        state.edit(
            key,
            at=MONDAY - WEEK + timedelta(seconds=number),
            by="dana",
            status="Done",
            resolution="Done" if number % 2 else None,
        )
    state.delete_status("Closed (old)")
    stage.cycle()
    found = [items(stage)[key] for key in keys]
    assert all(item.done for item in found)
    assert not any(item.finished and item.finished > MONDAY - 2 * WEEK for item in found)
    assert all(item.finished for number, item in enumerate(found) if number % 2)
    stage.cycle(2 * DAY)  # Everything is read again, and nothing changes.
    assert [items(stage)[key] for key in keys] == found


def test_an_unknown_status_is_named_online_and_logged_once(
    stage: Theatre, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.jira_state.add_status("Legacy", "indeterminate")
    stage.jira_state.edit(TEN[9], at=MONDAY - 3 * WEEK, by="noor", status="Legacy")
    stage.jira_state.edit(TEN[9], at=MONDAY - 2 * WEEK, by="noor", status="In Progress")
    stage.jira_state.delete_status("Legacy")
    assert "status 'Legacy' is in histories" in online(stage)
    with stage.store.read() as connection:
        assert not load_facts(connection).histories
    stage.cycle()
    with stage.store.read() as connection:
        (history,) = (h for h in load_facts(connection).histories.values() if h.item.key == TEN[9])
    moves = [(c.before, c.after) for c in history.changes if c.field.value == "category"]
    assert moves in ([("todo", "doing")], [])


def test_imported_items_are_not_finished_on_the_day_a_bot_labelled_them(stage: Theatre) -> None:
    """Without a date of resolution nothing tells when; the day is not made up, and that is said."""
    imported = [
        stage.jira_state.create(
            "SHOP", "Story", f"Import {n}", at=MONDAY - 4 * WEEK, by="dana", parent="SHOP-1", status="Done",
            statuscategorychangedate=None, resolutiondate=stamp(MONDAY - 30 * WEEK) if n == 0 else None,
        )
        for n in range(5)
    ]  # fmt: skip
    for key in imported:
        stage.jira_state.edit(key, at=MONDAY - DAY, by="bot", labels=["imported"])
    found = judged(stage)
    assert [items(stage)[key].finished for key in imported[1:]] == [None] * 4
    assert "4 items done on unknown days and left out of the pace" in found.key_results[0].detail


def test_what_an_import_made_closed_is_no_work_of_that_day(stage: Theatre) -> None:
    """Cloud gives a category's date to what was made closed, too: that of the import."""
    keys = [
        stage.jira_state.create("PLAT", "Story", f"Import {n}", at=MONDAY - DAY, by="dana", status="Done")
        for n in range(30)
    ]
    stage.cycle()
    assert {(items(stage)[key].done, items(stage)[key].finished) for key in keys} == {(True, None)}


def test_sixty_items_of_a_renamed_status_are_no_work_however_they_are_read(stage: Theatre) -> None:
    keys = [_old(stage, number, 30) for number in range(60)]
    for number, key in enumerate(keys):
        begun = MONDAY - 20 * WEEK + number * timedelta(hours=7)
        stage.jira_state.edit(key, at=begun, by="noor", status="In Progress")
    stage.cycle()
    moved = stage.clock.now() + timedelta(minutes=5)
    for number, key in enumerate(keys):
        at = moved + timedelta(milliseconds=900 * number)
        stage.jira_state.edit(key, at=at, by="dana", status="Done", resolution=None)
    stage.cycle(timedelta(hours=1))
    assert {items(stage)[key].finished for key in keys} == {None}
    stage.jira_state.edit(keys[0], at=stage.clock.now(), by="bot", labels=["seen"])
    stage.cycle(timedelta(hours=1))
    assert items(stage)[keys[0]].finished is None


def test_a_real_big_day_with_resolutions_is_work(stage: Theatre) -> None:
    keys = [_old(stage, number, 30) for number in range(30)]
    for number, key in enumerate(keys):
        stage.jira_state.edit(key, at=MONDAY - DAY + timedelta(seconds=number), by="dana", status="Done")
    stage.cycle()
    assert {items(stage)[key].finished.date() for key in keys if items(stage)[key].finished} == {  # type: ignore[union-attr]
        (MONDAY - DAY).date()
    }


def test_resolutions_that_are_set_long_afterwards_move_nothing(stage: Theatre) -> None:
    key = _old(stage, 1, 30)
    stage.jira_state.edit(key, at=MONDAY - 20 * WEEK, by="noor", status="Done", resolution=None)
    stage.jira_state.edit(key, at=MONDAY - DAY, by="dana", status="Done", resolution="Done")
    stage.cycle()
    assert items(stage)[key].finished == MONDAY - 20 * WEEK


def test_validate_online_says_how_what_is_closed_counts(stage: Theatre) -> None:
    stage.jira_state.add_status("Cancelled", "done")
    stage.jira_state.add_status("Weggelegt", "done")
    stage.jira_state.add_status("Abgebrochen", "indeterminate")
    stage.jira_state.add_status("Rejected", "new")
    stage.jira_state.add_status("On hold", "new")
    for key, status, resolution in (
        (TEN[3], "On hold", None),
        (TEN[4], "Abgebrochen", None),
        (TEN[5], "Cancelled", None),
        (TEN[6], "Weggelegt", "Done"),
        (TEN[7], "Done", "Duplicate"),
        (TEN[8], "Done", "Kein Budget"),
    ):
        stage.jira_state.edit(key, at=MONDAY - WEEK, by="noor", status=status, resolution=resolution)
    said = " ".join(online(stage).split())
    assert "status 'Done': counts as done" in said
    assert "status 'Cancelled': counts as cancelled" in said
    assert "status 'Weggelegt' is not known and counts as done; if it means cancelled, say so" in said
    assert "status 'Abgebrochen' is of a category that is not done and counts as doing; if it means cancelled" in said
    assert "Rejected" not in said, "which nothing has"
    assert "On hold" not in said, "where work goes on, that is no end"
    assert "resolution 'Duplicate': counts as cancelled" in said
    assert "resolutions: {Kein Budget: cancelled}" in said
    assert "not_planned, duplicate, declined: counts as cancelled" in said


def goals(stage: Theatre, text: str) -> None:
    """One goal, with these lines as its key result."""
    (stage.directory / "goals" / "goals.yaml").write_text(
        f"""goals:
  - id: checkout
    objective: Checkout feels instant
    owner: dana
    period: {{start: 2026-09-01, due: 2026-12-31}}
    key_results:
      - id: flow
        title: New flow shipped
        {text}
"""
    )
    stage.reload()


def said(stage: Theatre, text: str) -> str:
    goals(stage, text)
    return judged(stage, later=timedelta(hours=1)).key_results[0].detail


def test_sub_tasks_are_not_counted_beside_their_story(stage: Theatre) -> None:
    state = stage.jira_state
    epic = state.create("PLAT", "Epic", "Payments", at=MONDAY - 4 * WEEK, by="dana")
    first, second = (
        state.create("PLAT", "Story", f"Story {n}", at=MONDAY - 4 * WEEK, by="dana", parent=epic, points=8)
        for n in range(2)
    )
    state.edit(first, at=MONDAY - WEEK, by="noor", status="Done")
    for number in range(6):
        task = state.create("PLAT", "Sub-task", f"Part {number}", at=MONDAY - 3 * WEEK, by="dana", parent=second)
        state.edit(task, at=MONDAY - WEEK, by="noor", status="Done")
    assert said(stage, "delivers: {source: jira, epic: PLAT-1}\n        measure: points") == "8 of 16 points"
    assert said(stage, "delivers: {source: jira, epic: PLAT-1}") == "1 of 2 items"
    assert said(stage, "delivers: {source: jira, epic: PLAT-1}\n        count: leaves") == "7 of 7 items"


@pytest.mark.parametrize("kind", ["Feature", "エピック", "Epic"])
def test_what_holds_stories_steps_aside_whatever_it_is_called(stage: Theatre, kind: str) -> None:
    state = stage.jira_state
    holder = state.create("PLAT", kind, "Payments", at=MONDAY - 4 * WEEK, by="dana")
    for number in range(4):
        story = state.create("PLAT", "Story", f"Story {number}", at=MONDAY - 4 * WEEK, by="dana", parent=holder)
        state.edit(story, at=MONDAY - WEEK, by="noor", status="Done")
    assert said(stage, "delivers: {source: jira, project: PLAT}") == "4 of 4 items"


def test_points_of_zero_or_less_are_no_estimate(stage: Theatre) -> None:
    state = stage.jira_state
    keys = [
        state.create("PLAT", "Story", f"Story {points}", at=MONDAY - 4 * WEEK, by="dana", points=points)
        for points in (5, -1, -1)
    ]
    state.edit(keys[0], at=MONDAY - WEEK, by="noor", status="Done")
    text = "delivers: {source: jira, project: PLAT}\n        measure: points"
    assert said(stage, text) == (
        "5 of 15 points, 2 items without an estimate counted as 5 each (2 of them with zero or negative points)"
    )
    for key in keys:
        state.edit(key, at=MONDAY - DAY, by="noor", points=0)
    assert said(stage, text).startswith("1 of 3 points, 3 items without an estimate")


def test_parents_of_github_step_aside_for_their_children(stage: Theatre) -> None:
    hub = stage.github_state
    hub.add_milestone(REPOSITORY, "Tree", MONDAY + 10 * WEEK)
    for _ in range(2):
        parent = hub.create(REPOSITORY, "Parent", at=MONDAY - 4 * WEEK, by="noor", milestone="Tree")
        for number in range(5):
            leaf = hub.create(
                REPOSITORY, f"Leaf {number}", at=MONDAY - 4 * WEEK, by="noor", milestone="Tree", parent=parent
            )
            if number % 2 or _:
                hub.edit(REPOSITORY, leaf, at=MONDAY - WEEK, by="noor", state="closed")
    assert said(stage, "delivers: {source: github, repo: acme/shop, milestone: Tree}") == "7 of 10 items"


def test_a_pull_request_that_closes_an_item_of_the_scope_is_not_scope(stage: Theatre) -> None:
    hub = stage.github_state
    hub.add_milestone(REPOSITORY, "Pulls", MONDAY + 10 * WEEK)
    for number in range(6):
        issue = hub.create(REPOSITORY, f"Issue {number}", at=MONDAY - 4 * WEEK, by="noor", milestone="Pulls")
        text = (f"Closes #{issue}", f"It fixes: {REPOSITORY}#{issue}.")
        hub.create(REPOSITORY, "Work", at=MONDAY - WEEK, by="dana", pull=True, milestone="Pulls", body=text[number % 2])
    alone = hub.create(REPOSITORY, "By itself", at=MONDAY - WEEK, by="dana", pull=True, milestone="Pulls")
    assert alone
    text = "delivers: {source: github, repo: acme/shop, milestone: Pulls"
    assert said(stage, text + "}") == "0 of 7 items"
    found = judged(stage)
    assert not any(signal.kind is SignalKind.UNOWNED for signal in found.signals)
    assert said(stage, text + ", kind: pull_request}") == "0 of 7 items"
    assert said(stage, text + ", kind: issue}") == "0 of 6 items"


def test_a_pull_request_named_after_an_issue_of_jira_is_not_scope_beside_it(stage: Theatre) -> None:
    stage.github_state.create(
        REPOSITORY, "SHOP-8: Pay by card", at=MONDAY - WEEK, by="dana", pull=True, milestone="Search"
    )
    both = "[{source: jira, epic: SHOP-1}, {source: github, repo: acme/shop, milestone: Search}]"
    assert said(stage, f"delivers: {both}") == "11 of 18 items"
