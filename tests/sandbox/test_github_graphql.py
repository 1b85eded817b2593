"""The sandbox GitHub over GraphQL."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sync_agent.sandbox.github import App, GithubState
from sync_agent.sandbox.github.graphql.schema import load_schema
from tests.support.trackers.github_hub import OTHER, PRIVATE, REPOSITORY, Hub, day, running, story

LIST = """
query($first: Int, $last: Int, $after: String, $before: String, $since: DateTime, $way: OrderDirection = ASC) {
  repository(owner: "acme", name: "shop") {
    issues(first: $first, last: $last, after: $after, before: $before, filterBy: {since: $since},
           orderBy: {field: UPDATED_AT, direction: $way}) {
      totalCount nodes { number } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
}
"""
TIMELINE = """
query($number: Int!, $types: [IssueTimelineItemsItemType!], $since: DateTime, $first: Int = 50, $after: String) {
  repository(owner: "acme", name: "shop") { issue(number: $number) {
    timelineItems(first: $first, after: $after, itemTypes: $types, since: $since) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        __typename
        ... on LabeledEvent { id createdAt actor { login __typename } label { name id color } }
        ... on AssignedEvent { assignee { ... on User { login } } }
        ... on MilestonedEvent { milestoneTitle }
        ... on ClosedEvent { stateReason }
        ... on RenamedTitleEvent { previousTitle currentTitle }
        ... on BlockedByAddedEvent { blockingIssue { number repository { nameWithOwner } } }
        ... on ParentIssueAddedEvent { parent { number } }
        ... on SubIssueAddedEvent { subIssue { number } }
        ... on IssueTypeAddedEvent { issueType { name } }
        ... on IssueComment { body databaseId author { login } }
      }
    }
  } }
}
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running(story()) as made:
        yield made


@pytest.fixture
def official(shared: Path) -> Path:
    return next((shared / "contracts").glob("github-graphql-schema-*.graphql.gz"))


def many(count: int) -> GithubState:
    state = GithubState()
    state.add_user("noor")
    state.add_repository(REPOSITORY)
    for number in range(count):
        state.create(REPOSITORY, f"Task {number + 1}", at=day(number), by="noor")
    return state


def issues(hub: Hub, **variables: Any) -> Any:
    return hub.data(LIST, **variables)["repository"]["issues"]


def numbers(connection: Any) -> list[int]:
    return [node["number"] for node in connection["nodes"]]


def timeline(hub: Hub, number: int, **variables: Any) -> Any:
    return hub.data(TIMELINE, number=number, **variables)["repository"]["issue"]["timelineItems"]


def only_error(answer: Any) -> Any:
    (error,) = answer["errors"]
    return error


def test_an_issue_tells_all_that_a_goal_needs(hub: Hub) -> None:
    found = hub.data(
        """{ repository(owner: "acme", name: "shop") { nameWithOwner hasIssuesEnabled issue(number: 2) {
          title state stateReason createdAt updatedAt closedAt author { login } parent { number } issueType { name }
          assignees(first: 5) { nodes { login name } } labels(first: 5) { nodes { name } }
          milestone { title dueOn state } subIssues(first: 5) { totalCount }
          blockedBy(first: 5) { nodes { title } } blocking(first: 5) { nodes { title } }
          issueDependenciesSummary { blockedBy blocking totalBlockedBy totalBlocking } } } }"""
    )["repository"]
    assert found == {
        "nameWithOwner": REPOSITORY,
        "hasIssuesEnabled": True,
        "issue": {
            "title": "Index", "state": "OPEN", "stateReason": None, "createdAt": "2026-01-06T09:00:00Z",
            "updatedAt": "2026-01-13T09:00:00Z", "closedAt": None, "author": {"login": "noor"},
            "parent": {"number": 1}, "issueType": None,
            "assignees": {"nodes": [{"login": "dana", "name": "Dana Reyes"}]},
            "labels": {"nodes": [{"name": "backend"}, {"name": "help wanted"}]},
            "milestone": {"title": "Search", "dueOn": "2026-03-06T09:00:00Z", "state": "OPEN"},
            "subIssues": {"totalCount": 0}, "blockedBy": {"nodes": [{"title": "Upgrade the database"}]},
            "blocking": {"nodes": []},
            "issueDependenciesSummary": {
                "blockedBy": 1, "blocking": 0, "totalBlockedBy": 1, "totalBlocking": 0
            },
        },
    }  # fmt: skip


