"""Runs the real agent against the demo's servers, with people who answer it. The clock stands between the acts."""

import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from sync_agent.clocks import steady_now
from sync_agent.config import Settings, installed_connectors, load
from sync_agent.demo.files import TOKENS
from sync_agent.demo.people import body_of, fill_in, newest_mail, reply
from sync_agent.demo.show import show_cycle, show_goals, show_text
from sync_agent.demo.stage import Stage, staged
from sync_agent.demo.story import ZONE, free_the_blocker, last_monday
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.run.cycle import run_cycle
from sync_agent.run.proposal.days import fill_past
from sync_agent.run.report import CycleReport
from sync_agent.store import Store
from sync_agent.web import CycleRun, Forms, Metrics, PageAccess, Snapshot, WebServer, build_app
from sync_agent.world import World, open_world

_MIRA, _INES = "mira@lantern.example", "ines@lantern.example"
_PAGES = (
    ("How the goals stand", ""),
    ("One of them", "goals/fast-checkout"),
    ("What is asked", "me"),
    ("What serves what", "map"),
    ("Track record", "record"),
    ("Operations", "ops"),
)
_NEXT = """\
What to do next, with your own trackers:
  export JIRA_TOKEN=…                                   # or GITHUB_TOKEN
  sync-agent init my-config --jira https://example.atlassian.net --email you@example.org
  sync-agent --config my-config validate --online       # checks credentials, permissions, goals
  sync-agent --config my-config plan                    # shows what would be sent; sends nothing
  sync-agent --config my-config serve --first-run send  # runs it; without the option a first run only plans
"""


def run_demo(keep: Path | None, out: Console) -> None:
    """On Monday people are told of a problem and of its end; then they are asked, answer, and hear of the answers."""
    folder = keep or Path(tempfile.mkdtemp(prefix="sync-agent-demo-"))
    if keep and keep.exists() and any(keep.iterdir()):
        raise FileExistsError(f"the folder {keep} is not empty; choose another for --keep")
    folder.mkdir(parents=True, exist_ok=True)
    out.print("Setting up an invented organisation with twelve weeks of history. The clock is simulated.")
    with staged(folder, last_monday(datetime.now(UTC))) as stage:
        settings = load(stage.config, TOKENS, installed_connectors())
        store = Store.open(settings.store)
        try:
            _run(settings, store, stage, folder, out)
        finally:
            store.close()


def _run(settings: Settings, store: Store, stage: Stage, folder: Path, out: Console) -> None:
    clock = stage.clock.now
    with open_world(settings, installed_connectors(), TOKENS, clock, threading.Event()) as world:
        play = _Play(settings, store, stage, world, out)
        door = FormDoor(store, lambda now, answers: at_hand(settings.organisation, now, answers))
        forms = Forms(world.links, door, clock, steady_now)
        app = build_app(
            lambda: play.snapshot,
            lambda: Metrics().registry,
            clock,
            steady_now,
            forms=forms,
            store=store,
            access=PageAccess(links=world.links),
        )
        with WebServer(app, "127.0.0.1", 0) as server:
            _alerts(play)
            _questions(play, server.port)
            _sum_up(stage, folder, out)
            _look(play, server.port)


def _sum_up(stage: Stage, folder: Path, out: Console) -> None:
    requests = len(stage.jira.journal.exchanges) + len(stage.github.journal.exchanges)
    out.print(f"\n{len(stage.mail.messages)} mails in {folder / 'mails' / 'new'}")
    out.print(f"{_comments(stage)} comments on the trackers, {requests} requests in all")
    out.print(f"Configuration: {stage.config}   Store: {folder / 'state.db'}\n")
    out.print(_NEXT)


def _look(play: "_Play", port: int) -> None:
    """On a terminal the pages stay for a look; elsewhere nobody would end them."""
    if not play.out.is_terminal:
        return
    organisation, now = play.settings.organisation, play.stage.clock.now()
    while fill_past(organisation, play.store, now, play.settings.history):
        pass  # A running agent works out one day a cycle.
    play.out.print("The pages, until you press Ctrl-C:", style="bold")
    for name, path in _PAGES:
        play.out.print(f"  {name:<20} http://127.0.0.1:{port}/{path}")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()


@dataclass(slots=True)
class _Play:
    """The agent at work, cycle by cycle."""

    settings: Settings
    store: Store
    stage: Stage
    world: World
    out: Console
    report: CycleReport = field(default_factory=lambda: CycleReport(()))
    cycles: list[CycleRun] = field(default_factory=list)

    def cycle(self, title: str) -> CycleReport:
        """One cycle, shown below its time and title."""
        at = self.stage.clock.now().astimezone(ZONE)
        self.out.print(f"\n{at:%A %H:%M}  {title}", style="bold")
        began, beat = self.stage.clock.now(), steady_now()
        self.report = run_cycle(self.settings, self.store, self.world)
        self.cycles.append(CycleRun(began, steady_now() - beat))
        show_cycle(self.report, self.out)
        return self.report

    def wait(self, **time: int) -> None:
        """Moves the clock on."""
        self.stage.clock.advance(timedelta(**time))

    @property
    def snapshot(self) -> Snapshot:
        """What the status page shows after the newest cycle."""
        proposal = self.report.proposal
        return Snapshot(
            beat=steady_now(),
            interval=self.settings.every,
            organisation=self.settings.organisation,
            assessments=proposal.assessments if proposal else (),
            sources=proposal.sources if proposal else (),
            ended=self.stage.clock.now(),
            cycles=tuple(self.cycles),
            usage={name: source.usage for name, source in self.world.sources.items()},
        )


def _alerts(play: _Play) -> None:
    """A problem, and its end."""
    show_goals(play.settings, play.cycle("The first cycle: pull, judge, decide, tell"), play.out)
    play.wait(minutes=15)
    play.cycle("Nothing is new, so nobody is told anything")
    play.wait(minutes=15)
    free_the_blocker(play.stage.story, play.stage.clock.now() - timedelta(minutes=1))
    play.cycle("The contract is signed. The agent sees it, and waits to be sure")
    play.wait(minutes=15)
    play.cycle("It tells that the problem is over")


def _questions(play: _Play, port: int) -> None:
    """A question by mail, an answer that asks for something, a form, and who hears of it."""
    stage, out = play.stage, play.out
    play.wait(hours=23, minutes=15)
    play.cycle("A check-in is due: Mira is asked, with what the agent knows already")
    question = newest_mail(stage, _MIRA)
    show_text(body_of(question), out)

    day = stage.clock.now().astimezone(ZONE) + timedelta(days=3)
    said = f"70 the contract is signed, now we test\nneeds a load test from @ines by {day:%Y-%m-%d}"
    out.print("\nMira replies to the mail:", style="bold")
    show_text(said, out)
    reply(stage, question, said)
    play.wait(minutes=15)
    play.cycle("Her reply is heard, and Ines is asked for what it needs")
    show_text(body_of(newest_mail(stage, _INES)), out)

    out.print("\nInes opens the form in her mail and says that she will do it by then", style="bold")
    for page in fill_in(newest_mail(stage, _INES), port, reply="accept"):
        show_text(page, out)
    play.wait(hours=23, minutes=45)
    play.cycle("Mira hears of it; at most one such mail goes out in a day")
    show_text(body_of(newest_mail(stage, _MIRA)), out)


def _comments(stage: Stage) -> int:
    jira = sum(len(comments) for comments in stage.story.jira.comments.values())
    return jira + sum(len(thread.comments) for thread in stage.story.github.threads())
