"""What changes a goal's version, and what does not."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random

import pytest
import rfc8785

from sync_agent.ask.identity.versions import Edit, agreed, edits, version_of
from sync_agent.model import (
    Ambition,
    CheckIn,
    CsvKpi,
    DeployKpi,
    Goal,
    HttpKpi,
    KeyResult,
    KpiMeasure,
    Measure,
    Milestone,
    Need,
    Period,
    Place,
    Priority,
    PrometheusKpi,
    Rules,
    Selector,
    Threshold,
    TrackerKpi,
)

SHOP = Selector("jira", projects=("SHOP",), types=("Story", "Bug"), labels=("flow", "ui"))
WEB = Selector("github", repositories=("acme/web", "acme/app"), milestones=("Q4",))
FLOW = KeyResult("flow", "New flow shipped", (SHOP, WEB))
LATENCY = KeyResult(
    "latency", "95th percentile", kpi=HttpKpi("https://metrics.example.org/p95", "data.value", "env:TOKEN"), unit="ms",
    baseline=800, target=250, milestones=(Milestone(date(2026, 11, 1), 500), Milestone(date(2026, 12, 1), 300)),
    thresholds=(Threshold(900, True, "customers notice"),),
)  # fmt: skip
UPTIME = KeyResult("uptime", "Up", kpi=PrometheusKpi("https://prom.example.org", "avg(up)"), between=(0.99, 1.0))
NEEDS = (
    Need("checkout", "payments-partner", "review the contract", date(2026, 11, 30), "dana"),
    Need("checkout", "ilse", "release two people", date(2026, 11, 15), "dana"),
)
GOAL = Goal(
    "checkout", "Checkout feels instant", "dana", Period(date(2026, 10, 1), date(2026, 12, 18)),
    (FLOW, LATENCY, UPTIME), depends_on=("platform", "ledger"), supports="trust", where="goals/a.yaml:3", needs=NEEDS,
)  # fmt: skip
BASE = version_of(GOAL)


def with_result(index: int, **fields: object) -> Goal:
    results = list(GOAL.key_results)
    results[index] = replace(results[index], **fields)
    return replace(GOAL, key_results=tuple(results))


def test_versions_are_the_same_on_every_machine() -> None:
    """Signatures hang on them: a hash that changes here takes back every signature that was ever given."""
    assert BASE.hash == "a63dd39018fd908f37bfe484b7570e530928cbdfd5b1f262ad3c73fc69a4af4b"
    assert BASE.short == "a63dd390"
    plain = Goal("a", "Do  it\n", "dana", Period(date(2026, 1, 1), date(2026, 12, 31)), (KeyResult("k", "K", (SHOP,)),))
    assert version_of(plain).definition == (
        '{"key_results":{"k":{'
        '"delivers":[{"labels":["flow","ui"],"projects":["shop"],"source":"jira","types":["bug","story"]}],"measure":"items"}}'
        ',"kind":"committed","objective":"Do it","owner":"dana","period":{"due":"2026-12-31","start":"2026-01-01"}}'
    )
    assert version_of(plain).hash == "2e68e606db6ca1c494b5ac571c7095302f6b6d613527f3942fd466e4e015ce1f"


def test_a_definition_is_the_canonical_form_of_what_is_agreed() -> None:
    assert json.loads(BASE.definition) == agreed(GOAL)
    assert rfc8785.dumps(json.loads(BASE.definition)).decode() == BASE.definition


def test_order_case_layout_and_whatever_is_not_agreed_never_change_a_version() -> None:
    random = Random(18)
    for _ in range(1000):
        assert version_of(_rewritten(GOAL, random)) == BASE


def _rewritten(goal: Goal, random: Random) -> Goal:
    return replace(
        goal,
        objective=goal.objective.replace(" ", random.choice([" ", "  ", "\n", " \t"])) + random.choice(["", "\n"]),
        key_results=tuple(_result(each, random) for each in random.sample(goal.key_results, len(goal.key_results))),
        depends_on=tuple(random.sample(goal.depends_on, 2)),
        stakeholders=tuple(random.sample(["ilse", "ceo-office"], random.randint(0, 2))),
        theme=random.choice([None, "trust"]),
        priority=Priority(urgency=random.randint(1, 5)),
        report_on=tuple(Place("jira", f"SHOP-{random.randint(1, 9)}") for _ in range(random.randint(0, 2))),
        check_ins=(CheckIn(date(2026, 11, 1), "dana", random.random()),),
        rules=Rules(stale_goal_days=random.randint(1, 90)),
        needs=tuple(random.sample(NEEDS, 2)),
        where=f"goals/{random.randint(1, 9)}.yaml:{random.randint(1, 99)}",
    )


def _result(result: KeyResult, random: Random) -> KeyResult:
    kpi = result.kpi
    if isinstance(kpi, HttpKpi):
        kpi = replace(kpi, token=random.choice([None, "env:OTHER"]), stale_after_days=random.randint(1, 9))
    return replace(
        result,
        title=random.choice(["Other", result.title]),
        kpi=kpi,
        delivers=tuple(_selector(each, random) for each in random.sample(result.delivers, len(result.delivers))),
        thresholds=random.choice([(), result.thresholds]),
        milestones=tuple(random.sample(result.milestones, len(result.milestones))),
        target=None if result.target is None else random.choice([int, float])(result.target),
        weight=random.choice([1.0, 2.0]),
    )


def _selector(selector: Selector, random: Random) -> Selector:
    def names(every: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(random.choice([str.upper, str.lower, str])(n) for n in random.sample(every, len(every)))

    return replace(
        selector, projects=names(selector.projects), types=names(selector.types), labels=names(selector.labels),
        repositories=names(selector.repositories), milestones=names(selector.milestones),
    )  # fmt: skip


MATERIAL: dict[str, Callable[[], Goal]] = {
    "objective": lambda: replace(GOAL, objective="Checkout is instant"),
    "owner": lambda: replace(GOAL, owner="ilse"),
    "due": lambda: replace(GOAL, period=Period(date(2026, 10, 1), date(2027, 1, 15))),
    "start": lambda: replace(GOAL, period=Period(date(2026, 9, 1), date(2026, 12, 18))),
    "dependency": lambda: replace(GOAL, depends_on=("platform",)),
    "supports": lambda: replace(GOAL, supports=None),
    "key result": lambda: replace(GOAL, key_results=(FLOW, LATENCY)),
    "id of a key result": lambda: with_result(0, id="other"),
    "target": lambda: with_result(1, target=300),
    "baseline": lambda: with_result(1, baseline=700),
    "no baseline": lambda: with_result(1, baseline=None),
    "unit": lambda: with_result(1, unit="s"),
    "milestone": lambda: with_result(1, milestones=LATENCY.milestones[:1]),
    "kpi": lambda: with_result(1, kpi=HttpKpi("https://metrics.example.org/p95", "data.other")),
    "query": lambda: with_result(2, kpi=PrometheusKpi("https://prom.example.org", "min(up)")),
    "range": lambda: with_result(2, between=(0.98, 1.0)),
    "measure": lambda: with_result(0, measure=Measure.POINTS),
    "selector": lambda: with_result(0, delivers=(SHOP,)),
    "project": lambda: with_result(0, delivers=(replace(SHOP, projects=("SHOP", "PLAT")), WEB)),
    "jql": lambda: with_result(0, delivers=(replace(SHOP, query="priority = High"), WEB)),
    "source": lambda: with_result(0, delivers=(replace(SHOP, source="jira2"), WEB)),
}


@pytest.mark.parametrize("what", MATERIAL)
def test_each_material_change_changes_the_version(what: str) -> None:
    assert version_of(MATERIAL[what]()).hash != BASE.hash
    assert edits(agreed(GOAL), agreed(MATERIAL[what]()))


def test_needs_and_ambition_are_agreed_too() -> None:
    moved = (replace(NEEDS[0], by=date(2026, 12, 1)), NEEDS[1])
    others = [version_of(replace(GOAL, needs=needs)) for needs in ((), NEEDS[:1], moved)]
    others += [version_of(replace(GOAL, ambition=Ambition.ASPIRATIONAL))]
    assert len({BASE.hash, *(other.hash for other in others)}) == 5


def test_a_version_covers_every_kind_of_kpi() -> None:
    kpis = [
        CsvKpi("kpis/nps.csv", "nps", where=(("region", "EU"),)), CsvKpi("kpis/nps.csv", "nps"),
        DeployKpi("github", ("acme/web",)), DeployKpi("github", ("acme/web",), "production"),
        TrackerKpi(KpiMeasure.COUNT, (SHOP,)), TrackerKpi(KpiMeasure.COUNT, (SHOP,), percentile=50),
    ]  # fmt: skip
    assert len({version_of(with_result(1, kpi=kpi)).hash for kpi in kpis}) == len(kpis)


def test_a_difference_is_a_list_of_places_with_before_and_after() -> None:
    after = replace(with_result(1, target=300), period=Period(date(2026, 10, 1), date(2027, 1, 15)))
    assert edits(agreed(GOAL), agreed(after)) == (
        Edit(("key_results", "latency", "target"), 250.0, 300.0),
        Edit(("period", "due"), "2026-12-18", "2027-01-15"),
    )
    assert edits(agreed(GOAL), agreed(GOAL)) == ()
    (gone,) = edits(agreed(GOAL), agreed(replace(GOAL, needs=NEEDS[1:])))
    assert (gone.path, gone.after) == (("needs", "payments-partner"), None)
