"""A generated organisation: its goals, its trackers, and what happens to them on each day."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.soak.collector import Arrived, Expected, goals_named, read_mail
from benchmarks.soak.expected import Expectations
from benchmarks.soak.plot import (
    AGAIN,
    COMMENTED,
    DAY,
    DEPENDENT,
    ESCALATED,
    HOUR,
    LADDER,
    LIMITED,
    NEW_YORK,
    PARTS,
    REPOSITORY,
    START,
    WAITING,
    WEEK,
    Plot,
)
from sync_agent.model import ClockJump
from sync_agent.sandbox.core import Clock
from sync_agent.sandbox.github import GithubState
from sync_agent.sandbox.jira import JiraState
from sync_agent.sandbox.jira.records import POINTS

_STORIES = 12

_SETTINGS = """\
organisation: Acme
working_hours: always
first_run: send
schedule: {{judge: 24h}}
sources:
  jira:
    type: jira
    url: {jira}
    auth: {{email: bot@example.org, token: {{file: {secrets}/jira}}}}
    projects: [SHOP]
    give_up_after: 0.05
  github:
    type: github
    url: {github}
    auth: {{token: {{file: {secrets}/github}}}}
    repositories: [acme/shop]
    give_up_after: 0.05
people:
{owners}
  ops: {{name: Operations, role: it-ops, email: ops@example.org}}
  board: {{name: The board, role: senior-leader, email: board@example.org, digest: mon 09:00}}
  lead: {{name: The lead, role: owner, email: lead@example.org}}
  sponsor: {{name: The sponsor, role: owner, email: sponsor@example.org}}
routes:
  - {{name: comments alone, match: {{person: owner-{commented}}}, timing: immediate, channels: comments}}
rules: {{at_risk_below: 0.001, off_track_below: 0.0, pace_tolerance: 1.0, delivered_share: 0.05}}
channels:
  email: {{host: 127.0.0.1, port: {mail}, security: none, from: Goals <goals@example.org>, timeout: 5}}
store: {store}
"""
_GOAL = """\
  - {names}
    objective: Goal {number:03} is met
    owner: owner-{owner}
    period: {{start: {start}, due: {due}}}{waits_for}{ladder}
    report_on: [{place}]
    key_results: [{{id: work, title: Work, delivers: {{source: jira, epic: "{epic}"}}}}]
"""


_ODD: tuple[dict[str, Any], ...] = (
    {"duedate": "9999-12-31"},
    {"resolutiondate": "9999-12-31T23:59:59.000+0000"},
    {POINTS: 1e308},
    {"fixVersions": [{"id": "1", "name": "Old", "releaseDate": "0001-01-01"}]},
    {"priority": {"name": 5}},
    {"labels": None},
)
"""Fields as no Jira should have them, one set a week."""
_WAITS = {DEPENDENT: 4, WAITING: 1}
"""By parts, how much less the number is of the goal that each waits for."""
_STEPS = ", ".join(f"{{after: {days}d, to: [{person}]}}" for days, person in LADDER)


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
class AgentClock:
    """The clock of the agent's machine: now and then it is `wrong` by so much."""

    true: Clock
    wrong: timedelta = timedelta()
    jumped: ClockJump | None = None

    def now(self) -> datetime:
        """What it shows."""
        return self.true.now() + self.wrong

    def jump(self, wrong: timedelta) -> None:
        """From now on it is wrong by so much."""
        if wrong != self.wrong:
            before, self.wrong = self.now(), wrong
            self.jumped = ClockJump(before, self.now())


