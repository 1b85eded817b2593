"""A generated organisation: its goals, its trackers, and what happens to them on each day."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.collector import Arrived, Expected, read_subject
from sync_agent.sandbox.core import Clock, Fault, Sandbox, Server
from sync_agent.sandbox.github import GithubState, github
from sync_agent.sandbox.jira import JiraState, cloud
from sync_agent.sandbox.mail import MailServer

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
CYCLES = (8, 12, 16)
"""Hours of the day at which the agent runs."""
TOKENS = {"JIRA_TOKEN": "jira-token", "GITHUB_TOKEN": "github-token"}
REPOSITORY = "acme/shop"
_MEMORY = Path("/dev/shm")
"""Half a year of commits in minutes: nothing here has to survive a power cut."""
_OUTAGES = (
    (3 * DAY + 10 * HOUR, 4 * DAY + 10 * HOUR),
    (3 * DAY + 7 * HOUR, 3 * DAY + 17 * HOUR),
    (6 * DAY + 7 * HOUR, 6 * DAY + 17 * HOUR),
)
_STORIES = 12
_OWNERS = 20
_ON_GITHUB = 10
"""Every tenth goal reports on a GitHub issue, the others on their Jira epic."""

_SETTINGS = """\
organisation: Acme
working_hours: always
first_run: send
sources:
  jira:
    type: jira
    url: {jira}
    auth: {{email: bot@example.org, token: {{env: JIRA_TOKEN}}}}
    projects: [SHOP]
    give_up_after: 0.05
  github:
    type: github
    url: {github}
    auth: {{token: {{env: GITHUB_TOKEN}}}}
    repositories: [acme/shop]
    give_up_after: 0.05
people:
{owners}
  ops: {{name: Operations, role: it-ops, email: ops@example.org}}
  board: {{name: The board, role: senior-leader, email: board@example.org, digest: mon 09:00}}
rules: {{at_risk_below: 0.001, off_track_below: 0.0, pace_tolerance: 1.0, delivered_share: 0.05}}
channels:
  email: {{host: 127.0.0.1, port: {mail}, security: none, from: Goals <goals@example.org>, timeout: 5}}
store: {store}
"""
_GOAL = """\
  - id: goal-{number:03}
    objective: Goal {number:03} is met
    owner: owner-{owner}
    period: {{start: {start}, due: {due}}}
    report_on: [{place}]
    key_results: [{{id: work, title: Work, delivers: {{source: jira, epic: "{epic}"}}}}]
