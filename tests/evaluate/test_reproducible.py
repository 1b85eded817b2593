"""The same facts on the same day give the same numbers: on every machine, in any order, judged alone or together."""

import random
from dataclasses import replace
from datetime import date, timedelta

from sync_agent.evaluate import evaluate
from sync_agent.model import Facts, KeyResult, Rules, Selector, TimeboxResult
from tests.support.builders import NOW, START, doing, done, facts, goal, item, organisation

DAY = timedelta(days=1)


def small() -> Facts:
    """Two teams at work for two hundred days, one of them in bursts, and two goals of theirs."""
    goals = ("goal",)
    shop = [done(f"SHOP-{n}", NOW - n * DAY, created=START - 250 * DAY, labels=goals[n % 2 :]) for n in range(1, 201)]
    plat = [done(f"PLAT-{n}", NOW - (n - n % 9) * DAY, created=START - 250 * DAY, labels=goals) for n in range(10, 201)]
    left = [item(f"SHOP-{n}", created=START - DAY * n, labels=goals) for n in range(500, 515)]
    more = [doing(f"PLAT-{n}", created=START + DAY * (n % 40), labels=goals) for n in range(500, 530)]
    kept = [TimeboxResult(date(2026, 9, n), 28, 10, n) for n in range(1, 8)]
    return facts(*shop, *plat, *left, *more, outcomes=tuple(kept))


def of(project: str) -> tuple[KeyResult, ...]:
    return (KeyResult("work", "Work", (Selector("jira", projects=(project,), labels=("goal",)),)),)


ALL = Rules(delivered_share=1.0)
SHOP, PLAT = goal("shop", key_results=of("SHOP"), rules=ALL), goal("plat", key_results=of("PLAT"), rules=ALL)
TOGETHER = organisation(SHOP, PLAT)


def test_a_small_organisation_has_these_numbers_on_every_machine() -> None:
    found = [assessment.forecast for assessment in evaluate(TOGETHER, small(), NOW)]
    assert [(f.p50, f.p85, round(f.on_time, 4)) for f in found if f and f.on_time] == [
        (date(2027, 1, 25), date(2027, 2, 17), 0.2584),
        (date(2027, 5, 29), date(2028, 3, 30), 0.0183),
    ]


def test_the_order_of_the_items_does_not_matter() -> None:
    known = small()
    mixed = list(known.histories.items())
    random.Random(7).shuffle(mixed)
    again = evaluate(TOGETHER, replace(known, histories=dict(mixed)), NOW)
    assert [a.forecast for a in again] == [a.forecast for a in evaluate(TOGETHER, known, NOW)]


def test_a_goal_judged_alone_has_the_forecast_that_it_has_among_others() -> None:
    together = evaluate(TOGETHER, small(), NOW)
    alone = [evaluate(TOGETHER, small(), NOW, goals=[each])[0] for each in (SHOP, PLAT)]
    assert [a.forecast for a in alone] == [a.forecast for a in together]
