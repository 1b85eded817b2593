"""The demo's servers: a Jira, a GitHub and a mail server on loopback."""

import mailbox
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from sync_agent.demo.files import INBOX, JIRA_EMAIL, TOKENS, Addresses, write
from sync_agent.demo.story import BOT, Story, tell
from sync_agent.sandbox.core import Clock, Sandbox, Server
from sync_agent.sandbox.github import GithubState, github
from sync_agent.sandbox.jira import JiraState, cloud, data_center
from sync_agent.sandbox.mail import MailServer


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs."""

    story: Story
    jira: Sandbox
    github: Sandbox
    mail: MailServer
    clock: Clock
    inbox: Path
    config: Path


@contextmanager
def staged(folder: Path, now: datetime) -> Iterator[Stage]:
    """The demo's servers with their story told, and a configuration that points to them, below `folder`. Their clock
    stands at `now` until somebody moves it.
    """
    story = tell(now)
    clock = Clock(now)
    jira = cloud(story.jira, clock, email=JIRA_EMAIL, token=TOKENS["DEMO_JIRA_TOKEN"], me=BOT)
    hub = github(story.github, clock, token=TOKENS["DEMO_GITHUB_TOKEN"], me=BOT)
    mailbox.Maildir(folder / INBOX)
    with Server(jira.app) as jira_at, Server(hub.app) as github_at, MailServer(folder / "mails") as mail:
        config = write(folder, story, Addresses(jira_at.url, github_at.url, mail.port))
        yield Stage(story, jira, hub, mail, clock, folder / INBOX, config)


def run_sandbox(records: tuple[Path, ...], host: str, out: Console) -> None:
    """Serves trackers and a mail server until interrupted, with the demo's story or with recorded records."""
    now = datetime.now(UTC)
    story = tell(now) if not records else Story(JiraState(), GithubState(), now)
    if records:
        story.jira.add_user(BOT, "Goal bot")
        story.github.add_user(BOT)
    for path in records:
        count = _load(story, path)
        out.print(f"loaded {count:,} records from {path}")
    clock = Clock()
    token = TOKENS["DEMO_JIRA_TOKEN"]
    jira = cloud(story.jira, clock, email=JIRA_EMAIL, token=token, me=BOT)
    server = data_center(story.jira, clock, token=token, me=BOT)
    hub = github(story.github, clock, token=TOKENS["DEMO_GITHUB_TOKEN"], me=BOT)
    mails = Path("sandbox-mails")
    with (
        Server(jira.app, host) as a,
        Server(server.app, host) as b,
        Server(hub.app, host) as c,
        MailServer(mails) as mail,
    ):
        out.print(f"Jira Cloud        {a.url}  e-mail {JIRA_EMAIL}, token {token}")
        out.print(f"Jira Data Center  {b.url}  token {token}")
        out.print(f"GitHub            {c.url}  token {TOKENS['DEMO_GITHUB_TOKEN']}")
        out.print(f"SMTP              {host}:{mail.port}  mails in {mails}/")
        out.print(
            "Projects: " + ", ".join(story.jira.projects) + "; repositories: " + ", ".join(story.github.repositories)
        )
        out.print("Each takes POST /_sandbox/clock, /_sandbox/faults and GET /_sandbox/journal. Stop with Ctrl-C.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            out.print("stopped")


def _load(story: Story, path: Path) -> int:
    """GitHub's records are told by their file's name: they have a type, a record and its events."""
    if "github" in path.name:
        return story.github.load_records(path, "recorded/repository")
    return story.jira.load_records(path)
