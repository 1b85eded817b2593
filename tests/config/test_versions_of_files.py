"""A goal's version through the files that people write: their layout never matters, what they agree on does."""

import itertools
from pathlib import Path
from random import Random
from typing import Any

import yaml

from sync_agent.ask.identity.versions import version_of
from sync_agent.config import installed_connectors, load

SETTINGS = """\
organisation: Acme
sources:
  jira: {type: jira, url: "https://acme.example.org", auth: {token: {env: TOKEN}}, projects: [SHOP, PLAT]}
people:
  dana: {name: Dana Reyes, role: owner, email: dana@example.org}
  ilse: {name: Ilse Brandt, role: technical-expert, email: ilse@example.org}
  noor: {name: Noor Haddad, role: owner, email: noor@example.org}
channels: {email: {host: mail.example.org, from: "Goals <goals@example.org>"}}
themes: {trust: Customers trust us}
"""
LATENCY = {
    "id": "latency",
    "title": "95th percentile",
    "kpi": {"http": "https://metrics.example.org/p95", "json": "value", "unit": "ms"},
    "baseline": 800,
    "target": 250,
    "milestones": [{"on": "2026-11-01", "value": 500}, {"on": "2026-12-01", "value": 300}],
    "thresholds": [{"above": 900, "text": "customers notice"}],
}
FLOW = {
    "id": "flow",
    "title": "New flow: shipped",
    "delivers": [
        {"source": "jira", "epic": ["SHOP-1", "SHOP-2"], "label": ["flow", "ui"]},
        {"source": "jira", "project": "PLAT"},
    ],
}
GOAL: dict[str, Any] = {
    "objective": "Checkout feels instant",
    "owner": "dana",
    "period": {"start": "2026-10-01", "due": "2026-12-18"},
    "key_results": [FLOW, LATENCY],
    "supports": "trust",
    "needs": [{"from": "ilse", "what": "review it", "by": "2026-11-30"}],
}
GOLDEN = "c61b4a44"
CONNECTORS = installed_connectors()
_ROUNDS, _A_ROUND = 20, 50


def versions(folder: Path, files: list[str]) -> dict[str, str]:
    (folder / "goals").mkdir(parents=True)
    (folder / "sync-agent.yaml").write_text(SETTINGS)
    for number, text in enumerate(files):
        (folder / "goals" / f"g{number}.yaml").write_text(text)
    goals = load(folder, {"TOKEN": "x"}, CONNECTORS).organisation.goals
    return {goal.id: version_of(goal).short for goal in goals}


def shuffled(value: Any, random: Random) -> Any:
    """The same with keys and lists in another order, but for what has to be in order."""
    if isinstance(value, dict):
        keys = random.sample(list(value), len(value))
        return {key: value[key] if key == "milestones" else shuffled(value[key], random) for key in keys}
    if isinstance(value, list):
        return [shuffled(each, random) for each in random.sample(value, len(value))]
    return value


def written(goals: list[dict[str, Any]], random: Random) -> str:
    """YAML in some style: flow or block, quoted or plain, indented, with comments and blank lines."""
    style, flow = random.choice([None, '"', "'"]), random.choice([True, False, None])
    text = (
        yaml.safe_dump(
            {"goals": goals},
            default_style=style,
            default_flow_style=flow,
            indent=random.choice([2, 4, 8]),
            width=random.choice([40, 80, 200]),
            sort_keys=False,
            explicit_start=random.choice([True, False]),
        )
        if style is None
        else _quoted({"goals": goals}, style, flow)
    )
    return f"# {random.random()}\n\n{text}\n# the end\n"


def _quoted(value: Any, style: str, flow: bool | None) -> str:
    """Only texts are quoted, for a quoted number is text."""

    class Quoting(yaml.SafeDumper):
        pass

    Quoting.add_representer(
        str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)
    )
    return yaml.dump(value, Dumper=Quoting, default_flow_style=flow, sort_keys=False)


def test_a_thousand_rewrites_of_files_never_change_a_version(tmp_path: Path) -> None:
    random, number = Random(1018), itertools.count()
    for turn in range(_ROUNDS):
        goals = [{"id": f"g{next(number)}", **shuffled(GOAL, random)} for _ in range(_A_ROUND)]
        cuts = sorted(random.sample(range(1, _A_ROUND), random.randint(0, 6)))
        parts = [goals[a:b] for a, b in itertools.pairwise([0, *cuts, _A_ROUND])]
        found = versions(tmp_path / str(turn), [written(part, random) for part in parts])
        assert len(found) == _A_ROUND
        assert set(found.values()) == {GOLDEN}


def test_what_is_agreed_changes_it_in_every_file(tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [
        {"objective": "Checkout is instant"},
        {"owner": "noor"},
        {"kind": "aspirational"},
        {"supports": None},
        {"period": {"start": "2026-10-01", "due": "2027-01-15"}},
        {"period": "2026-Q4"},
        {"needs": []},
        {"key_results": [FLOW]},
        {"key_results": [FLOW, {**LATENCY, "target": 300}]},
        {"key_results": [FLOW, {**LATENCY, "baseline": 700}]},
        {"key_results": [FLOW, {**LATENCY, "milestones": []}]},
        {"key_results": [{**FLOW, "count": "leaves"}, LATENCY]},
        {"key_results": [{**FLOW, "measure": "points"}, LATENCY]},
        {"needs": [{"from": "ilse", "what": "review it", "by": "2026-12-01"}]},
    ]
    goals = [{"id": f"g{number}", **GOAL, **each} for number, each in enumerate(changes)]
    goals += [{"id": "other", **GOAL}, {"id": "waits", **GOAL, "depends_on": ["other"]}]
    found = versions(tmp_path, [yaml.safe_dump({"goals": goals})])
    assert found.pop("other") == GOLDEN
    assert GOLDEN not in found.values()
    assert len(set(found.values())) == len(found)


def test_what_is_not_agreed_does_not(tmp_path: Path) -> None:
    others: list[dict[str, Any]] = [
        {"stakeholders": ["ilse"]},
        {"theme": "trust"},
        {"priority": {"urgency": 5}},
        {"rules": {"blocked_after": "1d"}},
        {"report_on": {"source": "jira", "issue": "SHOP-9"}},
        {"check_ins": [{"on": "2026-11-01", "by": "dana", "confidence": 0.5}]},
        {"key_results": [{**FLOW, "title": "Other"}, LATENCY]},
        {"key_results": [FLOW, {**LATENCY, "thresholds": []}]},
        {"why": "the vendor is late"},
        {"continues": "checkout-2025"},
        {"key_results": [{**FLOW, "weight": 2}, LATENCY]},
    ]
    goals = [{"id": f"g{number}", **GOAL, **each} for number, each in enumerate(others)]
    assert set(versions(tmp_path, [yaml.safe_dump({"goals": goals})]).values()) == {GOLDEN}