def test_a_closed_part_counts_as_completed(hub: Hub) -> None:
    hub.state.edit(REPOSITORY, 2, at=day(9), by="noor", state="closed")
    hub.state.edit(OTHER, 1, at=day(9), by="noor", state="closed")
    found = hub.data(
        """{ repository(owner: "acme", name: "shop") {
          one: issue(number: 1) { subIssuesSummary { total completed percentCompleted } }
          two: issue(number: 2) { issueDependenciesSummary { blockedBy totalBlockedBy } } } }"""
    )["repository"]
    assert found["one"]["subIssuesSummary"] == {"total": 1, "completed": 1, "percentCompleted": 100}
    assert found["two"]["issueDependenciesSummary"] == {"blockedBy": 0, "totalBlockedBy": 1}


def test_pull_requests_are_listed_apart_from_issues(hub: Hub) -> None:
    found = hub.data(
        """{ repository(owner: "acme", name: "shop") { issues(first: 9) { nodes { number } }
          merged: pullRequests(first: 9, states: [MERGED]) { nodes { number state merged mergedAt isDraft } }
          open: pullRequests(first: 9, states: [OPEN]) { nodes { number state merged mergedAt isDraft } } } }"""
    )["repository"]
    assert numbers(found["issues"]) == [1, 2, 3]
    assert found["merged"]["nodes"] == [
        {"number": 4, "state": "MERGED", "merged": True, "mergedAt": "2026-01-12T09:00:00Z", "isDraft": False}
    ]
    assert found["open"]["nodes"] == [
        {"number": 5, "state": "OPEN", "merged": False, "mergedAt": None, "isDraft": True}
    ]


def test_issues_are_narrowed_by_state_label_and_since(hub: Hub) -> None:
    found = hub.data(
        """{ repository(owner: "acme", name: "shop") {
          closed: issues(first: 9, states: [CLOSED]) { nodes { number stateReason } }
          labelled: issues(first: 9, filterBy: {labels: ["backend", "other"]}) { nodes { number } }
          late: issues(first: 9, filterBy: {since: "2026-01-11T10:00:00+01:00", states: [OPEN, CLOSED]}) {
            nodes { number } } } }"""
    )["repository"]
    assert found["closed"]["nodes"] == [{"number": 3, "stateReason": "NOT_PLANNED"}]
    assert numbers(found["labelled"]) == [2]
    assert numbers(found["late"]) == [2, 3]


@pytest.mark.parametrize("way", ["ASC", "DESC"])
def test_pages_follow_each_other_in_both_directions(way: str) -> None:
    with running(many(7)) as hub:
        forth, mark = [], None
        for _ in range(3):
            page = issues(hub, first=3, after=mark, way=way)
            forth, mark = [*forth, *numbers(page)], page["pageInfo"]["endCursor"]
        back, mark = [], None
        for _ in range(3):
            page = issues(hub, last=3, before=mark, way=way)
            back, mark = [*numbers(page), *back], page["pageInfo"]["startCursor"]
        assert forth == back == (list(range(1, 8)) if way == "ASC" else list(range(7, 0, -1)))


def test_a_page_says_what_lies_around_it() -> None:
    with running(many(5)) as hub:
        first = issues(hub, first=2)
        assert (first["totalCount"], first["pageInfo"]["hasPreviousPage"], first["pageInfo"]["hasNextPage"]) == (
            5, False, True,
        )  # fmt: skip
        last = issues(hub, first=3, after=first["pageInfo"]["endCursor"])
        assert (last["pageInfo"]["hasPreviousPage"], last["pageInfo"]["hasNextPage"]) == (True, False)


def test_an_edit_between_two_pages_shifts_nothing() -> None:
    """What was on the first page moves to the end; the second page still begins where the first ended."""
    with running(many(4)) as hub:
        first = issues(hub, first=2)
        hub.state.edit(REPOSITORY, 1, at=day(20), by="noor", title="Later")
        second = issues(hub, first=9, after=first["pageInfo"]["endCursor"])
        assert (numbers(first), numbers(second)) == ([1, 2], [3, 4, 1])


