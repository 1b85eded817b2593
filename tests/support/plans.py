"""Work that is finished or left, for forecasts."""

from datetime import date, timedelta

from sync_agent.model import Account, Assessment, WorkItem
from tests.support.builders import NOW, done, item

DAY = timedelta(days=1)

NOOR = (Account("noor", "Noor"),)

BEGINNING = NOW - 400 * DAY


def finished(number: int, days: int = 84, prefix: str = "SHOP", begin: int = 1) -> list[WorkItem]:
    """Items that Noor finished, spread evenly over the last days."""
    return [
        done(f"{prefix}-{begin + n}", NOW - timedelta(days=1 + n * days / number), created=BEGINNING, assignees=NOOR)
        for n in range(number)
    ]


def left(number: int, **fields: object) -> list[WorkItem]:
    return [item(f"SHOP-{1000 + n}", **{"created": BEGINNING, **fields}) for n in range(number)]


def p85(found: Assessment) -> date:
    assert found.forecast
    assert found.forecast.p85
    return found.forecast.p85


def left_added(number: int) -> list[WorkItem]:
    return [item(f"SHOP-{2000 + n}", created=NOW - (n + 1) * DAY) for n in range(number)]
