"""A small organisation on sandbox trackers and a real mail server, with the agent's clock in the test's hand."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from benchmarks.trials import with_trials
from sync_agent.config import Settings, installed_connectors, load
from sync_agent.run.cycle import run_cycle
from sync_agent.run.report import CycleReport
from sync_agent.sandbox.core import Clock, Sandbox, Server
from sync_agent.sandbox.github import GithubState, github
from sync_agent.sandbox.jira import JiraState, cloud, data_center
from sync_agent.sandbox.mail import MailServer
from sync_agent.store import Store
from sync_agent.world import open_world

MONDAY = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
TOKENS = {"JIRA_TOKEN": "jira-secret-token", "GITHUB_TOKEN": "github-secret-token"}
REPOSITORY = "acme/shop"
CONNECTORS = installed_connectors()
"""Found once: to look through what is installed takes as long as half a cycle."""
_TRIALS = 1000

SETTINGS = """\
organisation: Acme
sources:
  jira:
    type: jira
    url: {jira}
    auth: {{{auth}token: {{env: JIRA_TOKEN}}}}
    projects: [SHOP, PLAT]
    give_up_after: 0.05
  github:
    type: github
    url: {github}
    auth: {{token: {{env: GITHUB_TOKEN}}}}
    repositories: [acme/shop]
    give_up_after: 0.05
people:
  dana: {{name: Dana Reyes, role: owner, email: dana@example.org, accounts: {{jira: dana, github: dana}}}}
  noor: {{name: Noor Haddad, role: owner, email: noor@example.org, accounts: {{jira: noor, github: noor}}}}
  ops: {{name: Operations, role: it-ops, email: ops@example.org}}
  board: {{name: The board, role: senior-leader, email: board@example.org, digest: mon 09:00}}
channels:
  email: {{host: 127.0.0.1, port: {mail}, security: none, from: Goals <goals@example.org>, timeout: 5}}
web: {{port: 0}}
store: {store}
"""

GOALS = """\
goals:
  - id: checkout
    objective: Checkout feels instant
    owner: dana
    stakeholders: [board]
    period: {start: 2026-09-01, due: 2026-12-31}
    key_results:
      - id: flow
        title: New flow shipped
        delivers: {source: jira, epic: SHOP-1}
  - id: search
    objective: Search finds the book
    owner: noor
    period: {start: 2026-09-01, due: 2026-12-31}
    report_on: [{source: github, issue: "acme/shop#1"}]
    key_results:
      - id: tasks
        title: Tasks done
        delivers: {source: github, repo: acme/shop, milestone: Search}
"""


@dataclass
class Theatre:
    """Everything a scenario needs. `settings` can be replaced; every cycle opens the world anew, as a restart would."""

    jira_state: JiraState
    github_state: GithubState
    jira: Sandbox
    github: Sandbox
    mail: MailServer
    clock: Clock
    settings: Settings
    store: Store
    directory: Path
    environ: dict[str, str]

    def reload(self) -> None:
        """Reads the configuration again, as a test has changed it."""
        self.settings = loaded(self.directory, self.environ)

    def cycle(self, later: timedelta = timedelta(0)) -> CycleReport:
        """One cycle, `later` than the last."""
        self.clock.advance(later)
        for sandbox in (self.jira, self.github):
            sandbox.journal.clear()
        with open_world(self.settings, CONNECTORS, self.environ, self.clock.now, threading.Event()) as world:
            return run_cycle(self.settings, self.store, world)

    def writes(self) -> int:
        """How many comments the last cycle wrote or edited."""
        return sum(
            1
            for sandbox in (self.jira, self.github)
            for exchange in sandbox.journal.exchanges
            if exchange.method in ("POST", "PUT", "PATCH") and "comment" in exchange.path
        )

    def comments(self, key: str) -> list[str]:
        """The texts of an issue's comments."""
        return [
            words(comment["body"]) for comment in self.jira_state.comments.get(self.jira_state.issue(key)["id"], [])
        ]

    def mails_to(self, address: str) -> list[EmailMessage]:
        """The mails somebody got."""
        return [message for message in self.mail.messages if message["To"] == address]