def test_a_timeline_has_all_its_kinds_in_order(hub: Hub) -> None:
    hub.state.edit(REPOSITORY, 2, at=day(10), by="dana", title="Index everything", type="Task", state="closed")
    found = timeline(hub, 2)
    assert [node["__typename"] for node in found["nodes"]] == [
        "LabeledEvent", "LabeledEvent", "AssignedEvent", "ParentIssueAddedEvent", "BlockedByAddedEvent",
        "MilestonedEvent", "IssueComment", "RenamedTitleEvent", "IssueTypeAddedEvent", "ClosedEvent",
    ]  # fmt: skip
    by_kind = {node.pop("__typename"): node for node in found["nodes"]}
    assert by_kind["LabeledEvent"]["label"]["name"] == "help wanted"
    assert by_kind["LabeledEvent"]["actor"] == {"login": "noor", "__typename": "User"}
    assert by_kind["AssignedEvent"] == {"assignee": {"login": "dana"}}
    assert by_kind["BlockedByAddedEvent"] == {"blockingIssue": {"number": 1, "repository": {"nameWithOwner": OTHER}}}
    assert by_kind["RenamedTitleEvent"] == {"previousTitle": "Index", "currentTitle": "Index everything"}
    assert by_kind["ClosedEvent"] == {"stateReason": "COMPLETED"}
    assert by_kind["IssueComment"]["body"] == "Waiting"


def test_a_timeline_is_narrowed_by_type_and_time_and_cut_into_pages(hub: Hub) -> None:
    asked = {"types": ["LABELED_EVENT", "ISSUE_COMMENT"]}
    assert timeline(hub, 2, **asked)["totalCount"] == 3
    assert timeline(hub, 2, **asked, since="2026-01-13T09:00:00Z")["totalCount"] == 1
    first = timeline(hub, 2, **asked, first=2)
    rest = timeline(hub, 2, **asked, first=2, after=first["pageInfo"]["endCursor"])
    assert [node["__typename"] for node in rest["nodes"]] == ["IssueComment"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


def test_nodes_are_found_by_their_ids_and_missing_ones_named(hub: Hub) -> None:
    thread = hub.state.repositories[REPOSITORY][4]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id __typename ... on PullRequest { number } } }"
    known = thread.record["node_id"]
    answer = hub.query(query, ids=[known, "nonsense"])
    assert answer["data"]["nodes"] == [{"id": known, "__typename": "PullRequest", "number": 4}, None]
    assert (only_error(answer)["type"], only_error(answer)["path"]) == ("NOT_FOUND", ["nodes", 1])


def test_an_unknown_repository_is_an_error_beside_the_data_of_others(hub: Hub) -> None:
    answer = hub.query(
        """{ a: repository(owner: "acme", name: "shop") { name } b: repository(owner: "acme", name: "secret") { name }
        }"""
    )
    assert answer["data"] == {"a": {"name": "shop"}, "b": None}
    assert (only_error(answer)["type"], only_error(answer)["path"]) == ("NOT_FOUND", ["b"])


def test_an_issue_is_no_pull_request(hub: Hub) -> None:
    answer = hub.query('{ repository(owner: "acme", name: "shop") { issue(number: 4) { id } } }')
    assert (only_error(answer)["type"], answer["data"]) == ("NOT_FOUND", {"repository": {"issue": None}})


def test_relations_into_a_private_repository_are_not_told(hub: Hub) -> None:
    hub.state.edit(REPOSITORY, 1, at=day(9), by="dana", blocked_by=f"{PRIVATE}#1", parent=f"{PRIVATE}#1")
    found = hub.data(
        """{ repository(owner: "acme", name: "shop") { issue(number: 1) { parent { id } blockedBy(first: 5) {
        totalCount } } } }"""
    )
    assert found["repository"]["issue"] == {"parent": None, "blockedBy": {"totalCount": 0}}


@pytest.mark.parametrize(
    ("bounds", "kind"),
    [
        ("", "MISSING_PAGINATION_BOUNDARIES"),
        ("(first: 101)", "EXCESSIVE_PAGINATION"),
        ('(first: 1, after: "nonsense")', "INVALID_CURSOR_ARGUMENTS"),
    ],
)
def test_a_connection_needs_good_bounds(hub: Hub, bounds: str, kind: str) -> None:
    answer = hub.query(f'{{ repository(owner: "acme", name: "shop") {{ milestones{bounds} {{ totalCount }} }} }}')
    assert only_error(answer)["type"] == kind


@pytest.mark.parametrize(("inner", "refused"), [(48, False), (49, True)])
def test_half_a_million_nodes_are_the_most_that_one_may_ask_for(hub: Hub, inner: int, refused: bool) -> None:
    """100 issues, 100 sub-issues of each and so many labels of each of those."""
    answer = hub.query(
        """query($inner: Int!) { repository(owner: "acme", name: "shop") { issues(first: 100) { nodes { ...Parts } } } }
        fragment Parts on Issue { subIssues(first: 100) { nodes { labels(first: $inner) { totalCount } } } }""",
        inner=inner,
    )
    assert ("errors" in answer) is refused
    if refused:
        assert only_error(answer)["type"] == "MAX_NODE_LIMIT_EXCEEDED"


