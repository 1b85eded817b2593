"""The agent on recorded trackers: 3,031 Jira issues and 878 GitHub records, pulled over HTTP."""

import csv
import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.config import installed_connectors, load
from sync_agent.evaluate import Index, as_of, evaluate
from sync_agent.model import Facts, Goal, History
from sync_agent.sandbox.core import Clock, Server
from sync_agent.sandbox.github import GithubState, github
from sync_agent.sandbox.jira import JiraState, data_center
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_facts

_RUN_EVERY = 8
"""Of the releases, one in so many is a goal of the run: to judge all of them takes half a minute."""

_SETTINGS = """\
organisation: Recorded
sources:
  jira: {{type: jira, url: "{jira}", auth: {{token: {{env: T}}}}, projects: [{projects}]}}
  github: {{type: github, url: "{github}", auth: {{token: {{env: T}}}}, repositories: [bitcoin-core/gui]}}
people:
  owner: {{name: Owner, role: owner, accounts: {{jira: user1}}}}
channels: {{comments: true}}
store: {store}
"""
_GOAL = """\
  - id: {id}
    objective: {title}
    owner: owner
    period: {{start: 2007-01-01, due: {due}}}
    key_results: [{{id: scope, title: Scope, delivers: {selector}}}]
"""


@dataclass(frozen=True)
class Release:
    """One line of the table of releases."""

    id: str
    project: str
    version: str
    day: date
    open_at_t30: int


@dataclass(frozen=True)
class Recorded:
    """The agent's directory after its first run, and what it said."""

    directory: Path
    releases: list[Release]
    output: str
    exit_code: int
    renamed: frozenset[tuple[str, str]]


