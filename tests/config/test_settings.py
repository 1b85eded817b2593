"""What is written in the files is what the agent works with."""

import re
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from connectors.contract import Connector, Runtime, Source
from connectors.errors import ConnectorError
from connectors.jira import connector as jira
from connectors.kpis.http import KpiOptions
from connectors.mail import EmailOptions
from connectors.options import Options
from connectors.profile import Selecting
from sync_agent.config import ConfigErrors, Settings, load
from sync_agent.config.directory import installed_connectors
from sync_agent.config.shapes.goals import SelectorShape
from sync_agent.model import (
    EMAIL,
    CheckIn,
    CsvKpi,
    DeployKpi,
    EscalationStep,
    HttpKpi,
    ItemKind,
    Kpi,
    KpiMeasure,
    Measure,
    Milestone,
    Place,
    Priority,
    PrometheusKpi,
    Role,
    Rules,
    Selector,
    Threshold,
    TrackerKpi,
)

EXAMPLE = Path(__file__).parents[2] / "config"

SETTINGS = """
organisation: Acme
sources:
  jira: {type: jira, url: "https://acme.example", auth: {token: {env: T}}, projects: [SHOP]}
  hub: {type: stub, places: [acme/*, other/one]}
people:
  dana: {name: Dana, role: owner, accounts: {jira: d1}}
"""
GOAL = """
goals:
  - id: g
    objective: O
    owner: dana
    period: 2026-Q4
    key_results:
      - id: k
        title: T
        delivers: {source: jira, epic: SHOP-1}
"""


class StubOptions(Options):
    places: tuple[str, ...]


class StubConnector:
    """A tracker whose selectors may say everything."""

    options = StubOptions
    profile = replace(
        jira.profile,
        selecting=Selecting(
            keys=frozenset(SelectorShape.model_fields) - {"query"},
            own={"repository": "repo", "jql": "query"},
            containers=("project", "repo"),
            items=("epic", "sub_issues_of", "issue"),
            item=re.compile(r"(.+)#\d+"),
            example="any text",
        ),
        deploys=True,
    )

    def open(self, name: str, options: StubOptions, context: Runtime) -> Source:
        raise ConnectorError("never opened")

    def containers(self, options: StubOptions) -> tuple[str, ...]:
        return options.places


CONNECTORS: dict[str, Connector] = {"jira": jira, "stub": StubConnector()}


def read(
    tmp_path: Path, settings: str = SETTINGS, goals: str = GOAL, environ: dict[str, str] | None = None
) -> Settings:
    (tmp_path / "goals").mkdir(exist_ok=True)
    (tmp_path / "sync-agent.yaml").write_text(settings)
    (tmp_path / "goals" / "goals.yaml").write_text(goals)
    return load(tmp_path, environ or {}, CONNECTORS)


def told(tmp_path: Path, settings: str = SETTINGS, goals: str = GOAL) -> str:
    with pytest.raises(ConfigErrors) as caught:
        read(tmp_path, settings, goals)
    return str(caught.value)


def with_selector(selector: str) -> str:
    return GOAL.replace("{source: jira, epic: SHOP-1}", selector)


def test_the_example_says_what_it_says() -> None:
    settings = load(EXAMPLE, {}, installed_connectors())
    assert settings.organisation.name == "Example Shop"
    assert (settings.organisation.timezone, settings.organisation.holidays) == ("Europe/Berlin", "DE")
    assert {name: source.type for name, source in settings.sources.items()} == {"jira": "jira", "github": "github"}
    assert settings.every == timedelta(minutes=15)
    assert (settings.web_host, settings.web_port, settings.comments) == ("127.0.0.1", 8080, True)
    mail = settings.channels[EMAIL].options
    assert isinstance(mail, EmailOptions)
    assert (mail.port, mail.sender) == (587, "Goal sync <goals@example.org>")
    noor = settings.organisation.people["noor"]
    assert (noor.role, noor.timezone, noor.holidays, noor.digest) == (Role.OWNER, "Asia/Amman", "DE", None)
    assert settings.organisation.people["dana"].digest == "mon 09:00"


