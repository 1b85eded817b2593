"""Labels, fields, problem issues and project statuses: there while they are true, gone afterwards, and never a fact."""

import threading
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from connectors.contract import Limit
from sync_agent.config import installed_connectors
from sync_agent.outbox import revive
from sync_agent.outbox.lane import Lane
from sync_agent.outbox.tracker import LABEL_KINDS
from sync_agent.sandbox.core import Exchange, Fault
from sync_agent.store.engine import schema
from sync_agent.store.facts.facts import load_facts
from sync_agent.store.outbox.rows import Row, RowState, load_rows
from sync_agent.world import open_world
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre, words
from tests.support.trackers.tracker_labels import show

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LABELS = "labels: {on_track: goal-fine, at_risk: goal-at-risk, off_track: goal-off-track, blocked: goal-blocked}"
FIELD = "field: {name: Goal status}"
PROBLEMS = "problems: {project: PLAT}"
HUB_PROBLEMS = "problems: {repository: acme/shop}"
PROJECTS = "projects: [{owner: acme, number: 1, goals: [search]}]"


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


@pytest.fixture
def cloudy(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def block(stage: Theatre, key: str = "SHOP-8", days: int = 9) -> None:
    at = stage.clock.now() - days * DAY
    stage.jira_state.edit(key, at=at, by="noor", status="Blocked", assignee="noor")


def free(stage: Theatre, key: str = "SHOP-8") -> None:
    stage.jira_state.edit(key, at=stage.clock.now(), by="noor", status="Done")


def block_hub(stage: Theatre) -> None:
    at = stage.clock.now() - 9 * DAY
    stage.github_state.edit(REPOSITORY, 7, at=at, by="noor", assignee="noor", labels=["blocked"])


def labels(stage: Theatre, key: str = "SHOP-1") -> set[str]:
    return set(stage.jira_state.issue(key)["fields"]["labels"])


def hub_labels(stage: Theatre, number: int = 1) -> set[str]:
    return {label["name"] for label in stage.github_state.repositories[REPOSITORY][number].record["labels"]}


def problem(stage: Theatre) -> list[str]:
    return [key for key in (f"PLAT-{n}" for n in range(1, 9)) if key in stage.jira_state._keys]


def hub_problems(stage: Theatre) -> list[int]:
    threads = stage.github_state.repositories[REPOSITORY].values()
    return [t.number for t in threads if str(t.record["body"]).startswith("<!-- goal-sync-agent:problem/")]


def changed(stage: Theatre) -> list[Exchange]:
    """What the last cycle wrote."""
    both = (*stage.jira.journal.exchanges, *stage.github.journal.exchanges)
    writes = [e for e in both if e.method in ("POST", "PUT", "PATCH", "DELETE")]
    return [e for e in writes if not e.path.endswith(("/search", "/search/jql", "/bulkfetch", "/graphql"))]


def to_ops(stage: Theatre) -> list[str]:
    """The mails to those who run the agent, each on one line."""
    return [" ".join(m.get_body(("plain",)).get_content().split()) for m in stage.mails_to("ops@example.org")]


def status_of(stage: Theatre, goal: str) -> object:
    report = stage.cycle(HOUR)
    assert report.proposal
    return next(a for a in report.proposal.assessments if a.goal == goal)


def test_nothing_of_it_is_there_unless_it_is_wanted(cloudy: Theatre) -> None:
    block(cloudy)
    for _ in range(4):
        cloudy.cycle(HOUR)
    assert labels(cloudy) == set()
    assert problem(cloudy) == []


def test_labels_are_there_while_they_are_true(stage: Theatre) -> None:
    show(stage, LABELS, LABELS)
    block(stage)
    stage.jira_state.edit("SHOP-1", at=stage.clock.now() - DAY, by="dana", labels=["shop"])
    for _ in range(3):
        stage.cycle(HOUR)
    assert "goal-blocked" in labels(stage)
    free(stage)
    for _ in range(4):
        stage.cycle(HOUR)
    assert "goal-blocked" not in labels(stage)
    assert "shop" in labels(stage)
    show(stage)
    stage.cycle(HOUR)
    assert labels(stage) == {"shop"}
    stage.cycle(HOUR)
    assert not changed(stage)


def test_a_label_that_somebody_set_themselves_stays(cloudy: Theatre) -> None:
    cloudy.jira_state.edit("SHOP-1", at=cloudy.clock.now() - DAY, by="dana", labels=["goal-blocked"])
    show(cloudy, LABELS)
    block(cloudy)
    for _ in range(3):
        cloudy.cycle(HOUR)
    free(cloudy)
    for _ in range(4):
        cloudy.cycle(HOUR)
    assert "goal-blocked" in labels(cloudy)


def test_what_people_did_to_our_label_is_left_alone(stage: Theatre) -> None:
    show(stage, LABELS)
    block(stage)
    for _ in range(3):
        stage.cycle(HOUR)
    now = stage.clock.now()
    stage.jira_state.edit("SHOP-1", at=now, by="dana", labels=[])
    stage.jira_state.edit("SHOP-1", at=now + HOUR / 2, by="dana", labels=["goal-blocked"])  # Now it is hers.
    free(stage)
    for _ in range(4):
        stage.cycle(HOUR)
    assert labels(stage) & {"goal-blocked"} == {"goal-blocked"}


def test_the_field_follows_the_health_and_is_emptied_in_the_end(stage: Theatre) -> None:
    field = stage.jira_state.add_field("Goal status", options=["On track", "At risk", "Off track", "Done"])
    show(stage, FIELD)
    health = status_of(stage, "checkout").health.value  # type: ignore[attr-defined]
    found = stage.jira_state.issue("SHOP-1")["fields"][field]
    assert found["value"] == health.capitalize()
    show(stage)
    stage.cycle(HOUR)
    assert stage.jira_state.issue("SHOP-1")["fields"][field] is None


def test_a_value_that_somebody_chose_stays(cloudy: Theatre) -> None:
    field = cloudy.jira_state.add_field("Goal status", "string")
    cloudy.jira_state.edit("SHOP-1", at=cloudy.clock.now() - DAY, by="dana", **{field: "Ask Dana"})
    show(cloudy, FIELD)
    for _ in range(2):
        cloudy.cycle(HOUR)
    assert cloudy.jira_state.issue("SHOP-1")["fields"][field] == "Ask Dana"


def test_while_a_goal_is_unknown_its_marks_stay(cloudy: Theatre) -> None:
    show(cloudy, LABELS, LABELS.replace("}", "}, create_labels: true"))
    block(cloudy)
    for _ in range(3):
        cloudy.cycle(HOUR)
    before = labels(cloudy)
    cloudy.jira.faults.add(Fault(path="/search", status=503))
    for _ in range(4):
        cloudy.cycle(HOUR)
    assert labels(cloudy) == before != set()


def test_marks_are_no_activity_no_facts_and_no_news(stage: Theatre) -> None:
    stage.jira_state.add_field("Goal status", "string")
    show(stage, f"{LABELS}, {FIELD}, {PROBLEMS}", f"{LABELS}, create_labels: true, {HUB_PROBLEMS}")
    block(stage)
    block_hub(stage)
    stage.cycle()
    before = items(stage)
    for _ in range(4):
        stage.cycle(HOUR)
    assert "goal-blocked" in labels(stage)
    assert "goal-blocked" in hub_labels(stage)
    assert problem(stage)
    assert hub_problems(stage)
    stage.cycle(HOUR)
    assert not changed(stage)
    after = items(stage)
    assert after.keys() == before.keys()
    for key, (active, its_labels, changes) in after.items():
        assert active == before[key][0], key
        assert not [label for label in its_labels if label.startswith("goal-")]
        assert not [c for c in changes if str(c.before).startswith("goal-") or str(c.after).startswith("goal-")]


def items(stage: Theatre):
    with stage.store.read() as connection:
        histories = load_facts(connection).histories.values()
    return {h.item.key: (h.item.active, h.item.labels, h.changes) for h in histories}


def test_a_comment_by_a_person_after_a_mark_is_activity(cloudy: Theatre) -> None:
    show(cloudy, LABELS)
    for _ in range(3):
        cloudy.cycle(HOUR)
    assert labels(cloudy)
    before = items(cloudy)["SHOP-1"][0]
    cloudy.jira_state.comment("SHOP-1", "hello", at=cloudy.clock.now(), by="dana")
    cloudy.cycle(HOUR)
    assert items(cloudy)["SHOP-1"][0] > before


def test_a_label_that_the_repository_lacks_is_made_only_where_that_is_allowed(cloudy: Theatre) -> None:
    show(cloudy, "", LABELS)
    block_hub(cloudy)
    for _ in range(3):
        cloudy.cycle(HOUR)
    assert (REPOSITORY, "goal-blocked") not in cloudy.github_state.labels
    assert len([body for body in to_ops(cloudy) if "has no label 'goal-" in body]) == 1
    show(cloudy, "", f"{LABELS}, create_labels: true")
    with cloudy.store.begin() as connection:
        revive(connection, list(load_rows(connection)), cloudy.clock.now())
    cloudy.cycle(HOUR)
    assert "goal-blocked" in hub_labels(cloudy)


def test_a_problem_issue_is_opened_once_for_an_episode_and_closed_when_it_is_over(stage: Theatre) -> None:
    show(stage, PROBLEMS)
    block(stage)
    for _ in range(5):
        stage.cycle(HOUR)
    (key,) = problem(stage)
    raw = stage.jira_state.issue(key)
    ends = {(link.get("outwardIssue") or link.get("inwardIssue"))["key"] for link in raw["fields"]["issuelinks"]}
    assert {"SHOP-1", "SHOP-8"} <= ends
    assert "Checkout feels instant" in raw["fields"]["summary"]
    free(stage)
    for _ in range(5):
        stage.cycle(HOUR)
    assert raw["fields"]["status"]["name"] == "Done"
    assert len(stage.comments(key)) == 1
    stage.clock.set(MONDAY + 7 * DAY)  # At work again, for people have to be told first.
    block(stage, "SHOP-9", days=0)
    for _ in range(4):
        stage.cycle(2 * DAY)
    assert len(problem(stage)) == 2


def test_a_problem_issue_that_somebody_closed_or_deleted_is_left_alone(cloudy: Theatre) -> None:
    show(cloudy, PROBLEMS)
    block(cloudy)
    for _ in range(4):
        cloudy.cycle(HOUR)
    (key,) = problem(cloudy)
    cloudy.jira_state.edit(key, at=cloudy.clock.now(), by="dana", status="Done")
    block(cloudy, "SHOP-9", days=0)
    for _ in range(3):
        cloudy.cycle(2 * DAY)
    assert problem(cloudy) == [key]
    cloudy.jira_state.delete(key)
    block(cloudy, "SHOP-10", days=0)
    for _ in range(3):
        cloudy.cycle(2 * DAY)
    assert problem(cloudy) == []


def test_a_problem_issue_on_github_is_opened_and_closed(cloudy: Theatre) -> None:
    show(cloudy, "", HUB_PROBLEMS)
    block_hub(cloudy)
    for _ in range(5):
        cloudy.cycle(HOUR)
    (number,) = hub_problems(cloudy)
    thread = cloudy.github_state.repositories[REPOSITORY][number]
    assert f"- {REPOSITORY}#7" in thread.record["body"]
    cloudy.github_state.edit(REPOSITORY, 7, at=cloudy.clock.now(), by="noor", labels=[], state="closed")
    for _ in range(5):
        cloudy.cycle(HOUR)
    assert (thread.record["state"], len(thread.comments)) == ("closed", 1)


def test_a_project_tells_each_change_of_status_once_and_edits_the_rest(cloudy: Theatre) -> None:
    project = cloudy.github_state.add_project("acme", {})
    show(cloudy, "", PROJECTS)
    for _ in range(3):
        cloudy.cycle(HOUR)
    (update,) = project.updates
    assert update["status"] in ("ON_TRACK", "AT_RISK", "OFF_TRACK")
    assert update["target"] == "2026-12-28"
    for number in (7, 8):
        cloudy.github_state.edit(REPOSITORY, number, at=cloudy.clock.now(), by="noor", state="closed")
    for _ in range(3):
        cloudy.cycle(HOUR)
    assert project.updates[-1]["status"] == "COMPLETE"
    count = len(project.updates)
    show(cloudy)
    cloudy.cycle(HOUR)
    assert [u["status"] for u in project.updates[count:]] == ["INACTIVE"]
    cloudy.cycle(HOUR)
    assert len(project.updates) == count + 1


def test_a_project_that_may_not_be_written_is_told_once_with_the_fix(cloudy: Theatre) -> None:
    cloudy.github_state.add_project("acme", {}).writers = frozenset({"dana"})
    show(cloudy, "", PROJECTS)
    for _ in range(3):
        cloudy.cycle(HOUR)
    assert len([body for body in to_ops(cloudy) if "Projects: read and write" in body]) == 1


@pytest.mark.parametrize(("kind", "after"), [("500", 0), ("500", 1), ("reset", 0), ("reset", 2), ("early", 0)])
def test_after_a_doubtful_answer_nothing_is_there_twice(tmp_path: Path, kind: str, after: int) -> None:
    with theatre(tmp_path) as stage:
        project = stage.github_state.add_project("acme", {})
        show(stage, f"{LABELS}, {PROBLEMS}", f"{LABELS}, create_labels: true, {HUB_PROBLEMS}, {PROJECTS}")
        block(stage)
        block_hub(stage)
        stage.cycle()
        for path, method in (
            (r"/issue$", "POST"), ("/issueLink", "POST"), (r"/issue/\w+-\d+$", "PUT"), ("/transitions", "POST"),
            (r"/issues$", "POST"), ("/labels", "POST"),
        ):  # fmt: skip
            fault = {
                "500": Fault(path=path, method=method, status=500, lost=True, times=2, after=after),
                "reset": Fault(path=path, method=method, reset=True, times=1, after=after),
                "early": Fault(path=path, method=method, status=500, times=1, after=after),
            }[kind]
            stage.jira.faults.add(fault)
            stage.github.faults.add(fault)
        stage.github.faults.add(Fault(path="graphql", method="POST", status=502, lost=True, times=1, after=8 + after))
        for _ in range(7):
            stage.cycle(9 * HOUR)
        assert len(problem(stage)) == len(hub_problems(stage)) == len(project.updates) == 1
        assert "goal-blocked" in labels(stage) & hub_labels(stage)
        links = stage.jira_state.issue(problem(stage)[0])["fields"]["issuelinks"]
        ends = [(link.get("outwardIssue") or link.get("inwardIssue"))["key"] for link in links]
        assert len(ends) == len(set(ends))


def test_a_lost_store_opens_no_second_problem(cloudy: Theatre) -> None:
    show(cloudy, PROBLEMS, HUB_PROBLEMS)
    block(cloudy)
    block_hub(cloudy)
    for _ in range(4):
        cloudy.cycle(HOUR)
    with cloudy.store.begin() as connection:
        for table in (schema.outbox, schema.alerts, schema.judged):
            connection.execute(delete(table))
    for _ in range(5):
        cloudy.cycle(HOUR)
    assert len(problem(cloudy)) == len(hub_problems(cloudy)) == 1


def test_a_permission_that_is_missing_is_told_once_with_the_fix(cloudy: Theatre) -> None:
    cloudy.jira_state.off_screen.add("labels")
    show(cloudy, LABELS)
    for _ in range(4):
        cloudy.cycle(HOUR)
    assert len([body for body in to_ops(cloudy) if "put Labels and the field on the edit screen" in body]) == 1
    with cloudy.store.read() as connection:
        assert load_rows(connection)["mark/jira/SHOP-1"].state is RowState.DEAD


def test_what_trackers_say_stays_text_in_problem_issues(stage: Theatre) -> None:
    show(stage, PROBLEMS)
    goals = stage.directory / "goals" / "goals.yaml"
    goals.write_text(goals.read_text().replace("Checkout feels instant", "'[~admin] @team {code} <b>'"))
    show(stage, PROBLEMS)
    block(stage)
    for _ in range(4):
        stage.cycle(HOUR)
    (key,) = problem(stage)
    fields = stage.jira_state.issue(key)["fields"]
    if isinstance(fields["description"], str):
        assert "[~admin]" not in fields["description"].replace("\\[\\~", "")
        assert "\\{code\\}" in fields["description"]
    else:
        assert "mention" not in str(fields["description"])
        assert "[~admin] @team {code} <b>" in words(fields["description"])


def findings(stage: Theatre) -> list[str]:
    with open_world(stage.settings, installed_connectors(), stage.environ, stage.clock.now, threading.Event()) as world:
        found = [finding for source in world.sources.values() for finding in source.probe.check()]
    return [f"{finding.level.value}: {finding.text}" for finding in found]


def test_the_online_check_names_what_marks_lack(stage: Theatre) -> None:
    stage.github_state.add_project("acme", {}).writers = frozenset({"dana"})
    field = stage.jira_state.add_field("Goal status", options=["On track", "At risk", "Done"])
    stage.jira_state.forbidden |= {"EDIT_ISSUES", "LINK_ISSUES"}
    show(stage, f"{LABELS}, {FIELD}, problems: {{project: PLAT, link: Blocks}}", f"{LABELS}, {PROJECTS}")
    told = findings(stage)
    for words_of in (
        "error: the field 'Goal status' has no option Off track in SHOP",
        "error: the account may not set labels and fields (Edit issues) in SHOP",
        "error: the account may not link them (Link issues) in PLAT",
        "error: links of the type 'Blocks' mean waiting",
        "error: cannot be written; the token needs project",
        "warning: has no label 'goal-at-risk'; create it there",
    ):
        assert any(text.startswith(words_of) for text in told), words_of
    stage.jira_state.off_screen.add(field)
    assert any("cannot be edited in SHOP" in text for text in findings(stage))
    stage.jira_state.fields[field]["schema"]["type"] = "date"
    assert any("has the type date; choose one" in text for text in findings(stage))


def test_the_online_check_is_content_where_everything_is_there(stage: Theatre) -> None:
    stage.github_state.add_project("acme", {})
    stage.jira_state.add_field("Goal status", options=["On track", "At risk", "Off track", "Done"])
    show(stage, f"{LABELS}, {FIELD}, {PROBLEMS}", f"{LABELS}, create_labels: true, {PROJECTS}")
    assert not [text for text in findings(stage) if text.startswith("error")]


def test_marks_keep_to_the_budget_and_go_on_where_they_were(cloudy: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.github.write.writer._OVERALL", (Limit(2, HOUR),))
    show(cloudy, "", f"{LABELS}, create_labels: true, {HUB_PROBLEMS}")
    block_hub(cloudy)
    count = 0
    for _ in range(12):
        cloudy.cycle(HOUR)
        writes = [e for e in changed(cloudy) if e.path.startswith("/repos")]
        assert len(writes) <= 2
        count += len(writes)
    assert count >= 5
    assert "goal-blocked" in hub_labels(cloudy)
    assert len(hub_problems(cloudy)) == 1


def test_whoever_dies_before_writing_down_a_mark_neither_repeats_nor_miscounts_it(
    cloudy: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agent is killed after every first write of a mark, before it has recorded that."""
    project = cloudy.github_state.add_project("acme", {})
    show(cloudy, f"{LABELS}, {PROBLEMS}", f"{LABELS}, create_labels: true, {HUB_PROBLEMS}, {PROJECTS}")
    block(cloudy)
    block_hub(cloudy)
    killed: set[str] = set()
    record = Lane._record

    def dying(self: Lane, row: Row, touched: Iterable[str] = ()) -> Row:
        if row.message.kind in LABEL_KINDS and row.message.key not in killed:
            killed.add(row.message.key)
            raise KeyboardInterrupt
        return record(self, row, touched)

    monkeypatch.setattr(Lane, "_record", dying)
    before = {}
    for _ in range(14):
        try:
            cloudy.cycle(HOUR / 2)
        except KeyboardInterrupt:
            before = before or items(cloudy)
    assert len(killed) == 5
    assert len(problem(cloudy)) == len(hub_problems(cloudy)) == len(project.updates) == 1
    assert "goal-blocked" in labels(cloudy) & hub_labels(cloudy)
    after = items(cloudy)
    assert {key: active for key, (active, _, _) in after.items()} == {key: a for key, (a, _, _) in before.items()}
