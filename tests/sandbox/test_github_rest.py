"""The sandbox GitHub over REST."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sync_agent.sandbox.github import App
from tests.support.trackers.github_hub import OTHER, PRIVATE, REPOSITORY, Hub, day, running, story
from tests.support.trackers.github_rest import proof

ISSUES = f"/repos/{REPOSITORY}/issues"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running(story()) as made:
        yield made


def numbers(found: list[dict[str, object]]) -> list[object]:
    return [each["number"] for each in found]


@pytest.mark.parametrize("login", ["", "Bearer wrong", "Basic token-of-noor"])
def test_wrong_credentials_are_refused(hub: Hub, login: str) -> None:
    answer = hub.ask("/user", Authorization=login)
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


@pytest.mark.parametrize("scheme", ["token", "Bearer", "bearer"])
def test_a_token_may_come_under_each_of_its_names(hub: Hub, scheme: str) -> None:
    assert hub.get("/user", Authorization=f"{scheme} token-of-noor")["login"] == "noor"


@pytest.mark.parametrize(
    "path", [f"/repos/{PRIVATE}", f"/repos/{PRIVATE}/issues/1", "/repos/no/where", "/no/such/path"]
)
def test_what_one_may_not_see_does_not_exist(hub: Hub, path: str) -> None:
    answer = hub.ask(path)
    assert answer.status_code == 404
    assert answer.json().keys() == {"message", "documentation_url", "status"}


def test_the_repositories_are_those_that_the_user_sees(hub: Hub) -> None:
    assert [each["full_name"] for each in hub.get("/user/repos")] == [REPOSITORY, OTHER]


def test_issues_are_listed_with_pull_requests_among_them(hub: Hub) -> None:
    found = {each["number"]: each for each in hub.get(f"{ISSUES}?state=all")}
    assert {number for number, each in found.items() if "pull_request" in each} == {4, 5}
    pull = hub.get(f"/repos/{REPOSITORY}/pulls/4")
    assert found[4]["id"] != pull["id"]
    assert found[4]["node_id"] == pull["node_id"]
    assert found[4]["pull_request"]["merged_at"] == pull["merged_at"] == "2026-01-12T09:00:00Z"


def test_open_issues_newest_first_are_listed_unless_asked_otherwise(hub: Hub) -> None:
    assert numbers(hub.get(ISSUES)) == [5, 2, 1]
    assert numbers(hub.get(f"{ISSUES}?state=closed&sort=updated&direction=asc")) == [3, 4]


def test_since_takes_in_its_own_second(hub: Hub) -> None:
    assert numbers(hub.get(f"{ISSUES}?state=all&since=2026-01-12T09:00:00Z&direction=asc")) == [2, 4]
    assert numbers(hub.get(f"{ISSUES}?state=all&since=2026-01-12T10:00:01%2B01:00")) == [2]


def test_since_in_1970_finds_nothing(hub: Hub) -> None:
    assert hub.get(f"{ISSUES}?state=all&since=1970-01-01T00:00:00Z") == []


def test_a_filter_that_is_not_played_is_refused_rather_than_ignored(hub: Hub) -> None:
    assert hub.ask(f"{ISSUES}?creator=dana").status_code == 422


def test_pages_are_linked(hub: Hub) -> None:
    first = hub.ask(f"{ISSUES}?state=all&per_page=2&direction=asc")
    second = hub.ask(first.links["next"]["url"].removeprefix(hub.url))
    last = hub.ask(first.links["last"]["url"].removeprefix(hub.url))
    assert [numbers(each.json()) for each in (first, second, last)] == [[1, 2], [3, 4], [5]]
    assert "next" not in last.links


def test_a_page_holds_a_hundred_at_most(hub: Hub) -> None:
    for number in range(101):
        hub.state.create(OTHER, f"Task {number}", at=day(1), by="dana")
    assert len(hub.get(f"/repos/{OTHER}/issues?per_page=500")) == 100


def test_an_unchanged_answer_is_not_sent_again_and_costs_nothing(hub: Hub) -> None:
    first = hub.ask(f"{ISSUES}/2")
    again = hub.ask(f"{ISSUES}/2", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.text) == (304, "")
    assert again.headers["x-ratelimit-used"] == first.headers["x-ratelimit-used"] == "1"
    hub.state.edit(REPOSITORY, 2, at=day(9), by="noor", title="Index all")
    assert hub.ask(f"{ISSUES}/2", **{"If-None-Match": first.headers["etag"]}).status_code == 200


def test_relations_are_told_from_both_ends(hub: Hub) -> None:
    assert numbers(hub.get(f"{ISSUES}/1/sub_issues")) == [2]
    assert hub.get(f"{ISSUES}/2/parent")["number"] == 1
    assert hub.get(f"{ISSUES}/2/dependencies/blocked_by")[0]["title"] == "Upgrade the database"
    assert numbers(hub.get(f"/repos/{OTHER}/issues/1/dependencies/blocking")) == [2]
    assert hub.ask(f"{ISSUES}/1/parent").status_code == 404
    assert hub.get(f"{ISSUES}/1")["sub_issues_summary"] == {"total": 1, "completed": 0, "percent_completed": 0}


def test_a_relation_into_a_private_repository_is_not_told(hub: Hub) -> None:
    hub.state.edit(REPOSITORY, 1, at=day(9), by="dana", blocked_by=f"{PRIVATE}#1")
    assert hub.get(f"{ISSUES}/1/dependencies/blocked_by") == []


def test_the_timeline_has_events_and_comments_in_order(hub: Hub) -> None:
    found = hub.get(f"{ISSUES}/2/timeline?per_page=100")
    assert [each["event"] for each in found] == [
        "labeled", "labeled", "assigned", "parent_issue_added", "blocked_by_added", "milestoned", "commented",
    ]  # fmt: skip
    assert found[4]["blocked_by"]["repository"]["full_name"] == OTHER
    assert found[6]["body"] == "Waiting"


def test_milestones_know_how_much_is_left(hub: Hub) -> None:
    hub.state.edit(REPOSITORY, 1, at=day(9), by="noor", state="closed")
    (found,) = hub.get(f"/repos/{REPOSITORY}/milestones")
    assert (found["title"], found["open_issues"], found["closed_issues"]) == ("Search", 1, 1)


def test_a_comment_touches_the_issue_and_can_be_edited_and_deleted(hub: Hub) -> None:
    made = hub.ask(f"{ISSUES}/1/comments", "POST", {"body": "Status: fine"})
    assert made.status_code == 201
    path = f"/repos/{REPOSITORY}/issues/comments/{made.json()['id']}"
    assert hub.get(f"{ISSUES}/1")["updated_at"] == made.json()["created_at"] == "2026-02-04T09:00:00Z"
    hub.clock.advance(timedelta(minutes=1))
    assert hub.ask(path, "PATCH", {"body": "Status: good"}).status_code == 200
    assert (hub.get(path)["body"], hub.get(path)["updated_at"]) == ("Status: good", "2026-02-04T09:01:00Z")
    assert [each["body"] for each in hub.get(f"{ISSUES}/1/comments")] == ["Status: good"]
    assert hub.ask(path, "DELETE").status_code == 204
    assert hub.ask(path).status_code == 404


@pytest.mark.parametrize("body", [{}, {"body": "  "}, {"body": "x" * 65_537}, {"body": 5}])
def test_a_comment_needs_text_of_a_bearable_length(hub: Hub, body: dict[str, object]) -> None:
    assert hub.ask(f"{ISSUES}/1/comments", "POST", body).status_code == 422


def test_a_locked_conversation_is_open_to_members_only(hub: Hub) -> None:
    for repository, expected in ((REPOSITORY, 201), (OTHER, 403)):
        hub.state.edit(repository, 1, at=day(9), by="dana", locked=True)
        assert hub.ask(f"/repos/{repository}/issues/1/comments", "POST", {"body": "Hello"}).status_code == expected


def test_a_deleted_issue_is_gone_and_a_missing_one_not_found(hub: Hub) -> None:
    hub.state.delete(REPOSITORY, 3)
    assert [hub.ask(f"{ISSUES}/{number}/comments").status_code for number in (3, 99)] == [410, 404]


def test_a_repository_without_issues_says_so() -> None:
    state = story()
    state.add_repository("acme/mirror", has_issues=False)
    with running(state) as hub:
        assert hub.ask("/repos/acme/mirror/issues").status_code == 410


def test_the_limit_of_an_hour_is_kept_and_told() -> None:
    with running(story(), rate_limit=2) as hub:
        left = [hub.ask("/user").headers["x-ratelimit-remaining"] for _ in range(2)]
        refused = hub.ask("/user")
        assert (left, refused.status_code) == (["1", "0"], 403)
        assert "rate limit" in refused.json()["message"]
        assert int(refused.headers["x-ratelimit-reset"]) == int((day(30) + timedelta(hours=1)).timestamp())
        hub.clock.advance(timedelta(hours=1))
        assert hub.ask("/user").status_code == 200


def test_the_rate_limit_can_be_asked_for_free(hub: Hub) -> None:
    hub.ask("/user")
    for _ in range(2):
        assert hub.get("/rate_limit")["resources"]["core"]["used"] == 1


def test_a_server_without_rate_limits_sends_no_such_headers() -> None:
    with running(story(), rate_limit=None) as hub:
        assert not [name for name in hub.ask("/user").headers if "ratelimit" in name.casefold()]
        assert hub.ask("/rate_limit").status_code == 404


def test_an_enterprise_server_has_its_api_below_api() -> None:
    with running(story(), enterprise=True) as hub:
        assert hub.get(f"/api/v3{ISSUES}/2")["url"] == f"{hub.url}/api/v3{ISSUES}/2"
        assert hub.query("{ viewer { login } }", path="/api/graphql") == {"data": {"viewer": {"login": "noor"}}}
        assert hub.ask("/user").status_code == 404


def test_an_older_server_lacks_paths() -> None:
    with running(story(), lacks=["/sub_issues", "/parent"]) as hub:
        paths = ("sub_issues", "parent", "dependencies/blocked_by")
        assert [hub.ask(f"{ISSUES}/2/{path}").status_code for path in paths] == [404, 404, 200]


def test_the_newer_api_version_has_no_single_assignee(hub: Hub) -> None:
    assert hub.get(f"{ISSUES}/2")["assignee"]["login"] == "dana"
    newer = hub.get(f"{ISSUES}/2", **{"X-GitHub-Api-Version": "2026-03-10"})
    assert "assignee" not in newer
    assert newer["assignees"][0]["login"] == "dana"


def test_an_app_gets_a_token_for_an_hour() -> None:
    with running(story(), app=App(12, 34, "goal-agent")) as hub:
        given = hub.ask("/app/installations/34/access_tokens", "POST", Authorization=proof(12))
        assert given.status_code == 201
        login = {"Authorization": f"token {given.json()['token']}"}
        assert [each["full_name"] for each in hub.get("/installation/repositories", **login)["repositories"]] == [
            REPOSITORY,
            OTHER,
        ]
        assert hub.ask("/user", **login).status_code == 403
        comment = hub.ask(f"{ISSUES}/1/comments", "POST", {"body": "Hello"}, **login).json()
        assert (comment["user"]["login"], comment["user"]["type"]) == ("goal-agent[bot]", "Bot")
        hub.clock.advance(timedelta(hours=1))
        assert hub.ask("/installation/repositories", **login).status_code == 401


@pytest.mark.parametrize(("login", "path"), [(proof(13), 34), (proof(12, 3600), 34), ("Bearer nonsense", 34)])
def test_an_app_must_prove_who_it_is(login: str, path: int) -> None:
    with running(story(), app=App(12, 34)) as hub:
        answer = hub.ask(f"/app/installations/{path}/access_tokens", "POST", Authorization=login)
        assert answer.status_code == 401


def test_an_app_knows_its_name_and_only_its_own_installation() -> None:
    with running(story(), app=App(12, 34, "goal-agent")) as hub:
        assert hub.get("/app", Authorization=proof(12))["slug"] == "goal-agent"
        assert hub.ask("/app/installations/35/access_tokens", "POST", Authorization=proof(12)).status_code == 404


def test_a_user_is_no_installation(hub: Hub) -> None:
    assert hub.ask("/installation/repositories").status_code == 403