def test_the_goals_of_the_example_are_read_whole() -> None:
    fast, platform = load(EXAMPLE, {}, installed_connectors()).organisation.goals
    assert (fast.owner, fast.theme, fast.depends_on) == ("dana", "customer-trust", ("platform-upgrade",))
    assert (fast.period.start, fast.period.due) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (fast.priority, fast.priority.critical) == (Priority(5, 4, 5), False)
    assert fast.where == "goals/2026-q4.yaml:4"
    flow, latency, bugs = fast.key_results
    assert flow.measure is Measure.POINTS
    assert flow.delivers == (
        Selector("jira", epics=("SHOP-12", "SHOP-40")),
        Selector("github", repositories=("example/checkout",), milestones=("Q4 speed",)),
    )
    assert latency.kpi == HttpKpi("https://metrics.example.org/p95.json", "data.value")
    assert (latency.baseline, latency.target, latency.unit) == (900, 300, "ms")
    wanted = Selector("jira", projects=("SHOP",), types=("Bug",), priorities=("Highest", "Blocker"), statuses=("open",))
    assert bugs.kpi == TrackerKpi(KpiMeasure.COUNT, (wanted,))
    assert platform.period.due == date(2026, 11, 30)
    steps = (EscalationStep(5, ("ceo-office",)),)
    assert platform.rules == Rules(escalation=steps), "the example shows the defaults, and one step of escalation"


@pytest.mark.parametrize(
    ("rules", "thresholds"),
    [
        ("{alarm: {false: 1, missed: 3}}", (0.75, 0.429)),
        ("{alarm: {false: 1, missed: 1}, off_track_below: 0.2}", (0.5, 0.2)),
        ("{alarm: {false: 2, missed: 2}, at_risk_below: 0.9}", (0.9, 0.286)),
        ("{}", (0.7, 0.4)),
    ],
)
def test_what_alarms_cost_sets_the_thresholds_that_are_not_written(
    tmp_path: Path, rules: str, thresholds: tuple[float, float]
) -> None:
    found = read(tmp_path, SETTINGS + f"rules: {rules}\n", GOAL).organisation.goals[0].rules
    assert (found.on_track_probability, found.at_risk_probability) == pytest.approx(thresholds)


def test_rules_hold_for_all_goals_and_a_goal_overrides_some(tmp_path: Path) -> None:
    settings = SETTINGS + (
        "rules: {blocked_after: 36h, critical_blocked_after: 1d, stale_item_after: 2w, stale_goal_after: 20d,"
        " at_risk_below: 0.8, off_track_below: 0.5, delivered_share: 0.9, pace_tolerance: 0.1, scope_growth: 0.3,"
        " not_started_after: 0.3, same_time: 1w, trend_share: 0.2, forecast_window: 60d,"
        " check_in_every: 1w, in_progress_limit: 4, goals_limit: 3, overcommitment: 2,"
        " cycles_before_change: 3, repeat_after: [2d, 1w], blocked_statuses: Stuck, blocked_labels: [stuck, held]}\n"
    )
    goal = GOAL.replace("    owner", "    rules: {off_track_below: 0.7}\n    owner")
    found = read(tmp_path, settings, goal).organisation.goals[0].rules
    assert found == replace(
        Rules(),
        blocked_after_working_days=1.5,
        critical_blocked_after_hours=24,
        stale_item_days=14,
        stale_goal_days=20,
        not_started_after=0.3,
        same_time_days=7,
        trend_share=0.2,
        forecast_window_days=60,
        on_track_probability=0.8,
        at_risk_probability=0.7,
        delivered_share=0.9,
        pace_tolerance=0.1,
        scope_growth=0.3,
        check_in_days=7,
        in_progress_limit=4,
        goals_limit=3,
        overcommitment=2,
        cycles_before_change=3,
        repeat_working_days=(2, 7),
        blocked_statuses=("Stuck",),
        blocked_labels=("stuck", "held"),
    )


def test_a_goals_threshold_is_judged_beside_that_of_all_goals(tmp_path: Path) -> None:
    settings = SETTINGS + "rules: {at_risk_below: 0.5, off_track_below: 0.2}\n"
    goal = GOAL.replace("    owner", "    rules: {off_track_below: 0.6}\n    owner")
    assert "off_track_below (0.6) should be less than at_risk_below (0.5)" in told(tmp_path, settings, goal)


@pytest.mark.parametrize(
    ("written", "start", "due"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026-q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("{start: 2026-10-01, due: 2026-10-01}", date(2026, 10, 1), date(2026, 10, 1)),
    ],
)
def test_periods_have_several_forms(tmp_path: Path, written: str, start: date, due: date) -> None:
    period = read(tmp_path, goals=GOAL.replace("2026-Q4", written)).organisation.goals[0].period
    assert (period.start, period.due) == (start, due)


