"""Goals, their causes, courses and KPIs on the terminal."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync_agent.config import Settings
from sync_agent.evaluate.items.burn_up import BurnUp
from sync_agent.model import Assessment, Health, KeyResult, KpiStep, Severity
from sync_agent.words import say_amount, say_cause, say_number, say_record, say_scope

_STYLES = {Health.ON_TRACK: "green", Health.DONE: "green", Health.AT_RISK: "yellow", Health.OFF_TRACK: "red"}


def show_goals(out: Console, settings: Settings, assessments: tuple[Assessment, ...]) -> None:
    """One row for each goal; below the table, the reasons of those that need attention."""
    goals = {goal.id: goal for goal in settings.organisation.goals}
    table = Table(box=None, pad_edge=False)
    for title in ("Goal", "Health", "Progress", "Expected", "Due", "P85"):
        table.add_column(title, no_wrap=title != "Goal")
    for found in assessments:
        table.add_row(
            Text(found.goal),
            Text(found.health.value, style=_STYLES.get(found.health, "")),
            _percent(found.progress),
            _percent(found.expected),
            goals[found.goal].period.due.isoformat(),
            found.forecast.p85.isoformat() if found.forecast and found.forecast.p85 else "–",
        )
    out.print(table)
    for found in assessments:
        name = goals[found.goal].period.name
        out.print(f"\n{found.goal}: {goals[found.goal].objective}{f' ({name})' if name else ''}")
        for reason in found.reasons:
            out.print(f"  {reason.text}")
        show_causes(out, found)
        if found.forecast and found.forecast.record:
            out.print(f"  track record: {say_record(found.forecast.record)}")
        if found.scope:
            today = found.at.astimezone(ZoneInfo(settings.organisation.timezone)).date()
            out.print(f"  scope: {say_scope(found.scope, today)}")
        if found.score is not None:
            out.print(f"  score at the end of the period: {found.score:.1f}")
        for signal in (s for s in found.signals if s.severity is Severity.ALERT):
            out.print(f"  {signal.kind.value}: {signal.headline}")


def show_causes(out: Console, found: Assessment) -> None:
    """What makes a goal late, largest part first. Prints nothing if the goal is in time or cannot be forecast."""
    if found.causes:
        out.print("  What makes it late (the parts overlap):")
    for cause in found.causes:
        out.print(f"    {say_cause(cause)}")


def show_burn_up(out: Console, weeks: Sequence[BurnUp]) -> None:
    """One row for each week that had work."""
    by_points = any(week.points is not None for week in weeks)
    table = Table(box=None, pad_edge=False)
    for title in ("Burn-up", "Items", "Done", "Added", "Removed", *(("Points", "Done") if by_points else ())):
        table.add_column(title)
    for week in weeks:
        scope = week.scope
        counts = [f"{n:,}" for n in (scope.total, scope.done, scope.added, scope.removed)]
        table.add_row(week.day.isoformat(), *counts, *(say_number(n) for n in week.points or ()))
    if any(week.scope.total for week in weeks):
        out.print(table)


def show_kpi(out: Console, key_result: KeyResult, steps: Sequence[KpiStep]) -> None:
    """One row for each week with a measured value."""
    table = Table(box=None, pad_edge=False)
    for title in (key_result.id, "Value", *(() if key_result.between else ("Expected",))):
        table.add_column(title)
    for step in steps:
        wanted = () if step.expected is None else (say_amount(step.expected, key_result.unit),)
        table.add_row(step.day.isoformat(), say_amount(step.value, key_result.unit), *wanted)
    if steps:
        out.print(table)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{round(share * 100)}%"