def words(document: Any) -> str:
    """The text of an ADF document or of wiki text."""
    if isinstance(document, str):
        return document
    own = str(document.get("text") or (document.get("attrs") or {}).get("text") or "")
    return own + " ".join(words(part) for part in document.get("content") or ())


def loaded(directory: Path, environ: Mapping[str, str]) -> Settings:
    """The configuration with forecasts of few trials: how sure a forecast is decides nothing here."""
    return with_trials(load(directory, environ, CONNECTORS), _TRIALS)


@contextmanager
def theatre(
    folder: Path,
    *,
    kind: str = "cloud",
    goals: str = GOALS,
    schema: Path | None = None,
    live: bool = False,
    store: str | None = None,
    lacks: Sequence[str] = (),
) -> Iterator[Theatre]:
    """`kind` is the Jira's: `cloud` or `server`. `live`: the clock is the real one, for processes of their own. `store`
    is the address of one, by default of a file. `lacks` is what the GitHub is too old for.
    """
    now = datetime.now(UTC) if live else MONDAY
    clock = Clock(None if live else MONDAY)
    jira_state, github_state = _trackers(now)
    token = TOKENS["JIRA_TOKEN"]
    if kind == "cloud":
        jira = cloud(jira_state, clock, email="bot@example.org", token=token, me="bot")
    else:
        jira = data_center(jira_state, clock, token=token, me="bot")
    hub = github(github_state, clock, token=TOKENS["GITHUB_TOKEN"], me="bot", schema=schema, lacks=lacks)
    with Server(jira.app) as a, Server(hub.app) as b, MailServer(folder / "mails") as mail:
        directory = folder / "config"
        (directory / "goals").mkdir(parents=True)
        auth = "email: bot@example.org, " if kind == "cloud" else ""
        text = SETTINGS.format(jira=a.url, github=b.url, auth=auth, mail=mail.port, store=store or folder / "state.db")
        slot = f"daily {now:%H}:00" if live else "mon 09:00"
        hours = "first_run: send\n" + ("working_hours: always\n" if live else "")
        (directory / "sync-agent.yaml").write_text(hours + text.replace("mon 09:00", slot))
        dated = goals.replace("2026-09-01", f"{now - timedelta(weeks=5):%F}").replace(
            "2026-12-31", f"{now + timedelta(weeks=12):%F}"
        )
        (directory / "goals" / "goals.yaml").write_text(dated)
        settings = loaded(directory, TOKENS)
        opened = Store.open(settings.store, migrate=True)
        try:
            yield Theatre(jira_state, github_state, jira, hub, mail, clock, settings, opened, directory, dict(TOKENS))
        finally:
            opened.close()


def _trackers(now: datetime) -> tuple[JiraState, GithubState]:
    """Ten stories below SHOP-1, five of them done; a milestone with eight tasks, six of them done."""
    began = now - timedelta(weeks=5)
    jira, hub = JiraState(), GithubState()
    for login in ("dana", "noor", "bot"):
        jira.add_user(login, login.title())
        hub.add_user(login)
    jira.add_project("SHOP", "Shop")
    jira.add_project("PLAT", "Platform")
    jira.create("SHOP", "Epic", "Checkout", at=began, by="dana")
    for number in range(10):
        key = jira.create("SHOP", "Story", f"Step {number}", at=began, by="dana", parent="SHOP-1")
        if number < 5:
            done = began + timedelta(days=4 * number + 3)
            jira.edit(key, at=done - timedelta(days=1), by="noor", status="In Progress", assignee="noor")
            jira.edit(key, at=done, by="noor", status="Done")
    hub.add_repository(REPOSITORY)
    hub.add_milestone(REPOSITORY, "Search", now + timedelta(weeks=10))
    for number in range(8):
        made = hub.create(REPOSITORY, f"Task {number}", at=began, by="noor", milestone="Search")
        if number < 6:
            hub.edit(REPOSITORY, made, at=began + timedelta(days=4 * number), by="noor", state="closed")
    return jira, hub