@pytest.mark.parametrize(
    ("written", "environ", "store"),
    [
        ("", {}, "sqlite:///{0}/.sync-agent/state.db"),
        ("store: data/state.db\n", {}, "sqlite:///{0}/data/state.db"),
        ("store: /var/lib/state.db\n", {}, "sqlite:////var/lib/state.db"),
        ("store: postgresql+psycopg://host/db\n", {}, "postgresql+psycopg://host/db"),
        ("store: a.db\n", {"SYNC_AGENT_STORE": "/b.db"}, "sqlite:////b.db"),
        ("store: a.db\n", {"SYNC_AGENT_STORE": "postgresql://me:secret@h/db"}, "postgresql://me:secret@h/db"),
    ],
)
def test_the_store_is_a_path_or_an_address(tmp_path: Path, written: str, environ: dict[str, str], store: str) -> None:
    assert read(tmp_path, SETTINGS + written, environ=environ).store == store.format(tmp_path)


def test_the_environment_wins_over_the_web_address(tmp_path: Path) -> None:
    environ = {"SYNC_AGENT_WEB_HOST": "0.0.0.0", "SYNC_AGENT_WEB_PORT": "9"}
    found = read(tmp_path, SETTINGS + "web: {host: '::1', port: 81}\n", environ=environ)
    assert (found.web_host, found.web_port) == ("0.0.0.0", 9)


def test_every_key_of_a_selector_takes_one_value_or_several(tmp_path: Path) -> None:
    selector = (
        "{source: hub, project: p/q, repository: acme/x, epic: acme/x#1, sub_issues_of: acme/x#2, issue: other/one#3,"
        " type: t, label: [l, m], component: c, fix_version: 1.10, milestone: ms, sprint: sp, assignee: a,"
        " priority: P1, status: true, kind: pull_request, jql: x = y}"
    )
    settings = SETTINGS.replace("acme/*", "p/*, acme/*")
    (found,) = read(tmp_path, settings, with_selector(selector)).organisation.goals[0].key_results[0].delivers
    assert found == Selector(
        source="hub",
        projects=("p/q",),
        repositories=("acme/x",),
        epics=("acme/x#1",),
        sub_issues_of=("acme/x#2",),
        items=("other/one#3",),
        types=("t",),
        labels=("l", "m"),
        components=("c",),
        versions=("1.10",),
        milestones=("ms",),
        sprints=("sp",),
        assignees=("a",),
        priorities=("P1",),
        statuses=("true",),
        kind=ItemKind.PULL_REQUEST,
        query="x = y",
    )
    assert found.within == ("acme/x", "other/one")


@pytest.mark.parametrize(("repository", "known"), [("ACME/Any", True), ("other/one", True), ("other/two", False)])
def test_a_star_in_a_sources_scope_covers_all_names(tmp_path: Path, repository: str, *, known: bool) -> None:
    goals = with_selector(f"{{source: hub, repo: {repository}}}")
    if known:
        assert read(tmp_path, goals=goals)
    else:
        assert f"unknown repo '{repository}'" in told(tmp_path, goals=goals)


@pytest.mark.parametrize(
    ("selectors", "place"),
    [
        ("[{source: jira, label: x}, {source: jira, epic: [SHOP-2, SHOP-3]}]", [Place("jira", "SHOP-2")]),
        ("[{source: jira, issue: SHOP-9}, {source: hub, sub_issues_of: acme/a#7}]", [Place("hub", "acme/a#7")]),
        ("{source: jira, issue: [SHOP-9, SHOP-8]}", [Place("jira", "SHOP-9")]),
        ("{source: jira, label: x}", []),
    ],
)
def test_a_goal_is_reported_on_the_first_parent_it_names(tmp_path: Path, selectors: str, place: list[Place]) -> None:
    assert list(read(tmp_path, goals=with_selector(selectors)).organisation.goals[0].report_on) == place


@pytest.mark.parametrize(
    ("written", "token"), [("{env: NAME}", "env:NAME"), ("{file: /run/secrets/x}", "file:/run/secrets/x")]
)
def test_a_kpis_token_is_kept_as_where_it_lies(tmp_path: Path, written: str, token: str) -> None:
    kpi = f'kpi: {{http: "https://m.example/x", json: a.0, token: {written}}}\n        baseline: 1\n        target: 2'
    goals = GOAL.replace("delivers: {source: jira, epic: SHOP-1}", kpi)
    settings = SETTINGS + "kpis: {hosts: ['*.example']}\n"
    assert read(tmp_path, settings, goals).organisation.goals[0].key_results[0].kpi == HttpKpi(
        "https://m.example/x", "a.0", token
    )


