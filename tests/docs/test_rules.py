"""The rules for Prometheus: about metrics that there are, each with a section of the runbook, each provoked."""

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


def test_rules_are_about_metrics_that_there_are() -> None:
    names = {name for metric in Metrics().registry.collect() for name in (metric.name, f"{metric.name}_total")}
    names |= {f"{metric.name}_info" for metric in Metrics().registry.collect()}
    for rule in RULES:
        wanted = re.findall(r"sync_agent_\w+", rule["expr"])
        assert wanted
        assert set(wanted) <= names, rule["alert"]


def test_every_alert_has_its_section_in_the_runbook_and_no_other() -> None:
    sections = re.findall(r"(?m)^## (\w+)$", (ROOT / "docs" / "runbook.md").read_text())
    assert sections == [rule["alert"] for rule in RULES]
    for rule in RULES:
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{rule['alert'].lower()}"


@pytest.mark.parametrize("command", [("check", "rules", "rules.yaml"), ("test", "rules", "tests.yaml")])
def test_promtool_agrees(command: tuple[str, ...]) -> None:
    if not shutil.which("promtool"):
        pytest.skip("needs promtool (Debian: apt install prometheus)")
    done = subprocess.run(["promtool", *command], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_provoked() -> None:
    tests = yaml.safe_load((FOLDER / "tests.yaml").read_text())["tests"]
    assert {each["alert_rule_test"][0]["alertname"] for each in tests} == {rule["alert"] for rule in RULES}