@pytest.fixture(scope="module")
def recorded(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    data = shared / "data"
    folder = tmp_path_factory.mktemp("recorded")
    jira, hub, clock = JiraState(), GithubState(), Clock()
    jira.add_user("user1", "User 1")
    hub.add_user("user1")
    jira.load_records(data / "jira-records.ndjson.gz")
    hub.load_records(data / "github-records.ndjson.gz", "bitcoin-core/gui")
    schema = next((shared / "contracts").glob("github-graphql-schema-*.graphql.gz"))
    releases = _releases(data / "jira_release_targets.csv.gz", set(jira.projects))
    a = data_center(jira, clock, token="token-token", me="user1")
    b = github(hub, clock, token="token-token", me="user1", schema=schema)
    with Server(a.app) as jira_at, Server(b.app) as github_at:
        text = _SETTINGS.format(
            jira=jira_at.url, github=github_at.url, projects=", ".join(sorted(jira.projects)), store=folder / "state.db"
        )
        (folder / "sync-agent.yaml").write_text(text)
        _write_goals(folder, releases[::_RUN_EVERY])
        result = CliRunner().invoke(main, ["--config", str(folder), "run"], env={"T": "token-token"})
        yield Recorded(folder, releases, result.output, result.exit_code, _renamed(data / "jira-records.ndjson.gz"))


def test_one_run_pulls_every_record(recorded: Recorded) -> None:
    assert recorded.exit_code == 0, recorded.output
    assert "pulled jira: 3,031 items" in recorded.output
    assert "pulled github: 878 items" in recorded.output


def test_open_scope_thirty_days_before_a_release_is_what_it_was(recorded: Recorded, tmp_path: Path) -> None:
    """The table counts sub-tasks beside their story, and takes an issue's last resolution for the day it was done.
    Where an issue was closed on the day and reopened later (or the other way round), the agent says what was true on
    the day: those releases are explained. It goes by names, too: where a version was renamed, it takes the issues that
    came under the old name to have been there from the beginning. Those are left out.
    """
    directory = shutil.copytree(recorded.directory, tmp_path / "every")
    _write_goals(directory, recorded.releases)
    settings = load(directory, {"T": "token-token"}, installed_connectors())
    store = Store.open(settings.store)
    with store.read() as connection:
        newest = load_facts(connection)
    store.close()
    goals = {goal.id: _without_forecast(goal) for goal in settings.organisation.goals}
    projects: dict[str, dict[tuple[str, str], History]] = {}
    for key, history in newest.histories.items():
        projects.setdefault(history.item.container, {})[key] = history
    equal, explained, other = [], [], []
    same = [each for each in recorded.releases if (each.project, each.version) not in recorded.renamed]
    assert len(same) > 80
    for release in same:
        when = datetime.combine(release.day - timedelta(days=29), time(), UTC)
        facts = as_of(replace(newest, histories=projects[release.project]), when)
        only = replace(settings.organisation, goals=(goals[release.id],))
        state = evaluate(only, facts, when)[0].key_results[0]
        left = int((state.total or 0) - (state.done or 0)) + _beside(facts, goals[release.id])
        if left == release.open_at_t30:
            equal.append(release)
        elif left + _reopened(newest, facts, goals[release.id], when) == release.open_at_t30:
            explained.append(release)
        else:
            other.append((release, left))
    share = (len(equal) + len(explained)) / len(same)
    assert share >= 0.95, (len(equal), len(explained), other)
    assert len(equal) / len(same) >= 0.9


def test_labels_and_milestones_of_recorded_pull_requests_are_judged(recorded: Recorded) -> None:
    result = CliRunner().invoke(
        main, ["--config", str(recorded.directory), "status", "--json"], env={"T": "token-token"}
    )
    assert result.exit_code == 0, result.output
    goals = {goal["goal"]: goal for goal in json.loads(result.output)["goals"]}
    assert goals["bugs"]["key_results"][0]["total"] > 100
    assert goals["milestone"]["key_results"][0]["total"] > 20


def test_validate_names_what_would_be_miscounted(recorded: Recorded) -> None:
    command = ["--config", str(recorded.directory), "validate", "--online"]
    said = CliRunner().invoke(main, command, env={"T": "token-token"}).output
    lines = said.splitlines()
    counted = [line for line in lines if "what counts as done" in line]
    assert counted, said
    assert any("counts as done" in line for line in counted)
    assert any("counts as cancelled" in line for line in counted)
    assert "Traceback" not in said
    assert "The configuration is good" not in said, "there is something to look at"


def _without_forecast(goal: Goal) -> Goal:
    """The same, with a forecast that takes no time: only the scope is looked at."""
    return replace(goal, rules=replace(goal.rules, forecast_trials=10))


def _beside(facts: Facts, goal: Goal) -> int:
    """How many open sub-tasks the table counts beside their story."""
    index, delivers = Index(facts), goal.key_results[0].delivers
    counted = {history.item.id for history in index.scope(delivers)}
    found = (history.item for selector in delivers for history in index.select(selector))
    return sum(bool(item.subtask) and not item.closed and item.id not in counted for item in found)


def _reopened(newest: Facts, facts: Facts, goal: Goal, when: datetime) -> int:
    """How much the table counts otherwise: issues whose state on the day was not their last."""
    difference = 0
    for history in Index(facts).scope(goal.key_results[0].delivers):
        final = newest.histories[history.item.source, history.item.id].item
        open_by_table = final.finished is None or final.finished > when
        difference += int(open_by_table) - int(not history.item.done)
    return difference


def _renamed(path: Path) -> frozenset[tuple[str, str]]:
    """The versions, by project, that have another name somewhere in the histories."""
    names: dict[tuple[str, str], set[str]] = {}
    with gzip.open(path, "rt") as lines:
        for issue in map(json.loads, lines):
            project = issue["key"].partition("-")[0]
            for each in issue["fields"].get("fixVersions") or ():
                names.setdefault((project, each["id"]), set()).add(each["name"])
            for step in (each for history in issue["changelog"]["histories"] for each in history["items"]):
                for side in ("from", "to") if step["field"] == "Fix Version" else ():
                    if step.get(side):
                        names.setdefault((project, step[side]), set()).add(step[f"{side}String"])
    return frozenset((project, name) for (project, _), every in names.items() if len(every) > 1 for name in every)


def _releases(path: Path, projects: set[str]) -> list[Release]:
    with gzip.open(path, "rt") as lines:
        rows = [row for row in csv.DictReader(lines) if row["project"] in projects]
    return [
        Release(f"r{n}", r["project"], r["version"], date.fromisoformat(r["release_date"]), int(r["open_at_T30"]))
        for n, r in enumerate(rows)
    ]


def _write_goals(directory: Path, releases: list[Release]) -> None:
    selectors = [
        (r.id, r.day, f"{{source: jira, project: {r.project}, fix_version: {json.dumps(r.version)}}}") for r in releases
    ]
    later = date(2026, 12, 31)
    selectors.append(("bugs", later, "{source: github, repo: bitcoin-core/gui, label: Bug}"))
    selectors.append(("milestone", later, "{source: github, repo: bitcoin-core/gui, milestone: '22.0'}"))
    goals = (_GOAL.format(id=i, title=f"Release {i}", due=day, selector=s) for i, day, s in selectors)
    (directory / "goals").mkdir(exist_ok=True)
    (directory / "goals" / "goals.yaml").write_text("goals:\n" + "".join(goals))