@pytest.mark.parametrize(
    ("written", "kpi"),
    [
        (
            '{prometheus: "https://p.example", query: "sum(up)", stale_after: 1d}',
            PrometheusKpi("https://p.example", "sum(up)", None, 1),
        ),
        (
            "{csv: kpis/nps.csv, column: score, date: month, where: {region: EU}}",
            CsvKpi("kpis/nps.csv", "score", "month", (("region", "EU"),), 45),
        ),
        (
            "{deploys: {source: hub, repo: acme/shop, environment: production}, window: 2w}",
            DeployKpi("hub", ("acme/shop",), "production", 14, 2),
        ),
    ],
)
def test_kpis_come_from_prometheus_files_and_deployments(tmp_path: Path, written: str, kpi: Kpi) -> None:
    goals = GOAL.replace("delivers: {source: jira, epic: SHOP-1}", f"kpi: {written}\n        between: [1, 2]")
    assert read(tmp_path, goals=goals).organisation.goals[0].key_results[0].kpi == kpi


def test_how_kpis_are_read_is_kept(tmp_path: Path) -> None:
    found = read(tmp_path, SETTINGS + "kpis: {hosts: [a.example], timeout: 5, max_bytes: 1000}\n").kpis
    assert found == KpiOptions(hosts=("a.example",), timeout=5, max_bytes=1000)


def test_a_kpi_of_work_items_is_read_whole(tmp_path: Path) -> None:
    kpi = (
        "kpi: {measure: cycle_time, percentile: 50, window: 8w, of: {source: jira, project: SHOP}}\n"
        "        between: [3, 7.5]\n"
        "        thresholds: [{above: 10, text: customers leave, alert: true}, {below: 1, text: too good}]"
    )
    goals = GOAL.replace("delivers: {source: jira, epic: SHOP-1}", kpi)
    (found,) = read(tmp_path, goals=goals).organisation.goals[0].key_results
    assert found.kpi == TrackerKpi(KpiMeasure.CYCLE_TIME, (Selector("jira", projects=("SHOP",)),), (), 50, 56)
    assert (found.unit, found.between, found.baseline, found.target) == ("days", (3, 7.5), None, None)
    leave = Threshold(10, above=True, text="customers leave", alert=True)
    assert found.thresholds == (leave, Threshold(1, above=False, text="too good"))


def test_a_kpi_reaches_its_target_over_milestones(tmp_path: Path) -> None:
    kpi = (
        "kpi: {measure: share, of: {source: jira, label: escaped}, among: {source: jira, type: Bug}, unit: per cent}\n"
        "        baseline: 20\n        target: 5\n        milestones: [{on: 2026-10-31, value: 15}]"
    )
    goals = GOAL.replace("delivers: {source: jira, epic: SHOP-1}", kpi)
    (found,) = read(tmp_path, goals=goals).organisation.goals[0].key_results
    assert (found.unit, found.milestones) == ("per cent", (Milestone(date(2026, 10, 31), 15),))


def test_check_ins_are_read_oldest_first(tmp_path: Path) -> None:
    said = (
        "check_ins: [{on: 2026-11-20, by: dana, confidence: 0.8, text: fine},"
        " {on: 2026-11-13, by: dana, confidence: 1}]"
    )
    found = read(tmp_path, goals=GOAL.replace("    owner", f"    {said}\n    owner")).organisation.goals[0].check_ins
    assert found == (CheckIn(date(2026, 11, 13), "dana", 1), CheckIn(date(2026, 11, 20), "dana", 0.8, "fine"))


def test_goals_of_all_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "goals").mkdir()
    for name in ("b.yaml", "a.yml", ".#c.yaml", "notes.txt"):
        (tmp_path / "goals" / name).write_text(GOAL.replace("id: g", f"id: {name[0]}"))
    assert [goal.id for goal in read(tmp_path).organisation.goals] == ["a", "b", "g"]


def test_the_example_directory_is_left_as_it_was(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "config")
    before = sorted(tmp_path.rglob("*"))
    load(tmp_path / "config", {}, installed_connectors())
    assert sorted(tmp_path.rglob("*")) == before


def test_a_public_address_needs_the_secret_that_signs_its_links(tmp_path: Path) -> None:
    from sync_agent.config.shapes.settings import WebShape

    whole = WebShape.model_validate({"url": "https://goals.example.org", "secret": {"env": "WEB_SECRET"}})
    assert whole.url == "https://goals.example.org"
    for half in ({"url": "https://goals.example.org"}, {"secret": {"env": "WEB_SECRET"}}):
        with pytest.raises(ValidationError, match="url and secret belong together"):
            WebShape.model_validate(half)
    with pytest.raises(ValidationError, match="url"):
        WebShape.model_validate({"url": "http://goals.example.org", "secret": {"env": "WEB_SECRET"}})
