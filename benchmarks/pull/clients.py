"""The clients that are compared. Each runs in a process of its own and prints what it read as JSON: key → mark."""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from github import Auth, Github
from jira import JIRA

from benchmarks.pull.world import PROJECT, REPOSITORY, TOKEN
from connectors.base import Context
from sync_agent.config import installed_connectors
from sync_agent.model import WorkItem
from sync_agent.pull import pull
from sync_agent.reconcile import Reconciliation
from sync_agent.store import Store
from sync_agent.store.facts import load_facts

Found = Mapping[str, str]
_AUTH = {"jira-cloud": {"email": "bot@example.org"}, "jira-server": {}, "github": {}}


def ours(kind: str, url: str) -> Found:
    """Two pulls into a store, as two cycles would."""
    type_ = "github" if kind == "github" else "jira"
    connector = installed_connectors()[type_]
    scope = {"repositories": [REPOSITORY]} if type_ == "github" else {"projects": [PROJECT]}
    options = connector.options.model_validate(
        {"url": url, "auth": {**_AUTH[kind], "token": {"env": "BENCH_TOKEN"}}, **scope}
    )
    context = Context({"BENCH_TOKEN": TOKEN}, lambda: datetime.now(UTC), threading.Event())
    source = connector.open("bench", options, context)
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{Path(folder) / 'state.db'}")
        for _ in range(int(os.environ.get("BENCH_PULLS", "1"))):
            result = pull("bench", source.reader, store, datetime.now(UTC), Reconciliation(timedelta(days=1)))
            if result.error:
                raise SystemExit(result.error)
        with store.read() as connection:
            found = {h.item.key: _mark(h.item) for h in load_facts(connection).histories.values()}
        store.close()
    return found


def _mark(item: WorkItem) -> str:
    return item.title if "#" in item.key else " ".join(item.labels)


def floor(kind: str, url: str) -> Found:
    """The same pages by a bare loop, thrown away."""
    session = requests.Session()
    if kind == "jira-cloud":
        session.auth = ("bot@example.org", TOKEN)
        _floor_of_cloud(session, url)
    elif kind == "jira-server":
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        _floor_of_server(session, url)
    else:
        session.headers["Authorization"] = f"Bearer {TOKEN}"
        _floor_of_github(session, url)
    return {}


def _floor_of_cloud(session: requests.Session, url: str) -> None:
    def ask(path: str, body: dict[str, Any]) -> Any:
        return session.post(f"{url}/rest/api/3/{path}", json=body, timeout=60).json()

    token: str | None = None
    ids: list[str] = []
    while True:
        body = {"jql": f"project = {PROJECT} ORDER BY updated", "maxResults": 100, "fields": ["*all"]}
        page = ask("search/jql", body | ({"nextPageToken": token} if token else {}))
        ids += [raw["id"] for raw in page["issues"]]
        token = page.get("nextPageToken")
        if len(ids) == 1000 or not token:
            ask("changelog/bulkfetch", {"issueIdsOrKeys": ids, "maxResults": 10_000})
            ids = []
        if not token:
            return


def _floor_of_server(session: requests.Session, url: str) -> None:
    start, total = 0, 1
    while start < total:
        body = {"jql": f"project = {PROJECT} ORDER BY updated", "startAt": start, "maxResults": 100}
        page = session.post(f"{url}/rest/api/2/search", json=body | {"expand": ["changelog"]}, timeout=60).json()
        start, total = start + len(page["issues"]), page["total"]


def _floor_of_github(session: requests.Session, url: str) -> None:
    query = """query($after: String) { repository(owner: "bench", name: "work") {
      issues(first: 100, after: $after, orderBy: {field: UPDATED_AT, direction: ASC}) {
        pageInfo { hasNextPage endCursor }
        nodes { id number title body state updatedAt labels(first: 50) { nodes { name } } assignees(first: 20) { nodes
          { login } } milestone { title } timelineItems(first: 50) { nodes { __typename } } } } } }"""
    after = None
    while True:
        body = {"query": query, "variables": {"after": after}}
        answer = session.post(f"{url.removesuffix('/v3')}/graphql", json=body, timeout=60).json()
        found = answer["data"]["repository"]["issues"]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            return


def jira_library(kind: str, url: str) -> Found:
    """The `jira` library's own search, with histories."""
    cloud = kind == "jira-cloud"
    auth: dict[str, Any] = {"basic_auth": ("bot@example.org", TOKEN)} if cloud else {"token_auth": TOKEN}
    client = JIRA(server=url, options={"rest_api_version": "3" if cloud else "2"}, **auth)
    jql = f"project = {PROJECT} ORDER BY updated"
    if kind == "jira-cloud":
        found = client.enhanced_search_issues(jql, maxResults=0, expand="changelog", fields="*all")
    else:
        found = client.search_issues(jql, maxResults=0, expand="changelog")
    return {issue.key: " ".join(issue.fields.labels) for issue in found}


def pygithub(_kind: str, url: str) -> Found:
    """PyGithub's list of issues, a hundred a page, without their timelines."""
    client = Github(auth=Auth.Token(TOKEN), base_url=url, per_page=100)
    issues = client.get_repo(REPOSITORY).get_issues(state="all", sort="updated", direction="asc")
    return {f"{REPOSITORY}#{issue.number}": issue.title for issue in issues}


CLIENTS: Mapping[str, Callable[[str, str], Found]] = {
    "ours": ours,
    "floor": floor,
    "jira": jira_library,
    "PyGithub": pygithub,
}


if __name__ == "__main__":
    name, tracker_kind, address, output = sys.argv[1:]
    Path(output).write_text(json.dumps(dict(CLIENTS[name](tracker_kind, address))))
