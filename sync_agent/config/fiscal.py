"""Fiscal years: `FY27-Q2` in goals, as the days that it stands for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sync_agent.config.errors import Mistake
from sync_agent.config.nodes import Node

_FISCAL = re.compile(r"^FY\s?(\d{2}|\d{4})(?:[-\s]?(?:Q([1-4])|H([12])))?$", re.IGNORECASE | re.ASCII)
_UNSAID = "say in sync-agent.yaml in which month your fiscal years begin: fiscal_year: {starts: 07}"


class FiscalYearShape(BaseModel):
    """When fiscal years begin, and which calendar year names them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    starts: int = Field(ge=1, le=12, description="The month in which they begin: 07 is July")
    named_after: Literal["end", "start"] = Field(
        default="end", description="The calendar year that names one: FY27 is that which ends in 2027, or starts in it"
    )


def with_days(goal: Node, fiscal: FiscalYearShape | None, mistakes: list[Mistake]) -> Node:
    """The goal with the days of its fiscal period in place of the name, which is kept."""
    period = goal.get("period")
    found = _FISCAL.match(period.text or "") if period else None
    if period is None or found is None:
        return goal
    if fiscal is None:
        mistakes.append(period.mistake(f"found {period.describe()}; {_UNSAID}"))
        fiscal = FiscalYearShape(starts=1)
    values = dict(zip(("start", "due", "name"), _days(found, fiscal), strict=True))
    node = replace(period, value={key: replace(period, value=text) for key, text in values.items()}, keys={})
    return replace(goal, value={**goal.mapping, "period": replace(node, keys=dict.fromkeys(values, period))})


def _days(found: re.Match[str], fiscal: FiscalYearShape) -> Iterator[str]:
    year, quarter, half = (int(part) if part else 0 for part in found.groups())
    year += 2000 if year < 100 else 0
    first = year - (fiscal.named_after == "end" and fiscal.starts > 1)
    offset, months = (quarter * 3 - 3, 3) if quarter else (half * 6 - 6, 6) if half else (0, 12)
    month = _months(first, fiscal.starts)
    yield month(offset).isoformat()
    yield (month(offset + months) - timedelta(days=1)).isoformat()
    part = f"-Q{quarter}" if quarter else f"-H{half}" if half else ""
    yield f"FY{year % 100:02}{part}"


def _months(year: int, month: int) -> Callable[[int], date]:
    def later(months: int) -> date:
        at = month - 1 + months
        return date(year + at // 12, at % 12 + 1, 1)

    return later
