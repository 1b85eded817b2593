"""What the demo prints."""

import re
from itertools import takewhile

from rich.console import Console
from rich.table import Table

from sync_agent.config import Settings
from sync_agent.render import say_reason
from sync_agent.run.report import CycleReport
from sync_agent.words import say_count

_FOOTER = "-- "
_TOKEN = re.compile(r"(?<=/answer/)[\w.-]+")


def show_cycle(report: CycleReport, out: Console) -> None:
    """What was read, and who was told what and why."""
    for pulled in report.pulls:
        out.print(f"  pulled {say_count(pulled.items, 'changed item')} from {pulled.source}", style="dim")
    delivered = report.delivery.delivered if report.delivery else ()
    if not delivered:
        out.print("  Nothing to tell.")
        return
    table = Table(box=None, padding=(0, 1, 0, 1))
    for title in ("Told", "Where", "About", "Because"):
        table.add_column(title, overflow="fold", no_wrap=title != "Because")
    for message in delivered:
        table.add_row(message.kind.value, message.target, message.goal or "all their goals", say_reason(message.reason))
    out.print(table)


def show_goals(settings: Settings, report: CycleReport, out: Console) -> None:
    """How the goals stand, each with its first reason."""
    goals = {goal.id: goal for goal in settings.organisation.goals}
    for found in report.proposal.assessments if report.proposal else ():
        goal = goals[found.goal]
        done = f"{found.progress:.0%} done, {found.expected:.0%} expected" if found.progress is not None else "unknown"
        out.print(f"  {goal.objective}: {found.health.value}, {done}, due {goal.period.due}")
        for reason in found.reasons[:1]:
            out.print(f"      {reason.text}", style="dim")


def show_text(text: str, out: Console) -> None:
    """A mail without its footer, or what somebody wrote. Long links are cut."""
    body = takewhile(lambda line: line != _FOOTER, text.strip().splitlines())
    for line in "\n".join(body).strip().splitlines():
        out.print(f"  | {_TOKEN.sub('…', line)}", style="dim", soft_wrap=True)