"""


class PatientClock(threading.Event):
    """An event that nobody sets: who waits for it moves the clock on instead."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        """The time passes at once."""
        self._clock.advance(timedelta(seconds=timeout or 0))
        return self.is_set()


@dataclass
class Organisation:
    """Everything that plays."""

    goals: int
    days: int
    clock: Clock = field(default_factory=lambda: Clock(START))
    jira: JiraState = field(default_factory=JiraState)
    hub: GithubState = field(default_factory=GithubState)
    epics: list[str] = field(default_factory=list)
    stories: list[list[str]] = field(default_factory=list)
    mails: list[Arrived] = field(default_factory=list)
    kept: int = 0

    def populate(self) -> None:
        """Goals, epics and stories before the first day."""
        for login in ("bot", "worker", *(f"owner-{n}" for n in range(_OWNERS))):
            self.jira.add_user(login, login.title())
            self.hub.add_user(login)
        self.jira.add_project("SHOP", "Shop")
        self.hub.add_repository(REPOSITORY)
        began = START - DAY
        for number in range(self.goals):
            epic = self.jira.create("SHOP", "Epic", f"Epic {number}", at=began, by="worker")
            self.epics.append(epic)
            self.stories.append(
                [
                    self.jira.create("SHOP", "Story", f"Step {n}", at=began, by="worker", parent=epic)
                    for n in range(_STORIES)
                ]
            )
            self.hub.create(REPOSITORY, f"Report {number}", at=began, by="worker")

    def happens(self, day: int, hour: int) -> None:
        """What people do in one hour; the clock shows it."""
        week, weekday = divmod(day, 7)
        at = self.clock.now()
        for number in range(self.goals):
            held = self.stories[number][-1]
            mood = (week + number) % 4
            if (weekday, hour) == (0, 10) and mood in (0, 2):
                self.jira.edit(held, at=at, by="worker", status="In Progress", assignee="worker", flagged=True)
            if (weekday, hour, mood) in ((1, 15, 2), (4, 14, 0)):
                self.jira.edit(held, at=at, by="worker", flagged=False)
            if hour == 11 and (day + number) % max(2, self.days // _STORIES) == 0:
                self._finish_one(number, at)

    def expected(self) -> Iterator[Expected]:
        """Everything that should be told, worked out from what happens and not from what the agent says."""
        end = START + self.days * DAY
        wanted = [*self._statuses(), *self._blocks(), *self._digests(), *self._outages()]
        return (each for each in wanted if each.begins < end)

    def outages(self) -> Iterator[tuple[datetime, datetime]]:
        """When Jira refuses everything: every third week, in turn after an alert has been told, when it should be told,
        and when there is nothing to tell.
        """
        for week in range(2, self.days // 7 + 1, 3):
            begins, ends = _OUTAGES[week // 3 % 3]
            yield START + week * WEEK + begins, START + week * WEEK + ends

    def out(self, at: datetime) -> bool:
        """Whether Jira refuses everything."""
        return any(begins <= at < ends for begins, ends in self.outages())

    def on_mail(self, mail: EmailMessage) -> str | None:
        """Notes a mail; every ninth answer is lost, so that it must come again."""
        kind, goal = read_subject(str(mail["Subject"]))
        identity = f"{mail['Message-ID']} {mail['Date']}"
        self.mails.append(Arrived(kind, str(mail["To"]), goal, self.clock.now(), identity))
        self.kept += 1
        return None if self.kept % 9 == 0 else "250 OK"

    def arrived(self) -> list[Arrived]:
        """Everything that is there."""
        return [*self.mails, *self._jira_comments(), *self._github_comments()]

    def _finish_one(self, number: int, at: datetime) -> None:
        """The last story is left: it is the one that gets blocked."""
        for story in self.stories[number][:-1]:
            if self.jira.issue(story)["fields"]["status"]["name"] != "Done":
                self.jira.edit(story, at=at, by="worker", status="Done")
                return

    def _place(self, number: int) -> str:
        return f"{REPOSITORY}#{number + 1}" if number % _ON_GITHUB == 0 else self.epics[number]

    def _statuses(self) -> Iterator[Expected]:
        for number in range(self.goals):
            yield Expected("status", self._place(number), f"goal-{number:03}", START, START + DAY)

    def _blocks(self) -> Iterator[Expected]:
        """Flagged on Monday, so three working days on Thursday; free on Friday after the second cycle, missed in the
        third, and over when it is missed again on Saturday.
        """
        for week in range(self.days // 7 + 1):
            for number in (n for n in range(self.goals) if (week + n) % 4 == 0):
                monday = START + week * WEEK
                late = self.out(monday + 3 * DAY + CYCLES[0] * HOUR)
                begins, over = monday + (4 if late else 3) * DAY, monday + 5 * DAY
                yield from self._both("alert", number, begins, begins + 20 * HOUR)
                yield from self._both("resolved", number, over, over + 20 * HOUR)

    def _both(self, kind: str, number: int, begins: datetime, ends: datetime) -> Iterator[Expected]:
        owner = f"owner-{number % _OWNERS}@example.org"
        yield Expected(kind, owner, f"Goal {number:03}", begins, ends)
        # A comment that was not taken before Jira went away comes once it is back.
        delays = [back + 10 * HOUR for gone, back in self.outages() if begins <= gone < ends]
        yield Expected(kind, self._place(number), f"goal-{number:03}", begins, max([ends, *delays]))

    def _digests(self) -> Iterator[Expected]:
        for week in range(self.days // 7 + 1):
            monday = START + week * WEEK + 9 * HOUR
            yield Expected("digest", "board@example.org", "", monday, monday + DAY)

    def _outages(self) -> Iterator[Expected]:
        for begins, ends in self.outages():
            yield Expected("down", "ops@example.org", "", begins, ends)
            yield Expected("back", "ops@example.org", "", ends, ends + DAY)

    def _jira_comments(self) -> Iterator[Arrived]:
        for issue, comments in self.jira.comments.items():
            for comment in comments:
                key = comment["properties"][0]["value"]["key"]
                at = datetime.fromisoformat(comment["created"])
                yield _comment(key, self.jira.issue(issue)["key"], at, comment["id"])

    def _github_comments(self) -> Iterator[Arrived]:
        for thread in self.hub.threads():
            for comment in thread.comments:
                key = str(comment["body"]).partition(" -->")[0].removeprefix("<!-- goal-sync-agent:")
                at = datetime.fromisoformat(comment["created_at"])
                yield _comment(key, f"{thread.repository}#{thread.number}", at, f"github {comment['id']}")

    def write(self, folder: Path, jira: str, hub: str, mail: int) -> Path:
        """The configuration."""
        owners = "\n".join(
            f"  owner-{n}: {{name: Owner {n}, role: owner, email: owner-{n}@example.org,"
            f" accounts: {{jira: owner-{n}, github: owner-{n}}}}}"
            for n in range(_OWNERS)
        )
        config = folder / "config"
        (config / "goals").mkdir(parents=True)
        text = _SETTINGS.format(jira=jira, github=hub, mail=mail, owners=owners, store=folder / "state.db")
        (config / "sync-agent.yaml").write_text(text)
        (config / "goals" / "goals.yaml").write_text("goals:\n" + "".join(map(self._goal, range(self.goals))))
        return config

    def _goal(self, number: int) -> str:
        source = "github" if number % _ON_GITHUB == 0 else "jira"
        return _GOAL.format(
            number=number,
            owner=number % _OWNERS,
            start=f"{START:%F}",
            due=f"{START + (self.days + 60) * DAY:%F}",
            place=f'{{source: {source}, issue: "{self._place(number)}"}}',
            epic=self.epics[number],
        )


def _comment(key: str, target: str, at: datetime, identifier: str) -> Arrived:
    kind, goal = key.split("/")[:2]
    return Arrived(kind, target, goal, at, identifier)


@dataclass(frozen=True)
class Scene:
    """The organisation with its servers running."""

    organisation: Organisation
    jira: Sandbox
    mail: MailServer
    config: Path

    def misbehave(self, day: int, hour: int) -> None:
        """Outages; now and then a comment that is not taken, or taken without an answer; mailboxes that are full in the
        morning.
        """
        self.jira.faults.clear()
        if self.organisation.out(START + day * DAY + hour * HOUR):
            self.jira.faults.add(Fault(status=401))
        elif hour == CYCLES[0]:
            taken = day % 2 == 0
            self.jira.faults.add(Fault(path="/comment", method="POST", status=500, lost=taken, times=1, after=1))
        self.mail.refuse.clear()
        if hour == CYCLES[0]:
            self.mail.refuse |= {f"owner-{n}@example.org": "452 mailbox full" for n in range(day % 3, _OWNERS, 3)}


@contextmanager
def staged(goals: int, days: int) -> Iterator[Scene]:
    """Trackers and a mail server, told nothing yet."""
    organisation = Organisation(goals, days)
    organisation.populate()
    clock, state, token = organisation.clock, organisation.jira, TOKENS["JIRA_TOKEN"]
    jira = cloud(state, clock, email="bot@example.org", token=token, me="bot")
    hub = github(organisation.hub, clock, token=TOKENS["GITHUB_TOKEN"], me="bot")
    with (
        TemporaryDirectory(prefix="sync-agent-soak-", dir=_MEMORY if _MEMORY.is_dir() else None) as folder,
        Server(jira.app) as a,
        Server(hub.app) as b,
        MailServer(Path(folder) / "mails") as mail,
    ):
        mail.after = organisation.on_mail
        yield Scene(organisation, jira, mail, organisation.write(Path(folder), a.url, b.url, mail.port))
