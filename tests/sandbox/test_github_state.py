"""The story that is told to the sandbox GitHub, and the recorded one that is loaded."""

import gzip
import json
from pathlib import Path

import pytest

from sync_agent.sandbox.github import GithubState
from tests.support.trackers.github_hub import OTHER, REPOSITORY, day, story


def kinds(state: GithubState, repository: str, number: int) -> list[str]:
    return [event["event"] for event in state.repositories[repository][number].timeline()]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": "New"}, ["renamed"]),
        ({"label": "x"}, ["labeled"]),
        ({"unlabel": "a"}, ["unlabeled"]),
        ({"labels": ["b", "c"]}, ["unlabeled", "labeled"]),
        ({"assignee": "dana"}, ["assigned"]),
        ({"assignees": []}, ["unassigned"]),
        ({"milestone": "M"}, ["milestoned"]),
        ({"state": "closed"}, ["closed"]),
        ({"type": "Bug"}, ["issue_type_added"]),
        ({"parent": 2}, ["parent_issue_added"]),
        ({"blocked_by": 2}, ["blocked_by_added"]),
        ({"locked": True}, ["locked"]),
        ({"body": "Words leave no event"}, []),
    ],
)
def test_an_edit_leaves_the_events_that_github_would(fields: dict[str, object], expected: list[str]) -> None:
    state = GithubState()
    for login in ("noor", "dana"):
        state.add_user(login)
    state.add_repository("a/b")
    state.add_milestone("a/b", "M", None)
    number = state.create("a/b", "One", at=day(0), by="noor", labels=["a", "b"], assignee="noor")
    state.create("a/b", "Two", at=day(0), by="noor")
    before = len(kinds(state, "a/b", number))
    state.edit("a/b", number, at=day(1), by="dana", **fields)
    assert kinds(state, "a/b", number)[before:] == expected


def test_what_is_taken_back_has_events_of_its_own() -> None:
    state = story()
    state.edit(REPOSITORY, 2, at=day(9), by="noor", parent=None, unblocked_by=f"{OTHER}#1", milestone=None)
    state.edit(REPOSITORY, 1, at=day(9), by="noor", type="Initiative")
    state.edit(REPOSITORY, 1, at=day(10), by="noor", type=None)
    state.edit(REPOSITORY, 3, at=day(9), by="noor", state="open")
    state.edit(REPOSITORY, 5, at=day(9), by="noor", draft=False)
    assert kinds(state, REPOSITORY, 2)[-3:] == ["parent_issue_removed", "blocked_by_removed", "demilestoned"]
    assert kinds(state, REPOSITORY, 1)[-2:] == ["issue_type_changed", "issue_type_removed"]
    assert "sub_issue_removed" in kinds(state, REPOSITORY, 1)
    assert kinds(state, OTHER, 1)[-1] == "blocking_removed"
    assert kinds(state, REPOSITORY, 3)[-1] == "reopened"
    assert kinds(state, REPOSITORY, 5)[-1] == "ready_for_review"


def test_both_ends_of_a_relation_know_of_it() -> None:
    state = story()
    assert "sub_issue_added" in kinds(state, REPOSITORY, 1)
    assert "blocking_added" in kinds(state, OTHER, 1)


def test_relations_may_leave_the_time_of_the_last_update_alone() -> None:
    """GitHub does not promise that a dependency touches the issue; a reader must not rely on it."""
    for quiet, expected in ((False, "2026-01-10T09:00:00Z"), (True, "2026-01-05T09:00:00Z")):
        state = GithubState(quiet_relations=quiet)
        state.add_user("noor")
        state.add_repository("a/b")
        for title in ("One", "Two"):
            state.create("a/b", title, at=day(0), by="noor")
        state.edit("a/b", 1, at=day(5), by="noor", blocked_by=2)
        assert {thread.record["updated_at"] for thread in state.threads()} == {expected}


def test_a_number_is_never_given_out_twice() -> None:
    state = story()
    state.delete(REPOSITORY, 5)
    assert state.create(REPOSITORY, "Next", at=day(9), by="noor") == 6


def test_an_unknown_field_is_a_mistake_of_the_story() -> None:
    with pytest.raises(KeyError):
        story().edit(REPOSITORY, 1, at=day(9), by="noor", colour="red")


def test_recorded_issues_keep_their_ids_and_their_comments(tmp_path: Path) -> None:
    user = {"login": "ann", "id": 7, "node_id": "U_7", "type": "User", "site_admin": False}
    record = {
        "id": 11, "node_id": "old_11", "number": 3, "state": "open", "title": "T", "user": None, "labels": [],
        "assignees": [], "comments": 1, "locked": True, "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-02T00:00:00Z", "html_url": "https://github.com/o/r/issues/3",
    }  # fmt: skip
    said = {"id": 5, "event": "commented", "created_at": "2020-01-02T00:00:00Z", "actor": user}
    path = tmp_path / "records.ndjson.gz"
    path.write_bytes(gzip.compress(json.dumps({"type": "issue", "record": record, "events": [said]}).encode()))
    state = GithubState()
    assert state.load_records(path, "o/r") == 1
    thread = state.repositories["o/r"][3]
    assert (thread.issue_id, thread.record["node_id"], thread.record["user"]) == (11, "old_11", None)
    assert [(comment["id"], comment["user"]["login"]) for comment in thread.comments] == [(5, "ann")]