@dataclass
class Organisation:
    """Everything that plays. `gone` are comments that somebody has deleted."""

    plot: Plot
    clock: Clock = field(default_factory=lambda: Clock(START))
    jira: JiraState = field(default_factory=JiraState)
    hub: GithubState = field(default_factory=GithubState)
    epics: list[str] = field(default_factory=list)
    stories: list[list[str]] = field(default_factory=list)
    mails: list[Arrived] = field(default_factory=list)
    gone: list[Arrived] = field(default_factory=list)
    acts: dict[datetime, list[Callable[[], None]]] = field(default_factory=lambda: defaultdict(list))
    kept: int = 0

    def populate(self) -> None:
        """Goals, epics and stories before the first day, and what people will do at which time."""
        for login in ("bot", "worker", *(f"owner-{n}" for n in range(PARTS))):
            self.jira.add_user(login, login.title())
            self.hub.add_user(login)
        self.jira.add_project("SHOP", "Shop")
        self.hub.add_repository(REPOSITORY)
        began = START - DAY
        for number in range(self.plot.goals):
            epic = self.jira.create("SHOP", "Epic", f"Epic {number}", at=began, by="worker")
            self.epics.append(epic)
            self.stories.append(
                [
                    self.jira.create("SHOP", "Story", f"Step {n}", at=began, by="worker", parent=epic)
                    for n in range(_STORIES)
                ]
            )
            self.hub.create(REPOSITORY, f"Report {number}", at=began, by="worker")
        self._plan()

    def happens(self, day: int, hour: int) -> None:
        """What people do in one hour; the clock shows it."""
        for act in self.acts.get(START + day * DAY + hour * HOUR, ()):
            act()

    def expected(self) -> list[Expected]:
        """Everything that should be told."""
        return Expectations(self.plot, self.epics).all()

    def _plan(self) -> None:
        for block in (*self.plot.blocks(), *self.plot.short_blocks()):
            self.acts[block.begins].append(partial(self._flag, block.number))
            self.acts[block.ends].append(partial(self._free, block.number))
        for at, number, words in self.plot.said():
            self.acts[at].append(partial(self._say, number, words))
        for at, number in self.plot.deletions():
            self.acts[at].append(partial(self._delete_status, number))
        for number in range(self.plot.goals):
            if done := self.plot.done(number):
                self.acts[done].append(partial(self._finish_all, number))
        for week in range(self.plot.weeks):
            self.acts[START + week * WEEK + DAY + 11 * HOUR].append(partial(self._write_oddly, week))
        every = max(2, self.plot.days // _STORIES)
        for day in range(self.plot.days):
            for number in (n for n in range(self.plot.goals) if (day + n) % every == 0):
                self.acts[START + day * DAY + 11 * HOUR].append(partial(self._finish_one, number))

    def _flag(self, number: int) -> None:
        at = self.clock.now()
        self.jira.edit(
            self.stories[number][-1], at=at, by="worker", status="In Progress", assignee="worker", flagged=True
        )

    def _free(self, number: int) -> None:
        self.jira.edit(self.stories[number][-1], at=self.clock.now(), by="worker", flagged=False)

    def _say(self, number: int, words: str) -> None:
        text = {
            "type": "doc",
            "version": 1,
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": words}]}],
        }
        owner = f"owner-{self.plot.part(number)}"
        self.jira.comment(self.epics[number], text, at=self.clock.now(), by=owner)

    def _delete_status(self, number: int) -> None:
        issue = self.jira.issue(self.epics[number])
        for comment in list(self.jira.comments.get(issue["id"], ())):
            found = _of_agent(comment, issue["key"])
            if found and found.kind == "status":
                self.gone.append(found)
                self.jira.comments[issue["id"]].remove(comment)

    def _write_oddly(self, week: int) -> None:
        """An issue that is of no goal comes with a value as no Jira should have it."""
        key = self.jira.create("SHOP", "Story", f"Odd {week}", at=self.clock.now(), by="worker")
        self.jira.issue(key)["fields"].update(_ODD[week % len(_ODD)])

    def _finish_one(self, number: int) -> None:
        """The last story is left: it is the one that gets blocked."""
        for story in self.stories[number][:-1]:
            if self.jira.issue(story)["fields"]["status"]["name"] != "Done":
                self.jira.edit(story, at=self.clock.now(), by="worker", status="Done")
                return

    def _finish_all(self, number: int) -> None:
        for story in self.stories[number]:
            if self.jira.issue(story)["fields"]["status"]["name"] != "Done":
                self.jira.edit(story, at=self.clock.now(), by="worker", status="Done")

    def on_mail(self, mail: EmailMessage) -> str | None:
        """Notes a mail; every ninth answer is lost, so that it must come again."""
        plain = mail.get_body(("plain",))
        text = plain.get_content() if plain else ""
        kind, goal = read_mail(str(mail["Subject"]), text)
        identity = f"{mail['Message-ID']} {mail['Date']}"
        self.mails.append(Arrived(kind, str(mail["To"]), goal, self.clock.now(), identity, goals_named(text)))
        self.kept += 1
        return None if self.kept % 9 == 0 else "250 OK"

    def arrived(self) -> list[Arrived]:
        """Everything that is there."""
        return [*self.mails, *self.gone, *self._jira_comments(), *self._github_comments()]

    def _jira_comments(self) -> Iterator[Arrived]:
        for issue, comments in self.jira.comments.items():
            for comment in comments:
                if found := _of_agent(comment, self.jira.issue(issue)["key"]):
                    yield found

    def _github_comments(self) -> Iterator[Arrived]:
        for thread in self.hub.threads():
            for comment in thread.comments:
                key = str(comment["body"]).partition(" -->")[0].removeprefix("<!-- goal-sync-agent:")
                at = datetime.fromisoformat(comment["created_at"])
                yield _comment(key, f"{thread.repository}#{thread.number}", at, f"github {comment['id']}")

    def write(self, folder: Path, jira: str, hub: str, mail: int) -> Path:
        """The configuration; its goals are those of the first week."""
        owners = "\n".join(map(_owner, range(PARTS)))
        config = folder / "config"
        (config / "goals").mkdir(parents=True)
        text = _SETTINGS.format(
            jira=jira,
            github=hub,
            mail=mail,
            owners=owners,
            store=folder / "state.db",
            commented=COMMENTED,
            secrets=folder,
        )
        (config / "sync-agent.yaml").write_text(text)
        self.write_goals(config, 0)
        return config

    def write_goals(self, config: Path, week: int) -> None:
        """The goals of a week."""
        here = (n for n in range(self.plot.goals) if self.plot.configured(n, week))
        goals = (self._goal(number, week) for number in here)
        (config / "goals" / "goals.yaml").write_text("goals:\n" + "".join(goals))

    def _goal(self, number: int, week: int) -> str:
        source = "github" if self.plot.on_github(number) else "jira"
        place = self.plot.place(number, self.epics[number])
        return _GOAL.format(
            number=number,
            names=_names(number, renamed=self.plot.renamed(number, week)),
            owner=self.plot.part(number),
            start=f"{START:%F}",
            due=f"{self.plot.due(number):%F}",
            waits_for=f"\n    depends_on: [goal-{number - before:03}]"
            if (before := _WAITS.get(self.plot.part(number)))
            else "",
            ladder=f"\n    rules: {{escalate: [{_STEPS}]}}" if self.plot.part(number) == ESCALATED else "",
            place=f'{{source: {source}, issue: "{place}"}}',
            epic=self.epics[number],
        )


def _names(number: int, *, renamed: bool) -> str:
    """The lines of a goal with its id, and the one it had before."""
    return f"id: goal-{number:03}{AGAIN}\n    renamed_from: [goal-{number:03}]" if renamed else f"id: goal-{number:03}"


def _owner(number: int) -> str:
    """A line of `people`; one lives in New York and is told things in the hours of work there, one wants few mails."""
    own = {
        NEW_YORK: ", timezone: America/New_York, holidays: US, working_hours: 9-17",
        LIMITED: ", daily_limit: 1",
    }.get(number, "")
    accounts = f"{{jira: owner-{number}, github: owner-{number}}}"
    return (
        f"  owner-{number}: {{name: Owner {number}, role: owner, email: owner-{number}@example.org,"
        f" accounts: {accounts}{own}}}"
    )


def _of_agent(comment: Mapping[str, Any], issue: str) -> Arrived | None:
    """A comment of the agent; None for one of somebody else."""
    keys = [each["value"]["key"] for each in comment["properties"] if each["key"] == "goal-sync-agent"]
    return _comment(keys[0], issue, datetime.fromisoformat(comment["created"]), comment["id"]) if keys else None


def _comment(key: str, target: str, at: datetime, identifier: str) -> Arrived:
    kind, goal = key.split("/")[:2]
    return Arrived(kind, target, goal.removesuffix(AGAIN), at, identifier)
