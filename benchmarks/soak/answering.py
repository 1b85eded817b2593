"""People who are asked every week how it goes, and what they do: answer by every door, late, twice, by a vacation
program, in words that nobody understands, or never. What should be told is worked out from their habits.
"""

import mailbox
import os
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.plot import CYCLES, DAY, HOUR, START
from sync_agent.ask.identity.ids import origin
from sync_agent.config import Settings, installed_connectors, load
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.model.asking import Answer, Ask, AskTold, Door, Heard, Known, Step
from sync_agent.run.cycle import run_cycle
from sync_agent.sandbox.core import Clock, Server
from sync_agent.sandbox.jira import JiraState, cloud
from sync_agent.sandbox.mail import MailServer
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers, load_asks, load_told
from sync_agent.world import open_world

_SECRETS = {"JIRA_TOKEN": "jira-token", "REPLY_SECRET": "a secret of thirty-two characters"}
_ASKED, _UNCLEAR = re.compile("sked of you"), re.compile("not understood")
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
people:
{people}
rules: {{at_risk_below: 0.001, off_track_below: 0.0, pace_tolerance: 1.0, delivered_share: 0.05, check_in_every: 7d}}
channels:
  email:
    host: 127.0.0.1
    port: {mail}
    security: none
    from: Goals <goals@example.org>
    timeout: 5
    inbox: {{maildir: {inbox}, secret: {{env: REPLY_SECRET}}}}
store: {store}
"""
_GOAL = """\
  - id: goal-{n}
    objective: Goal {n} is met
    owner: owner-{n}
    period: {{start: {start}, due: {due}}}
    report_on: [{{source: jira, issue: "{epic}"}}]
    key_results: [{{id: work, title: Work, delivers: {{source: jira, epic: "{epic}"}}}}]
