"""The guides name everything that the code offers, and nothing that it does not."""

import re
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from connectors.chat import AppriseChat, AppriseOptions
from connectors.contract import Ability, Carrier
from connectors.github.options import GithubLabelOptions, GithubOptions, GithubProblemOptions, GithubProjectStatus
from connectors.jira.options import JiraLabelField, JiraLabelOptions, JiraOptions, JiraProblemOptions
from connectors.kpis.http import KpiOptions
from connectors.mail import EmailOptions, InboxOptions, SmtpMailer
from connectors.mail.options import ImapOptions
from connectors.options import StateLabels
from connectors.webhook import WebhookOptions
from connectors.webhook.webhook import Webhook
from sync_agent.config import installed_channels, installed_connectors
from sync_agent.config.rounds.shapes import STEPS, RoundShape
from sync_agent.config.shapes.goals import (
    GoalShape,
    KeyResultShape,
    KpiShape,
)
from sync_agent.config.shapes.settings import PersonShape, RulesShape, SettingsShape
from sync_agent.evaluate.signals import KINDS
from sync_agent.model import KpiMeasure, SignalKind
from sync_agent.model.rules import Rule, every_rule
from sync_agent.outbox import TrackerCarrier
from sync_agent.web import Metrics
from tests.support.guides import DOCS, commands, has_row, left_out

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("name", "command"), commands(), ids=[name for name, _ in commands()])
def test_every_command_and_option_is_in_the_operators_guide(name: str, command: click.Command) -> None:
    assert left_out(name, command) == []


def test_every_metric_is_in_the_operators_guide() -> None:
    assert "`process_…`" in DOCS["operate.md"]
    for metric in (each for each in Metrics().registry.collect() if not each.name.startswith("process_")):
        assert f"`{metric.name}" in DOCS["operate.md"], metric.name


@pytest.mark.parametrize(
    ("model", "guide"),
    [
        (SettingsShape, "configure.md"),
        (PersonShape, "configure.md"),
        (RulesShape, "configure.md"),
        (EmailOptions, "configure.md"),
        (InboxOptions, "configure.md"),
        (ImapOptions, "configure.md"),
        (KpiOptions, "configure.md"),
        (AppriseOptions, "configure.md"),
        (WebhookOptions, "channels.md"),
        (GoalShape, "write-goals.md"),
        (KeyResultShape, "write-goals.md"),
        (KpiShape, "kpis.md"),
        (RoundShape, "rounds.md"),
        *((shape, "rounds.md") for shape in STEPS.values()),
        (JiraOptions, "connectors.md"),
        (GithubOptions, "connectors.md"),
        (JiraLabelOptions, "connectors.md"),
        (JiraLabelField, "connectors.md"),
        (JiraProblemOptions, "connectors.md"),
        (GithubLabelOptions, "connectors.md"),
        (GithubProblemOptions, "connectors.md"),
        (GithubProjectStatus, "connectors.md"),
        (StateLabels, "connectors.md"),
    ],
)
def test_every_key_is_in_its_guide(model: type[BaseModel], guide: str) -> None:
    for name, field in model.model_fields.items():
        assert f"`{field.alias or name}" in DOCS[guide], field.alias or name


@pytest.mark.parametrize("kind", ["jira", "github"])
def test_every_key_of_a_selector_is_in_its_guide(kind: str) -> None:
    for name in installed_connectors()[kind].profile.selecting.written - {"repository"}:
        assert f"`{name}`" in DOCS["write-goals.md"], name


@pytest.mark.parametrize("measure", KpiMeasure)
def test_every_measure_is_in_the_guide_of_kpis(measure: KpiMeasure) -> None:
    assert f"| `{measure.value}` |" in DOCS["kpis.md"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_finding_is_in_the_guide(kind: SignalKind) -> None:
    assert has_row(kind)


def test_the_guide_of_channels_says_what_each_can_do() -> None:
    carriers: dict[str, type[Carrier]] = {
        "comments": TrackerCarrier, "`email`": SmtpMailer, "`apprise`": AppriseChat, "`webhook`": Webhook,
    }  # fmt: skip
    assert {each.strip("`") for each in carriers} == {"comments", *installed_channels()}
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in DOCS["channels.md"].splitlines() if "|" in line
    ]
    (title,) = (row for row in rows if row[:1] == ["channel"])
    for name, carrier in carriers.items():
        (row,) = (row for row in rows if row[:1] == [name])
        assert dict(zip(title[2:], row[2:], strict=True)) == {
            ability.value: "yes" if ability in carrier.can else "no" for ability in Ability
        }


def test_every_variable_that_the_code_reads_is_documented() -> None:
    code = "".join(path.read_text() for path in (ROOT / "sync_agent").rglob("*.py"))
    for variable in set(re.findall(r"SYNC_AGENT_[A-Z_]+[A-Z]", code)):
        assert f"`{variable}`" in DOCS["configure.md"], variable


def test_every_file_that_the_documents_link_to_is_there() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
            assert (path.parent / target).exists(), (path.name, target)


def test_every_room_of_the_architecture_is_there() -> None:
    for room in re.findall(r"^\| `([\w/.]+)`", DOCS["architecture.md"], re.MULTILINE):
        assert (ROOT / room).exists() or (ROOT / "connectors" / room).exists(), room


def test_every_file_that_the_architecture_names_is_there() -> None:
    houses = (ROOT, ROOT / "sync_agent", ROOT / "connectors")
    for path in re.findall(r"`([\w/]+\.py)`", DOCS["architecture.md"]):
        inner = list(ROOT.glob(f"sync_agent/*/{path}"))
        assert inner or any((house / path).exists() for house in houses), path


def test_every_room_has_its_row_in_the_architecture() -> None:
    rows = set(re.findall(r"^\| `([\w/.]+)`", DOCS["architecture.md"], re.MULTILINE))
    for house in ("sync_agent", "connectors"):
        for path in (ROOT / house).iterdir():
            module = path.suffix == ".py" and path.stem != "__init__"
            if module or (path / "__init__.py").exists():
                assert f"{house}/{path.name}{'' if module else '/'}" in rows, path


@pytest.mark.parametrize("rule", list(every_rule()), ids=lambda rule: rule.key)
def test_the_default_of_every_rule_is_in_its_guide(rule: Rule) -> None:
    (row,) = re.findall(rf"^\| `{rule.key}` \|.*\| ([^|]*) \|$", DOCS["configure.md"], re.MULTILINE)
    assert row.replace("`", "") == rule.said or (not rule.said and row in ("none", "never"))


def test_the_project_speaks_only_of_itself() -> None:
    words = ["/" + "work/", "pypi" + ".org", "npm" + "js"]
    files = [
        p for folder in ("sync_agent", "connectors", "docs", "config", "deploy") for p in (ROOT / folder).rglob("*")
    ]
    for path in [*files, ROOT / "README.md", ROOT / "Dockerfile", ROOT / "requirements.lock"]:
        if path.is_file() and path.suffix in (".py", ".md", ".yaml", ".html", ".lock", ""):
            text = path.read_text()
            assert not [word for word in words if word in text], path
