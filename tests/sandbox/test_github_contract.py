"""The sandbox GitHub's REST answers against GitHub's published description of its API."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sync_agent.sandbox.github import App, GithubState
from tests.support.trackers.github_hub import OTHER, REPOSITORY, Hub, day, running, story
from tests.support.trackers.github_rest import proof

Check = Callable[[str, Any], list[str]]
RECORDED = "bitcoin-core/gui"


def nullable(part: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type `null`."""
    if isinstance(part, list):
        return [nullable(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {key: nullable(value) for key, value in part.items() if key not in ("nullable", "example", "format")}
    return {"anyOf": [inner, {"type": "null"}]} if part.get("nullable") is True else inner


@pytest.fixture(scope="module")
def check(shared: Path) -> Check:
    """Says where a body departs from a schema of the description, by the schema's name; `[]` after it is a list."""
    path = next((shared / "contracts").glob("github-rest-openapi*.json.gz"))
    components = nullable(json.loads(gzip.decompress(path.read_bytes()))["components"])

    def departures(name: str, body: Any) -> list[str]:
        one = {"$ref": f"#/components/schemas/{name.removesuffix('[]')}"}
        schema = {"type": "array", "items": one, "minItems": 1} if name.endswith("[]") else one
        errors = Draft202012Validator({**schema, "components": components}).iter_errors(body)
        return [f"{list(error.absolute_path)}: {error.message[:300]}" for error in errors]

    return departures


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    state = story()
    state.edit(REPOSITORY, 2, at=day(9), by="noor", title="Index all", type="Task")
    state.edit(REPOSITORY, 2, at=day(9), by="noor", type="Bug", unlabel="backend", unassign="dana", locked=True)
    state.edit(REPOSITORY, 2, at=day(9), by="noor", type=None, milestone=None, parent=None, unblocked_by=f"{OTHER}#1")
    state.edit(REPOSITORY, 2, at=day(9), by="noor", state="closed", parent=1, blocked_by=f"{OTHER}#1")
    state.edit(REPOSITORY, 2, at=day(10), by="noor", state="open", milestone="Search")
    with running(state, app=App(12, 34)) as made:
        yield made


@pytest.mark.parametrize(
    ("path", "schema"),
    [
        ("/user", "public-user"),
        ("/user/repos", "repository[]"),
        ("/rate_limit", "rate-limit-overview"),
        (f"/repos/{REPOSITORY}", "full-repository"),
        (f"/repos/{REPOSITORY}/milestones", "milestone[]"),
        (f"/repos/{REPOSITORY}/issues?state=all", "issue[]"),
        (f"/repos/{REPOSITORY}/issues/2", "issue"),
        (f"/repos/{REPOSITORY}/pulls/4", "pull-request"),
        (f"/repos/{REPOSITORY}/issues/1/timeline", "timeline-issue-events[]"),
        (f"/repos/{REPOSITORY}/issues/2/timeline", "timeline-issue-events[]"),
        (f"/repos/{REPOSITORY}/issues/4/timeline", "timeline-issue-events[]"),
        (f"/repos/{OTHER}/issues/1/timeline", "timeline-issue-events[]"),
        (f"/repos/{REPOSITORY}/issues/2/comments", "issue-comment[]"),
        (f"/repos/{REPOSITORY}/issues/1/sub_issues", "issue[]"),
        (f"/repos/{REPOSITORY}/issues/2/parent", "issue"),
        (f"/repos/{REPOSITORY}/issues/2/dependencies/blocked_by", "issue[]"),
        (f"/repos/{OTHER}/issues/1/dependencies/blocking", "issue[]"),
    ],
)
def test_what_is_read_has_the_published_shape(hub: Hub, check: Check, path: str, schema: str) -> None:
    assert check(schema, hub.get(path)) == []


def test_what_is_written_is_answered_in_the_published_shape(hub: Hub, check: Check) -> None:
    path = f"/repos/{REPOSITORY}/issues"
    made = hub.ask(f"{path}/1/comments", "POST", {"body": "Hello"}).json()
    assert check("issue-comment", made) == []
    assert check("issue-comment", hub.ask(f"{path}/comments/{made['id']}", "PATCH", {"body": "Bye"}).json()) == []
    for status in (201, 200):
        reacted = hub.ask(f"{path}/comments/{made['id']}/reactions", "POST", {"content": "+1"})
        assert (reacted.status_code, check("reaction", reacted.json())) == (status, [])
    reactions = f"{path}/comments/{made['id']}/reactions"
    assert hub.ask(reactions, "POST", {"content": "?"}).status_code == 422
    (shown,) = hub.get(f"{reactions}?content=%2B1")
    assert (check("reaction[]", [shown]), hub.get(f"{reactions}?content=heart")) == ([], [])
    gone = [hub.ask(f"{reactions}/{shown['id']}", "DELETE").status_code for _ in range(2)]
    assert (gone, hub.get(reactions)) == ([204, 404], [])


def test_an_app_is_answered_in_the_published_shape(hub: Hub, check: Check) -> None:
    given = hub.ask("/app/installations/34/access_tokens", "POST", Authorization=proof(12)).json()
    assert check("installation-token", given) == []
    assert check("integration", hub.get("/app", Authorization=proof(12))) == []
    login = {"Authorization": f"Bearer {given['token']}"}
    assert check("repository[]", hub.get("/installation/repositories", **login)["repositories"]) == []


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nowhere", "GET", 404), (f"/repos/{REPOSITORY}/issues/1/comments", "POST", 422)],
)
def test_errors_have_the_published_shape(hub: Hub, check: Check, path: str, method: str, status: int) -> None:
    answer = hub.ask(path, method, {} if method == "POST" else None)
    assert (answer.status_code, check("basic-error", answer.json())) == (status, [])


@pytest.fixture(scope="module")
def recorded(shared: Path) -> Iterator[Hub]:
    state = GithubState()
    state.add_user("noor")
    assert state.load_records(shared / "data" / "github-records.ndjson.gz", RECORDED) == 878
    schema = next((shared / "contracts").glob("github-graphql-schema-*.graphql.gz"))
    with running(state, schema=schema) as made:
        yield made


def lines(shared: Path) -> Iterator[Any]:
    with gzip.open(shared / "data" / "github-records.ndjson.gz", "rt", encoding="utf-8") as found:
        yield from map(json.loads, found)


def test_recorded_issues_are_given_back_with_the_ids_and_times_they_had(recorded: Hub, shared: Path) -> None:
    shown: dict[int, Any] = {}
    path = f"/repos/{RECORDED}/issues?state=all&per_page=100&direction=asc"
    while path:
        answer = recorded.ask(path)
        shown |= {each["number"]: each for each in answer.json()}
        path = answer.links.get("next", {}).get("url", "").removeprefix(recorded.url)
    kept = ("node_id", "state", "title", "body", "created_at", "updated_at", "closed_at", "html_url", "comments")
    for line in lines(shared):
        record = line["record"]
        assert {k: shown[record["number"]][k] for k in kept} == {k: record.get(k) for k in kept}
        if line["type"] == "issue":
            assert shown[record["number"]]["id"] == record["id"]


def test_recorded_issues_and_pull_requests_have_the_published_shape(recorded: Hub, check: Check) -> None:
    found = recorded.get(f"/repos/{RECORDED}/issues?state=all&per_page=100&page=5")
    assert check("issue[]", found) == []
    pull = next(each["number"] for each in found if "pull_request" in each)
    assert check("pull-request", recorded.get(f"/repos/{RECORDED}/pulls/{pull}")) == []


def test_recorded_timelines_are_whole_under_githubs_own_schema(recorded: Hub, shared: Path) -> None:
    """Every closing, label and milestone of the recording comes back, page by page."""
    query = """query($after: String) { repository(owner: "bitcoin-core", name: "gui") {
      pullRequests(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { number fullDatabaseId
        timelineItems(first: 100, itemTypes: [CLOSED_EVENT, LABELED_EVENT, MILESTONED_EVENT, RENAMED_TITLE_EVENT]) {
          nodes { __typename ... on LabeledEvent { label { id name } } ... on MilestonedEvent { milestoneTitle }
            ... on RenamedTitleEvent { previousTitle } ... on ClosedEvent { actor { login } } } } } } } }"""
    found: dict[int, Any] = {}
    after, more = None, True
    while more:
        page = recorded.data(query, after=after)["repository"]["pullRequests"]
        found |= {node["number"]: node for node in page["nodes"]}
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    pulls = [line for line in lines(shared) if line["type"] == "pull"]
    assert {n: int(node["fullDatabaseId"]) for n, node in found.items()} == {
        p["record"]["number"]: p["record"]["id"] for p in pulls
    }
    kinds = {"closed", "labeled", "milestoned", "renamed"}
    expected = sum(event["event"] in kinds for pull in pulls for event in pull["events"])
    assert sum(len(node["timelineItems"]["nodes"]) for node in found.values()) == expected
