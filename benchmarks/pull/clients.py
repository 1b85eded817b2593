"""The clients that are compared, each in a process of its own: `python -m benchmarks.pull.clients NAME …`.

With a file for it, they write what they know in the end: the mark of each key as JSON.
"""

import argparse
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.pull import floor
from benchmarks.pull.github_crowd import repositories
from benchmarks.pull.jira_crowd import PROJECT
from benchmarks.pull.serve import TOKEN

Found = Mapping[str, str]
MAIL = "bot@example.org"


def main() -> None:
    """Runs one client."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.pull.clients", description=__doc__)
    options.add_argument("name", choices=["floor", *CLIENTS])
    options.add_argument("kind")
    options.add_argument("url")
    options.add_argument("--repositories", type=int, default=1)
    options.add_argument("--found", type=Path, help="where to write what is known in the end")
    options.add_argument("--record", type=Path, help="the requests that the floor repeats")
    chosen = options.parse_args()
    if chosen.name == "floor":
        floor.repeat(chosen.record, chosen.url.removesuffix("/api/v3"), _login(chosen.kind))
        return
    found = CLIENTS[chosen.name](chosen)
    if chosen.found:
        chosen.found.write_text(json.dumps(dict(found)))


def ours(chosen: argparse.Namespace) -> Found:
    """A pull into a store. Where it is asked what it knows, a second one, as the next cycle would do."""
    from sqlalchemy import text  # noqa: PLC0415  what one client imports is not to burden the others

    from benchmarks.pull.cycles import opened, pull_into  # noqa: PLC0415
    from benchmarks.pull.served import Task, Tracker  # noqa: PLC0415
    from sync_agent.run.process import interpreter  # noqa: PLC0415
    from sync_agent.store import Store  # noqa: PLC0415

    interpreter.tune()
    authority = Path(os.environ["REQUESTS_CA_BUNDLE"])
    tracker = Tracker(Task(chosen.kind, 0, chosen.repositories), chosen.url, authority)
    with Store.temporary() as store, opened(tracker) as source:
        for _ in range(2 if chosen.found else 1):
            pull_into(store, source)
        with store.read() as connection:
            rows = connection.execute(text("SELECT data FROM items")) if chosen.found else ()
            found = [json.loads(row.data) for row in rows]
    field = "title" if chosen.kind == "github" else "labels"
    return {item["key"]: item[field] if field == "title" else " ".join(item[field]) for item in found}


def jira_library(chosen: argparse.Namespace) -> Found:
    """The `jira` library's own search, with histories."""
    from jira import JIRA  # noqa: PLC0415

    cloud = chosen.kind == "jira-cloud"
    auth: dict[str, Any] = {"basic_auth": (MAIL, TOKEN)} if cloud else {"token_auth": TOKEN}
    client = JIRA(server=chosen.url, options={"rest_api_version": "3" if cloud else "2"}, **auth)
    jql = f"project = {PROJECT} ORDER BY updated ASC"
    if cloud:
        found = client.enhanced_search_issues(jql, maxResults=0, expand="changelog", fields="*all")
    else:
        found = client.search_issues(jql, maxResults=0, expand="changelog")
    return {issue.key: " ".join(issue.fields.labels) for issue in found}


def pygithub(chosen: argparse.Namespace) -> Found:
    """PyGithub's list of issues, a hundred a page, without their timelines."""
    from github import Auth, Github  # noqa: PLC0415

    client = Github(auth=Auth.Token(TOKEN), base_url=chosen.url, per_page=100)
    found = {}
    for name in repositories(chosen.repositories):
        for issue in client.get_repo(name).get_issues(state="all", sort="updated", direction="asc"):
            found[f"{name}#{issue.number}"] = issue.title
    return found


def _login(kind: str) -> Callable[[Any], None]:
    def log_in(session: Any) -> None:
        if kind == "jira-cloud":
            session.auth = (MAIL, TOKEN)
        else:
            session.headers["Authorization"] = f"Bearer {TOKEN}"

    return log_in


CLIENTS: Mapping[str, Callable[[argparse.Namespace], Found]] = {
    "ours": ours,
    "jira": jira_library,
    "PyGithub": pygithub,
}


if __name__ == "__main__":
    main()