"""


class Habit(StrEnum):
    """What somebody does when they are asked."""

    COMMENT = "comment"
    MAIL = "mail"
    FORM = "form"
    LATE = "late"
    TWICE = "twice"
    VACATION = "vacation"
    NEVER = "never"
    UNCLEAR = "unclear"


_HABITS = tuple(Habit)


@dataclass
class People:
    """Who owns the goals, what they were mailed and what they have said (by person: how many answers)."""

    goals: int
    inbox: Path
    clock: Clock = field(default_factory=lambda: Clock(START))
    jira: JiraState = field(default_factory=JiraState)
    mails: list[tuple[datetime, EmailMessage]] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    unclear: int = 0
    later: list[tuple[datetime, EmailMessage]] = field(default_factory=list)
    forms: list[tuple[str, str, int]] = field(default_factory=list)
    numbers: int = 0

    def habit(self, person: str) -> Habit:
        """That of an owner."""
        return _HABITS[int(person.rpartition("-")[2]) % len(_HABITS)]

    def populate(self) -> list[str]:
        """A goal's epic for each owner."""
        self.jira.add_user("bot", "Bot")
        self.jira.add_project("SHOP", "Shop")
        epics = []
        for n in range(self.goals):
            self.jira.add_user(f"owner-{n}", f"Owner {n}")
            epic = self.jira.create("SHOP", "Epic", f"Epic {n}", at=START - DAY, by="bot")
            for number in range(4):
                self.jira.create("SHOP", "Story", f"Step {number}", at=START - DAY, by="bot", parent=epic)
            epics.append(epic)
        return epics

    def on_mail(self, mail: EmailMessage) -> str | None:
        """Somebody gets a mail, and does what they do; every ninth answer of the server is lost."""
        known = {str(each["Message-ID"]) for _, each in self.mails}
        self.mails.append((self.clock.now(), mail))
        person = str(mail["To"]).partition("@")[0]
        if str(mail["Message-ID"]) not in known and _ASKED.search(str(mail["Subject"])):
            self._act(person, mail)
        return None if len(self.mails) % 9 == 0 else "250 OK"

    def arrive(self, epics: list[str]) -> None:
        """What is due to arrive by now."""
        now = self.clock.now()
        due = [mail for at, mail in self.later if at <= now]
        self.later = [(at, mail) for at, mail in self.later if at > now]
        for mail in due:
            who = str(mail["From"]).partition("@")[0]
            if mail["X-Door"]:
                self._comment(epics[int(who.rpartition("-")[2])], who, str(mail["X-Door"]))
            else:
                key = mailbox.Maildir(self.inbox).add(mail.as_bytes())
                os.utime(self.inbox / "new" / key, (now.timestamp(), now.timestamp()))

    def _act(self, person: str, mail: EmailMessage) -> None:
        match self.habit(person):
            case Habit.COMMENT:
                self._later(self._reply(mail, "", door="sync-agent checkin 61 by comment"), HOUR, person)
            case Habit.MAIL:
                self._later(self._reply(mail, "62 by mail"), HOUR, person)
            case Habit.FORM:
                self.forms.append((person, f"{len(self.mails)}", 63))
            case Habit.LATE:
                self._later(self._reply(mail, f"64 late {self.numbers}"), 8 * DAY, person)
            case Habit.TWICE:
                one = self._reply(mail, "65 the same mail twice")
                self._later(one, HOUR, person)
                self._later(one, HOUR)
                self._later(self._reply(mail, "66 thought again"), 2 * HOUR, person)
            case Habit.VACATION:
                self._later(self._reply(mail, "67 I am away until Monday", auto=True), HOUR)
            case Habit.UNCLEAR:
                self.unclear += 1
                self._later(self._reply(mail, f"fine, thanks, number {self.unclear}"), HOUR)
                self._later(self._reply(mail, f"fine, thanks, number {self.unclear}"), 2 * HOUR)
            case Habit.NEVER:
                pass

    def _later(self, mail: EmailMessage, after: timedelta, person: str = "") -> None:
        """It arrives so much later, and counts as an answer of that person."""
        self.later.append((self.clock.now() + after, mail))
        if person:
            self.said[person] += 1

    def _reply(self, to: EmailMessage, text: str, *, auto: bool = False, door: str = "") -> EmailMessage:
        self.numbers += 1
        mail = EmailMessage()
        mail["From"], mail["To"] = to["To"], to["Reply-To"] or "goals@example.org"
        mail["Subject"], mail["Message-ID"] = f"Re: {to['Subject']}", f"<{self.numbers}@people.example.org>"
        mail["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
        if auto:
            mail["Auto-Submitted"] = "auto-replied"
        if door:
            mail["X-Door"] = door
        mail.set_content(text)
        return mail

    def _comment(self, epic: str, by: str, text: str) -> None:
        inner = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
        body = {"type": "doc", "version": 1, "content": [inner]}
        self.jira.comment(epic, body, at=self.clock.now(), by=by)


def play(days: int, goals: int) -> list[str]:
    """What went otherwise than it should, in words; prints what was asked and answered."""
    with TemporaryDirectory(prefix="sync-agent-answers-") as name:
        folder = Path(name)
        mailbox.Maildir(folder / "inbox")
        people = People(goals, folder / "inbox")
        epics = people.populate()
        hub = cloud(people.jira, people.clock, email="bot@example.org", token=_SECRETS["JIRA_TOKEN"], me="bot")
        with Server(hub.app) as jira, MailServer(folder / "mails") as mail:
            mail.after = people.on_mail
            settings = _configure(folder, people, epics, jira.url, mail.port, days)
            cycles = _live(settings, people, epics, days)
        with closing(Store.open(settings.store)) as store, store.read() as connection:
            asks, told, answers = load_asks(connection), load_told(connection), load_answers(connection)
        counts = Counter(each.step.value for each in told)
        print(f"answers: {len(asks)} questions, {dict(counts)}, {len(answers)} answers, {cycles} cycles")
        return list(_wrong(people, asks, told, answers))


def _live(settings: Settings, people: People, epics: list[str], days: int) -> int:
    """Three cycles a day; each week another process. Returns how many."""
    cycles = 0
    for week in range(0, days, 7):
        with (
            closing(Store.open(settings.store)) as store,
            open_world(settings, installed_connectors(), _SECRETS, people.clock.now, threading.Event()) as world,
        ):
            for day in range(week, min(week + 7, days)):
                for hour in CYCLES:
                    people.clock.set(START + day * DAY + hour * HOUR)
                    people.arrive(epics)
                    _fill_in(settings, store, people)
                    run_cycle(settings, store, world)
                    cycles += 1
    return cycles


def _fill_in(settings: Settings, store: Store, people: People) -> None:
    """Forms are sent twice, as by somebody who presses the button again."""
    organisation, now = settings.organisation, people.clock.now()
    door = FormDoor(store, lambda at, answers: at_hand(organisation, at, answers))
    for person, nonce, confidence in people.forms:
        with store.read() as connection:
            asks = [a for a in load_asks(connection).values() if a.person == person and a.opens <= now < a.closes]
        for ask in asks:
            name = origin(Door.FORM, nonce, ask.id)
            sent: dict[str, tuple[str, ...]] = {"confidence": (str(confidence),)}
            for _ in range(2):
                door.hear(Heard(name, Door.FORM, now, Known.LINK, person, ask=ask.id, submitted=sent))
            people.said[person] += 1
    people.forms.clear()


def _configure(folder: Path, people: People, epics: list[str], jira: str, mail: int, days: int) -> Settings:
    owners = "\n".join(
        f"  owner-{n}: {{name: Owner {n}, role: owner, email: owner-{n}@example.org, accounts: {{jira: owner-{n}}}}}"
        for n in range(people.goals)
    )
    config = folder / "config"
    (config / "goals").mkdir(parents=True)
    text = _SETTINGS.format(jira=jira, mail=mail, people=owners, inbox=people.inbox, store=folder / "state.db")
    (config / "sync-agent.yaml").write_text(text)
    due = START + (days + 60) * DAY
    goals = (_GOAL.format(n=n, start=f"{START:%F}", due=f"{due:%F}", epic=epic) for n, epic in enumerate(epics))
    (config / "goals" / "goals.yaml").write_text("goals:\n" + "".join(goals))
    return load(config, _SECRETS, installed_connectors())


def _wrong(
    people: People, asks: dict[str, Ask], told: tuple[AskTold, ...], answers: tuple[Answer, ...]
) -> Iterator[str]:
    """Each once, none too many, none too late, none after an answer."""
    kept = Counter(answer.person for answer in answers)
    waits = Counter(str(mail["From"]).partition("@")[0] for _, mail in people.later if "I am away" not in str(mail))
    for person in sorted({*people.said, *kept}):
        at_most, at_least = people.said[person], people.said[person] - waits[person]
        if not at_least <= kept[person] <= at_most:
            yield f"{person} ({people.habit(person)}) said {at_least} to {at_most} things, {kept[person]} are kept"
    by_ask: dict[str, list[AskTold]] = defaultdict(list)
    for each in told:
        by_ask[each.ask].append(each)
    for name, ask in asks.items():
        yield from _wrong_of(people, ask, by_ask[name], [a for a in answers if a.ask == name])
    mailed = Counter(
        (str(mail["To"]), at.date())
        for at, mail in {str(m["Message-ID"]): (at, m) for at, m in reversed(people.mails)}.values()
        if _ASKED.search(str(mail["Subject"]))
    )
    yield from (f"{who} was asked by {count} mails on {day}" for (who, day), count in mailed.items() if count > 1)
    unclear = {str(mail["Message-ID"]) for _, mail in people.mails if _UNCLEAR.search(str(mail["Subject"]))}
    if not people.unclear - 2 <= len(unclear) <= people.unclear:
        yield f"{people.unclear} times somebody was not understood, and {len(unclear)} mails say so"


def _wrong_of(people: People, ask: Ask, told: list[AskTold], answers: list[Answer]) -> Iterator[str]:
    steps = Counter(each.step for each in told)
    who = f"{ask.person} ({people.habit(ask.person)}), {ask.occasion}"
    if steps[Step.ASK] != 1 or steps[Step.REMIND] > 2:
        yield f"{who}: asked {steps[Step.ASK]} times, reminded {steps[Step.REMIND]} times"
    if any(each.at >= ask.closes for each in told):
        yield f"{who}: told after the close"
    first = min((answer.at for answer in answers if not answer.late), default=None)
    if first and any(each.at > first and each.step is Step.REMIND for each in told):
        yield f"{who}: reminded after an answer"
    silent = people.habit(ask.person) in (Habit.NEVER, Habit.VACATION, Habit.UNCLEAR)
    if silent and ask.closes <= people.clock.now() and steps[Step.REMIND] != 2:
        yield f"{who}: never answered, and was reminded {steps[Step.REMIND]} times"
