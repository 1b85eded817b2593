"""What was renamed, moved or written otherwise than histories have it: followed by its id, and named."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync_agent.model import Assessment, SignalKind
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre

WEEK, DAY, HOUR = timedelta(weeks=1), timedelta(days=1), timedelta(hours=1)
AFTER_START = MONDAY - 4 * DAY


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


def judged(stage: Theatre, delivers: str = "", later: timedelta = timedelta(hours=1)) -> Assessment:
    if delivers:
        (stage.directory / "goals" / "goals.yaml").write_text(
            "goals:\n  - id: pay\n    objective: Pay by card\n    owner: dana\n"
            f"    period: {{start: {MONDAY - 3 * WEEK:%F}, due: 2026-12-31}}\n"
            f"    key_results:\n      - {{id: all, title: All, delivers: {delivers}}}\n"
        )
        stage.reload()
    proposal = stage.cycle(later).proposal
    assert proposal
    return proposal.assessments[0]


def sprint(name: str, number: int = 12, form: str = "object") -> Any:
    if form == "text":
        inside = f"id={number},rapidViewId=5,state=ACTIVE,name={name},startDate=<null>,endDate=<null>,sequence={number}"
        return f"com.atlassian.greenhopper.service.sprint.Sprint@1a2b[{inside}]"
    return {"id": number, "name": name, "state": "active"}


def _growth(found: Assessment) -> tuple[int, int, int]:
    assert found.scope
    return found.scope.total, found.scope.added, found.scope.removed


def _ten(stage: Theatre) -> list[str]:
    """Ten stories from before the period; four were in from the start, six came when it was planned."""
    return [stage.jira_state.create("PLAT", "Story", f"Part {n}", at=MONDAY - 5 * WEEK, by="dana") for n in range(10)]


@pytest.mark.parametrize("form", ["object", "text"])
@pytest.mark.parametrize("name", ["Payment", "Q4, Sprint 7", "Q4, Sprint 7, part 2"])
def test_a_renamed_sprint_keeps_its_history(stage: Theatre, form: str, name: str) -> None:
    for number, key in enumerate(_ten(stage)):
        at = MONDAY - 4 * WEEK if number < 4 else AFTER_START
        old = [sprint("Sprint 7", form=form), sprint("Early, bird", 13, form=form)]
        stage.jira_state.edit(key, at=at, by="noor", sprint=old)
    for raw in stage.jira_state.issues.values():
        for field, value in raw["fields"].items():
            if isinstance(value, list) and value and "Sprint 7" in str(value):
                raw["fields"][field] = [sprint(name, form=form)]
    assert _growth(judged(stage, f'{{source: jira, sprint: "{name}"}}')) == (10, 6, 0)


def test_a_sprint_that_is_renamed_while_the_agent_runs_keeps_its_history(stage: Theatre) -> None:
    keys = _ten(stage)
    for number, key in enumerate(keys):
        at = MONDAY - 4 * WEEK if number < 4 else AFTER_START
        stage.jira_state.edit(key, at=at, by="noor", sprint=[sprint("Sprint 7")])
    assert _growth(judged(stage, "{source: jira, sprint: Sprint 7}")) == (10, 6, 0)
    for key in keys:
        fields = stage.jira_state.issue(key)["fields"]
        fields.update({name: [sprint("Payment")] for name, value in fields.items() if "Sprint 7" in str(value)})
    found = judged(stage, later=2 * DAY)
    assert _growth(found) == (10, 6, 0), "by its former name"
    (told,) = (each for each in found.signals if each.kind is SignalKind.RENAMED)
    assert told.headline == "sprint Sprint 7 is called Payment now"
    assert _growth(judged(stage, "{source: jira, sprint: Payment}")) == (10, 6, 0)


def test_a_renamed_version_keeps_its_history(stage: Theatre) -> None:
    for number, key in enumerate(_ten(stage)):
        at = MONDAY - 4 * WEEK if number < 4 else AFTER_START
        stage.jira_state.edit(key, at=at, by="noor", fixVersions=["2.0"])
    stage.jira_state.named["fixVersions"]["2.0"]["name"] = "2026.10"
    found = judged(stage, '{source: jira, fix_version: "2026.10"}')
    assert _growth(found) == (10, 6, 0)
    old = judged(stage, '{source: jira, fix_version: "2.0"}')
    assert _growth(old) == (10, 6, 0)
    assert [each.headline for each in old.signals if each.kind is SignalKind.RENAMED] == [
        "fix version 2.0 is called 2026.10 now in PLAT"
    ]


def test_people_of_a_data_center_are_known_by_their_keys(tmp_path: Path) -> None:
    with theatre(tmp_path, kind="server") as stage:
        stage.jira_state.users["noor"] |= {"key": "JIRAUSER10100"}
        for number, key in enumerate(_ten(stage)):
            at = MONDAY - 4 * WEEK if number < 4 else AFTER_START
            stage.jira_state.edit(key, at=at, by="noor", assignee="noor")
            for entry in stage.jira_state.issue(key)["changelog"]["histories"][-1]["items"]:
                entry["to"] = "JIRAUSER10100"
        assert _growth(judged(stage, "{source: jira, project: PLAT, assignee: noor}")) == (10, 6, 0)


def test_a_moved_epic_is_followed_and_named(stage: Theatre) -> None:
    state = stage.jira_state
    epic = state.create("PLAT", "Epic", "Pay", at=MONDAY - 5 * WEEK, by="dana")
    for number, key in enumerate(_ten(stage)):
        state.edit(key, at=MONDAY - 4 * WEEK if number < 4 else AFTER_START, by="noor", parent=epic)
    moved = state.move(epic, "SHOP", at=MONDAY - DAY, by="dana")
    for raw in state.issues.values():
        if raw["fields"]["parent"] == epic:
            raw["fields"]["parent"] = moved
    found = judged(stage, f"{{source: jira, epic: {epic}}}")
    assert _growth(found) == (10, 6, 0)
    (told,) = (each for each in found.signals if each.kind is SignalKind.RENAMED)
    assert told.headline == f"epic {epic} is called {moved} now"


def test_an_epic_that_moved_out_of_what_is_read_is_followed_and_named(stage: Theatre) -> None:
    state = stage.jira_state
    state.add_project("ELSE", "Elsewhere")
    epic = state.create("PLAT", "Epic", "Pay", at=MONDAY - 5 * WEEK, by="dana")
    for number, key in enumerate(_ten(stage)):
        state.edit(key, at=MONDAY - 4 * WEEK if number < 4 else AFTER_START, by="noor", parent=epic)
    assert _growth(judged(stage, f"{{source: jira, epic: {epic}}}")) == (10, 6, 0)
    moved = state.move(epic, "ELSE", at=stage.clock.now(), by="dana")
    for raw in state.issues.values():
        if raw["fields"]["parent"] == epic:
            raw["fields"]["parent"] = moved
    found = judged(stage, later=2 * DAY)
    assert _growth(found) == (10, 6, 0)
    (told,) = (each for each in found.signals if each.kind is SignalKind.RENAMED)
    assert told.headline == f"epic {epic} is called {moved} now"
    assert "write that, and let jira read where it lies, too" in told.evidence[0].text


def test_a_renamed_milestone_keeps_its_history_and_is_named(stage: Theatre) -> None:
    hub = stage.github_state
    for number in range(6):
        made = hub.create(REPOSITORY, f"New {number}", at=MONDAY - 5 * WEEK, by="noor")
        hub.edit(REPOSITORY, made, at=AFTER_START, by="noor", milestone="Search")
    hub.milestones[REPOSITORY, "Search"]["title"] = "Find"
    found = judged(stage, "{source: github, repo: acme/shop, milestone: Find}")
    assert _growth(found) == (14, 6, 0)
    old = judged(stage, "{source: github, repo: acme/shop, milestone: Search}")
    assert _growth(old) == (14, 6, 0)
    assert [each.headline for each in old.signals if each.kind is SignalKind.RENAMED] == [
        "milestone Search is called Find now"
    ]


def test_a_label_that_is_renamed_while_the_agent_runs_is_named(stage: Theatre) -> None:
    hub = stage.github_state
    for number in range(1, 9):
        hub.edit(REPOSITORY, number, at=MONDAY - 4 * WEEK, by="noor", label="pay")
    assert _growth(judged(stage, "{source: github, repo: acme/shop, label: pay}")) == (8, 0, 0)
    for (_, name), label in hub.labels.items():
        if name == "pay":
            label["name"] = "payment"
    for number in range(1, 9):
        for event in hub.repositories[REPOSITORY][number].events:
            if event.get("label", {}).get("name") == "pay":
                event["label"]["name"] = "payment"
    found = judged(stage, later=2 * DAY)
    assert _growth(found) == (8, 0, 0)
    assert [each.headline for each in found.signals if each.kind is SignalKind.RENAMED] == [
        "label pay is called payment now"
    ]


def test_a_label_that_is_renamed_in_one_repository_keeps_its_name_in_another(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        hub = stage.github_state
        hub.add_repository("acme/web")
        file = stage.directory / "sync-agent.yaml"
        file.write_text(file.read_text().replace("[acme/shop]", "[acme/shop, acme/web]"))
        for number in range(1, 9):
            hub.edit(REPOSITORY, number, at=MONDAY - 4 * WEEK, by="noor", label="pay")
        for label in ("pay", "pay", "payment"):
            hub.create("acme/web", label, at=MONDAY - 4 * WEEK, by="noor", labels=[label])
        both = "{source: github, label: pay}"
        assert _growth(judged(stage, both)) == (10, 0, 0)
        hub.labels[REPOSITORY, "pay"]["name"] = "payment"
        for number in range(1, 9):
            for event in hub.repositories[REPOSITORY][number].events:
                if event.get("label", {}).get("name") == "pay":
                    event["label"]["name"] = "payment"
        found = judged(stage, later=2 * DAY)
        assert _growth(found) == (10, 0, 0), "without what is called payment elsewhere"
        assert [each.headline for each in found.signals if each.kind is SignalKind.RENAMED] == [
            "label pay is called payment now in acme/shop"
        ]
        hub.edit("acme/web", 1, at=stage.clock.now(), by="noor", body="It goes on.")
        assert _growth(judged(stage, later=HOUR)) == (10, 0, 0), "though the old name is in use elsewhere"


def test_a_version_that_is_renamed_in_one_project_keeps_its_name_in_another(stage: Theatre) -> None:
    state = stage.jira_state
    for number, key in enumerate(_ten(stage)):
        at = MONDAY - 4 * WEEK if number < 4 else AFTER_START
        state.edit(key, at=at, by="noor", fixVersions=["2.0"])
    state.named["fixVersions"].pop("2.0")["name"] = "2026.10"
    for key, version in (("SHOP-8", "2.0"), ("SHOP-9", "2026.10")):  # Other versions, of another project.
        state.edit(key, at=MONDAY - 4 * WEEK, by="noor", fixVersions=[version])
    assert _growth(judged(stage, '{source: jira, fix_version: "2.0"}')) == (11, 6, 0)
