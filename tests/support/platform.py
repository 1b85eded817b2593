"""A goal that waits for another."""

from dataclasses import replace
from datetime import date

from sync_agent.model import (
    Period,
    Selector,
    WorkItem,
)
from tests.support.builders import goal, item
from tests.support.plans import BEGINNING, finished

BASE = goal(
    "base",
    delivers=Selector("jira", projects=("PLAT",)),
    period=Period(date(2026, 10, 1), date(2026, 12, 31)),
)


def platform(done: int, open_items: int) -> list[WorkItem]:
    plat = [replace(each, container="PLAT") for each in finished(done, prefix="PLAT")]
    return [*plat, *(item(f"PLAT-{900 + n}", created=BEGINNING) for n in range(open_items))]
