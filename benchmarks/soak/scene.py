"""The organisation on its servers, and what goes wrong with them at which hour."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.plot import CYCLES, DAY, HOUR, PARTS, START, Plot
from benchmarks.soak.world import Organisation
from sync_agent.sandbox.core import Fault, Sandbox, Server
from sync_agent.sandbox.github import github
from sync_agent.sandbox.jira import cloud
from sync_agent.sandbox.mail import MailServer

_FIRST_TOKEN = "token-of-the-beginning"
_MEMORY = Path("/dev/shm")
"""Half a year of commits in minutes: nothing here has to survive a power cut."""
_NO_PERMISSION = '{"message": "Resource not accessible by personal access token"}'


@dataclass(frozen=True)
class Scene:
    """The organisation with its servers running."""

    organisation: Organisation
    jira: Sandbox
    hub: Sandbox
    mail: MailServer
    config: Path
    mails_off: ExitStack = field(default_factory=ExitStack)

    def rotate(self, token: str) -> None:
        """The trackers know no other token from now on; the files that the agent reads have it."""
        for name, tracker in (("jira", self.jira), ("github", self.hub)):
            (self.config.parent / name).write_text(token)
            tracker.rotate(token)

    def misbehave(self, day: int, hour: int) -> None:
        """Outages and half answers; now and then a comment that is not taken, or taken without an answer; mailboxes
        that are full in the morning, and one that is gone; new tokens.
        """
        plot, at = self.organisation.plot, START + day * DAY + hour * HOUR
        for when, token in plot.rotations():
            if when == at:
                self.rotate(token)
        self.mails_off.close()
        if plot.mail_is_down(at):
            self.mails_off.enter_context(self.mail.down())
        self.jira.faults.clear()
        if plot.out(at):
            self.jira.faults.add(Fault(status=401))
        elif plot.cut(day, hour):
            self.jira.faults.add(Fault(path="/search", cut=True))
        elif hour == CYCLES[0]:
            taken = day % 2 == 0
            self.jira.faults.add(Fault(path="/comment", method="POST", status=500, lost=taken, times=1, after=1))
        self.hub.faults.clear()
        if plot.forbids(day // 7):
            self.hub.faults.add(Fault(path="/comments$", method="POST", status=403, body=_NO_PERMISSION))
        self.mail.refuse.clear()
        if hour == CYCLES[0]:
            self.mail.refuse |= {f"owner-{n}@example.org": "452 mailbox full" for n in range(day % 3, PARTS, 3)}
        gone = (owner for owner in range(PARTS) if plot.refuses(owner, day // 7))
        self.mail.refuse |= {f"owner-{n}@example.org": "550 no such user" for n in gone}


@contextmanager
def staged(plot: Plot) -> Iterator[Scene]:
    """Trackers and a mail server, told nothing yet."""
    organisation = Organisation(plot)
    organisation.populate()
    clock, state = organisation.clock, organisation.jira
    jira = cloud(state, clock, email="bot@example.org", token=_FIRST_TOKEN, me="bot")
    hub = github(organisation.hub, clock, token=_FIRST_TOKEN, me="bot")
    with (
        TemporaryDirectory(prefix="sync-agent-soak-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder,
        Server(jira.app) as a,
        Server(hub.app) as b,
        MailServer(Path(folder) / "mails") as mail,
    ):
        mail.after = organisation.on_mail
        scene = Scene(organisation, jira, hub, mail, organisation.write(Path(folder), a.url, b.url, mail.port))
        scene.rotate(_FIRST_TOKEN)
        with scene.mails_off:
            yield scene
