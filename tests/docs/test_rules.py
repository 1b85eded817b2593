"""The rules for Prometheus: about metrics that there are, each with a section of the runbook, each provoked."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from sync_agent.web import Metrics

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "prometheus"
RULES = yaml.safe_load((FOLDER / "rules.yaml").read_text())["groups"][0]["rules"]


def names() -> set[str]:
    endings = ("", "_total", "_info", "_sum", "_count")
    return {f"{metric.name}{ending}" for metric in Metrics().registry.collect() for ending in endings}


def test_the_dashboard_draws_metrics_that_there_are() -> None:
    board = json.loads((ROOT / "deploy" / "grafana" / "dashboards" / "goal-sync-agent.json").read_text())
    wanted = re.findall(
        r"\b(?:sync_agent|process)_\w+", " ".join(t["expr"] for p in board["panels"] for t in p["targets"])
    )
    assert wanted
    assert set(wanted) <= names()
    source = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yaml").read_text())
    assert {panel["datasource"]["uid"] for panel in board["panels"]} == {source["datasources"][0]["uid"]}


def test_rules_are_about_metrics_that_there_are() -> None:
    for rule in RULES:
        wanted = re.findall(r"sync_agent_\w+", rule["expr"])
        assert wanted
        assert set(wanted) <= names(), rule["alert"]


def test_every_alert_has_its_section_in_the_runbook_and_no_other() -> None:
    sections = re.findall(r"(?m)^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text())
    assert sections == [rule["alert"] for rule in RULES]
    for rule in RULES:
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{rule['alert'].lower()}"


@pytest.mark.parametrize(
    "command",
    [("check", "rules", "rules.yaml"), ("test", "rules", "tests.yaml"), ("check", "config", "prometheus.yaml")],
)
def test_promtool_agrees(command: tuple[str, ...]) -> None:
    if not shutil.which("promtool"):
        pytest.skip("needs promtool (Debian: apt install prometheus)")
    done = subprocess.run(["promtool", *command], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_provoked() -> None:
    tests = yaml.safe_load((FOLDER / "tests.yaml").read_text())["tests"]
    assert {each["alert_rule_test"][0]["alertname"] for each in tests} == {rule["alert"] for rule in RULES}
