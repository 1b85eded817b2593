"""Runs the real agent against the demo's servers and shows what happened."""

import tempfile
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from sync_agent.clocks import steady_now
from sync_agent.config import Settings, installed_connectors, load
from sync_agent.demo.files import TOKENS
from sync_agent.demo.stage import Stage, staged
from sync_agent.demo.story import free_the_blocker
from sync_agent.render import say_reason
from sync_agent.run.cycle import CycleReport, run_cycle
from sync_agent.store import Store
from sync_agent.web import Snapshot, status_page
from sync_agent.world import open_world, utc_now

_NEXT = """\
What to do next, with your own trackers:
  export JIRA_TOKEN=…                                   # or GITHUB_TOKEN
  sync-agent init my-config --jira https://example.atlassian.net --email you@example.org
  sync-agent --config my-config validate --online       # checks credentials, permissions, goals
  sync-agent --config my-config plan                    # shows what would be sent; sends nothing
  sync-agent --config my-config serve --first-run send  # runs it; without the option a first run only plans
"""


def run_demo(keep: Path | None, out: Console) -> None:
    """Three acts: the first cycle tells everyone, the second has nothing to say, then a problem is solved."""
    folder = keep or Path(tempfile.mkdtemp(prefix="sync-agent-demo-"))
    if keep and keep.exists() and any(keep.iterdir()):
        raise FileExistsError(f"the folder {keep} is not empty; choose another for --keep")
    folder.mkdir(parents=True, exist_ok=True)
    out.print("Setting up an invented organisation with twelve weeks of history …")
    with staged(folder, datetime.now(UTC)) as stage:
        environ: Mapping[str, str] = TOKENS
        settings = load(stage.config, environ, installed_connectors())
        store = Store.open(settings.store)
        try:
            _play(settings, store, environ, stage, folder, out)
        finally:
            store.close()


def _play(
    settings: Settings, store: Store, environ: Mapping[str, str], stage: Stage, folder: Path, out: Console
) -> None:
    with open_world(settings, installed_connectors(), environ, utc_now, threading.Event()) as world:

        def cycle(title: str) -> CycleReport:
            out.print(f"\n{title}", style="bold")
            report = run_cycle(settings, store, world)
            for pulled in report.pulls:
                out.print(f"  pulled {pulled.items} changed items from {pulled.source}", style="dim")
            _show_messages(report, out)
            return report

        first = cycle("The first cycle: pull, judge, decide, tell")
        _show_goals(settings, first, out)
        cycle("The second cycle: nothing is new, so nobody is told anything")
        free_the_blocker(stage.story, utc_now() - timedelta(minutes=1))
        cycle("The contract is signed. A third cycle sees it, and waits to be sure")
        last = cycle("The fourth cycle tells that it is over")
        page = _write_page(settings, last, folder)
    requests = len(stage.jira.journal.exchanges) + len(stage.github.journal.exchanges)
    out.print(f"\n{len(stage.mail.messages)} mails in {folder / 'mails' / 'new'}")
    out.print(f"{_comments(stage)} comments on the trackers, {requests} requests in all")
    out.print(f"Status page: {page}")
    out.print(f"Configuration: {stage.config}   Store: {folder / 'state.db'}\n")
    out.print(_NEXT)


def _show_messages(report: CycleReport, out: Console) -> None:
    delivered = report.delivery.delivered if report.delivery else ()
    if not delivered:
        out.print("  Nothing to tell.")
        return
    table = Table(box=None, padding=(0, 2, 0, 2))
    for title in ("Told", "Where", "About", "Because"):
        table.add_column(title, overflow="fold", no_wrap=title != "Because")
    for message in delivered:
        table.add_row(message.kind.value, message.target, message.goal or "all their goals", say_reason(message.reason))
    out.print(table)


def _show_goals(settings: Settings, report: CycleReport, out: Console) -> None:
    goals = {goal.id: goal for goal in settings.organisation.goals}
    for found in report.proposal.assessments if report.proposal else ():
        goal = goals[found.goal]
        done = f"{found.progress:.0%} done, {found.expected:.0%} expected" if found.progress is not None else "unknown"
        out.print(f"  {goal.objective}: {found.health.value}, {done}, due {goal.period.due}")
        for reason in found.reasons[:1]:
            out.print(f"      {reason.text}", style="dim")


def _write_page(settings: Settings, report: CycleReport, folder: Path) -> Path:
    now = utc_now()
    snapshot = Snapshot(
        beat=steady_now(),
        interval=settings.every,
        organisation=settings.organisation,
        assessments=report.proposal.assessments if report.proposal else (),
        sources=report.proposal.sources if report.proposal else (),
        ended=now,
    )
    page = folder / "status.html"
    page.write_text(status_page(snapshot, now), encoding="utf-8")
    return page


def _comments(stage: Stage) -> int:
    jira = sum(len(comments) for comments in stage.story.jira.comments.values())
    return jira + sum(len(thread.comments) for thread in stage.story.github.threads())
