"""Invented people, goals and judgements, and a desk that decides cycle after cycle as the agent does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from sync_agent.decide import AvailableChannels, Decided, Memory, decide
from sync_agent.evaluate.sources import Watch
from sync_agent.model import (
    EMAIL,
    Alert,
    AlertState,
    Assessment,
    Audience,
    Decision,
    Goal,
    Health,
    MessageKind,
    Notice,
    Organisation,
    Period,
    Person,
    Place,
    Reason,
    Role,
    Rules,
    Severity,
    Signal,
    SignalKind,
)

START = datetime(2026, 10, 7, 10, 0, tzinfo=UTC)
CYCLE = timedelta(minutes=15)

DANA = Person("dana", "Dana", Role.OWNER, "dana@example.org", {"jira": "acc-dana", "github": "dana"})
NOOR = Person("noor", "Noor", Role.OWNER, "noor@example.org", {"github": "noor"})
ILSE = Person("ilse", "Ilse", Role.TECHNICAL_EXPERT, "ilse@example.org", {"jira": "acc-ilse"})
OPS = Person("ops", "IT operations", Role.IT_OPS, "ops@example.org")


def goal(name: str = "fast", owner: str = "dana", **fields: object) -> Goal:
    """A goal that reports on one Jira issue."""
    plain = Goal(
        id=name,
        objective=f"Objective {name}",
        owner=owner,
        period=Period(date(2026, 10, 1), date(2026, 12, 18)),
        key_results=(),
        report_on=(Place("jira", "SHOP-12"),),
        rules=Rules(cycles_before_change=2),
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


def organisation(*goals: Goal, people: Sequence[Person] = (DANA, NOOR, ILSE, OPS)) -> Organisation:
    """The people above with these goals."""
    return Organisation("Example", goals or (goal(),), {person.id: person for person in people})


def signal(kind: SignalKind, subject: str, name: str = "fast", **fields: object) -> Signal:
    """An alerting finding."""
    return replace(Signal(name, kind, subject, Severity.ALERT, f"{kind.value} {subject}"), **fields)  # type: ignore[arg-type]


def blocked(subject: str = "SHOP-77", name: str = "fast", **fields: object) -> Signal:
    """A finding that needs no holding."""
    return signal(SignalKind.BLOCKED, subject, name, **fields)


def slipping(name: str = "fast", level: int = 1) -> Signal:
    """A finding that must hold."""
    return signal(SignalKind.SLIPPING, name, name, level=level)


def down(source: str = "jira", name: str = "fast", since: datetime | None = START) -> Signal:
    """A source that cannot be read."""
    return signal(SignalKind.SOURCE_DOWN, source, name, since=since)


def judged(
    name: str, *signals: Signal, health: Health = Health.ON_TRACK, unknown_since: datetime | None = None
) -> Assessment:
    """A judgement with these findings."""
    return Assessment(name, START, health, 0.5, 0.5, None, signals=signals, unknown_since=unknown_since)


def unknown(name: str = "fast", *signals: Signal, since: datetime | None = START) -> Assessment:
    """A judgement that cannot be made."""
    return judged(name, *signals, health=Health.UNKNOWN, unknown_since=since)


def of_kind(notices: Iterable[Notice], *kinds: MessageKind) -> list[Notice]:
    """The notices of these kinds."""
    return [notice for notice in notices if notice.kind in kinds]


def news(outcome: Decided) -> list[Notice]:
    """What is not merely kept up to date."""
    return [n for n in outcome.notices if not n.edits and n.kind is not MessageKind.DIGEST]


@dataclass
class Desk:
    """Decides cycle after cycle, remembers as the store does, and sends each key once as the outbox does."""

    organisation: Organisation
    options: AvailableChannels = field(default_factory=lambda: AvailableChannels(comments=True, email=True))
    memory: Memory = field(default_factory=lambda: Memory({}, frozenset()))
    now: datetime = START
    sent: list[Notice] = field(default_factory=list)
    log: list[Decision] = field(default_factory=list)
    mailed: dict[str, list[datetime]] = field(default_factory=dict)
    digested: dict[str, datetime] = field(default_factory=dict)

    def cycle(self, *assessments: Assessment) -> Decided:
        """One cycle; `sent` grows by what the outbox did not know."""
        outcome = decide(self.organisation, assessments, self.memory, self.options, self.now, self._watch(assessments))
        judged = self.memory.judged | {a.goal for a in outcome.judged}
        keys = {notice.key for notice in self.sent}
        fresh = [n for n in outcome.notices if n.key not in keys]
        self.sent += fresh
        self.log += outcome.log
        for notice in fresh:
            if notice.person and notice.kind is MessageKind.DIGEST:
                self.digested[notice.person.id] = self.now
            if notice.person and notice.kind not in (MessageKind.DIGEST, MessageKind.GATHERED):
                self.mailed.setdefault(notice.person.id, []).append(self.now)
        kept = {"sent": self.mailed, "digested": self.digested}
        self.memory = replace(self.memory, alerts=outcome.alerts, judged=judged, **kept)
        self.now += CYCLE
        return outcome

    def _watch(self, assessments: Iterable[Assessment]) -> Watch:
        """Every source that was ever mentioned is configured; those that findings are about are away."""
        found = {s.subject: s for a in assessments for s in a.signals if s.kind is SignalKind.SOURCE_DOWN}
        known = {alert.subject for alert in self.memory.alerts.values() if not alert.goal}
        return Watch(frozenset({*known, *found}), tuple(replace(s, goal="") for s in found.values()))

    def mails_to(self, person: str) -> list[Notice]:
        """What somebody was mailed so far."""
        return [n for n in self.sent if n.person and n.person.id == person and n.channel == EMAIL]

    def why(self, person: str) -> list[Reason]:
        """Why somebody was not told, in the order of the log."""
        return [d.reason for d in self.log if d.audience == Audience((person,)) and not d.told]

    def keys(self, *kinds: MessageKind) -> list[str]:
        """The keys sent so far of these kinds."""
        return [notice.key for notice in of_kind(self.sent, *kinds)]


def at(desk: Desk, moment: datetime, *found: Assessment) -> list[Notice]:
    """What is new on the desk in a cycle at that time."""
    known = len(desk.sent)
    desk.now = moment
    desk.cycle(*found)
    return [notice for notice in desk.sent[known:] if not notice.edits]


def firing(signal: Signal, **fields: object) -> Alert:
    alert = Alert(
        signal.goal, signal.kind, signal.subject, AlertState.FIRING, Severity.ALERT, signal, START, episode="1",
        told=1,
    )  # fmt: skip
    return replace(alert, **fields)  # type: ignore[arg-type]
