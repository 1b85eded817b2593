"""`/api/v1/goals`: how goals stand, as JSON and CSV. Fields are only ever added; docs/api.md lists them."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from sync_agent.model import Cause, Forecast, Signal
from sync_agent.web.pages.rows import standing_of
from sync_agent.web.present import Present, ShownGoal

COLUMNS = (
    "id",
    "objective",
    "owner",
    "theme",
    "due",
    "verdict",
    "health",
    "progress",
    "expected",
    "p50",
    "p85",
    "chance",
)


def document(present: Present, found: Iterable[ShownGoal]) -> dict[str, Any]:
    """These goals as one document."""
    judged = present.snapshot.ended
    return {
        "day": present.day.isoformat(),
        "judged": judged.isoformat() if judged and not present.past else None,
        "goals": [brief(each) for each in found],
    }


def brief(each: ShownGoal) -> dict[str, Any]:
    """What lists say about a goal."""
    goal, then = each.goal, each.day
    return {
        "id": goal.id,
        "objective": goal.objective,
        "owner": goal.owner,
        "theme": goal.theme,
        "start": goal.period.start.isoformat(),
        "due": goal.period.due.isoformat(),
        "verdict": each.verdict.value,
        "health": then.health.value,
        "standing": standing_of(each),
        "progress": then.progress,
        "expected": round(then.expected, 4),
        "p50": then.p50.isoformat() if then.p50 else None,
        "p85": then.p85.isoformat() if then.p85 else None,
        "chance": then.chance,
        "done": then.done,
        "scope": then.scope,
    }


def whole(each: ShownGoal, *, promise_only: bool) -> dict[str, Any]:
    """Everything known about one goal. Customers get only what was promised."""
    found = each.found
    if found is None or promise_only:
        return brief(each)
    return {
        **brief(each),
        "depends_on": list(each.goal.depends_on),
        "supports": each.goal.supports,
        "reasons": [fact.text for fact in found.reasons],
        "signals": [_signal(signal) for signal in found.signals],
        "causes": [_cause(cause) for cause in found.causes],
        "forecast": _forecast(found.forecast),
        "key_results": [
            {"id": r.id, "title": r.title, "progress": r.progress, "done": r.done, "total": r.total, "unit": r.unit}
            for r in found.key_results
        ],
    }


def _signal(signal: Signal) -> dict[str, Any]:
    return {
        "kind": signal.kind.value,
        "subject": signal.subject,
        "severity": signal.severity.value,
        "headline": signal.headline,
        "since": signal.since.isoformat() if signal.since else None,
        "items": [{"key": fact.item, "url": fact.url} for fact in signal.evidence if fact.item],
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {"kind": cause.kind.value, "text": cause.text, "days": cause.days, "guess": cause.guess}


def _forecast(forecast: Forecast | None) -> dict[str, Any] | None:
    if forecast is None:
        return None
    tenths = [day.isoformat() if day else None for day in forecast.share_dates]
    return {"basis": forecast.basis, "low_evidence": forecast.low_evidence, "share_dates": tenths}


def table(found: Iterable[ShownGoal]) -> str:
    """The list as CSV. No cell begins like a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for each in found:
        row = brief(each)
        writer.writerow([_cell(row[name]) for name in COLUMNS])
    return out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value