def test_a_query_costs_a_point_for_each_hundred_connections(hub: Hub) -> None:
    found = hub.data(
        """{ rateLimit { cost nodeCount used remaining } repository(owner: "acme", name: "shop") {
        issues(first: 100) { nodes { labels(first: 10) { totalCount } assignees(first: 5) { totalCount } } } } }"""
    )
    assert found["rateLimit"] == {"cost": 2, "nodeCount": 1600, "used": 2, "remaining": 4998}


def test_a_used_up_limit_comes_as_an_error_with_http_200() -> None:
    with running(story(), rate_limit=1) as hub:
        hub.data("{ viewer { login } }")
        refused = hub.query("{ viewer { login } }")
        assert only_error(refused)["type"] == "RATE_LIMITED"
        assert "data" not in refused
        assert hub.ask("/user").status_code == 200  # REST has a limit of its own.
        hub.clock.advance(timedelta(hours=1))
        hub.data("{ viewer { login } }")


def test_without_limits_there_is_nothing_to_tell_of_them() -> None:
    with running(story(), rate_limit=None) as hub:
        assert hub.data("{ rateLimit { remaining } }") == {"rateLimit": None}


def test_a_page_that_takes_too_long_ends_in_502() -> None:
    with running(many(3), largest_page=10) as hub:
        body = {"query": LIST, "variables": {"first": 11}}
        assert hub.ask("/graphql", "POST", body).status_code == 502
        assert numbers(issues(hub, first=10)) == [1, 2, 3]


@pytest.mark.parametrize(
    "query",
    [
        "{ viewer { salary } }",
        "{ viewer { login ",
        "query($id: ID!) { node(id: $id) { id } }",
        '{ repository(owner: "acme", name: "shop") { issues(first: "many") { totalCount } } }',
    ],
)
def test_a_wrong_query_is_refused_whole(hub: Hub, query: str) -> None:
    answer = hub.query(query)
    assert answer["errors"]
    assert not answer.get("data")


def test_no_query_and_no_json_are_refused(hub: Hub) -> None:
    assert "query attribute" in hub.ask("/graphql", "POST", {}).json()["errors"][0]["message"]
    assert hub.ask("/graphql", "POST", ["list"]).status_code == 400


def test_an_older_server_lacks_fields_and_events() -> None:
    lacks = ["blockedBy", "BLOCKED_BY_ADDED_EVENT", "BlockedByAddedEvent"]
    with running(story(), lacks=lacks) as hub:
        found = hub.data(
            """{ issue: __type(name: "Issue") { fields { name } }
            events: __type(name: "IssueTimelineItemsItemType") { enumValues { name } } }"""
        )
        assert "blockedBy" not in {field["name"] for field in found["issue"]["fields"]}
        assert "BLOCKED_BY_ADDED_EVENT" not in {value["name"] for value in found["events"]["enumValues"]}
        assert "BlockedByAddedEvent" in only_error(hub.query(TIMELINE, number=2))["message"]
        assert "blocking" in {field["name"] for field in found["issue"]["fields"]}


def test_an_app_sees_itself_as_a_bot() -> None:
    with running(story(), app=App(1, 2, "helper")) as hub:
        assert hub.state.users["helper[bot]"]["type"] == "Bot"


def test_githubs_own_schema_refuses_what_it_does_not_know(official: Path) -> None:
    with running(story(), schema=official) as hub:
        text = '{ repository(owner: "acme", name: "shop") { issue(number: 2) { blockers(first: 5) { totalCount } } } }'
        assert "blockers" in only_error(hub.query(text))["message"]


def test_what_the_sandbox_does_not_play_is_an_error_rather_than_a_guess(official: Path) -> None:
    with running(story(), schema=official) as hub:
        answer = hub.query('{ repository(owner: "acme", name: "shop") { forkCount } }')
        assert "Repository.forkCount" in only_error(answer)["message"]


def test_the_same_queries_give_the_same_answers_under_githubs_own_schema(official: Path) -> None:
    with running(story()) as ours, running(story(), schema=official) as theirs:
        assert timeline(ours, 2) == timeline(theirs, 2)
        assert issues(ours, first=10) == issues(theirs, first=10)


def test_our_arguments_are_those_of_githubs_own_schema(official: Path) -> None:
    real = load_schema(official).type_map
    for name, own in load_schema(None).type_map.items():
        for field, definition in getattr(own, "fields", {}).items():
            for argument, value in getattr(definition, "args", {}).items():
                assert str(real[name].fields[field].args[argument].type) == str(value.type), (name, field, argument)
        assert set(getattr(own, "values", ())) <= set(getattr(real[name], "values", ())), name
