"""Whatever happens, and in whatever hours: what the agent takes its readers to know has really reached them."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.decide import AvailableChannels, Overlays
from sync_agent.model import (
    CHAT,
    EMAIL,
    Acknowledgement,
    AlertState,
    Assessment,
    EscalationStep,
    Match,
    Notice,
    Organisation,
    Person,
    ReasonKind,
    Role,
    RouteNode,
    Rules,
    Signal,
    SignalKind,
    Silence,
    Target,
    Timing,
)
from tests.support.deciding import (
    DANA,
    ILSE,
    NOOR,
    START,
    Desk,
    blocked,
    goal,
    judged,
    organisation,
    signal,
    slipping,
    unknown,
)

HOUR = timedelta(hours=1)
LEAD = Person("lead", "Lead", Role.SENIOR_LEADER, None, {"jira": "acc-lead"})
SPONSOR = Person("sponsor", "Sponsor", Role.SENIOR_LEADER, "sponsor@example.org", timezone="America/New_York")
PEOPLE = (
    replace(DANA, daily_limit=1),
    replace(NOOR, timezone="America/New_York"),
    replace(ILSE, email=None, timezone="Asia/Tokyo"),
    replace(NOOR, id="kim", email=None, accounts={}, chat="team", timezone="Asia/Tokyo"),
    LEAD,
    SPONSOR,
)
RULES = Rules(escalation=(EscalationStep(1, ("lead", "sponsor", "ilse")), EscalationStep(2, ("lead",))))
GOALS = (
    goal("fast", rules=RULES),
    goal("search", "noor", rules=RULES, depends_on=("fast",)),
    goal("reports", rules=RULES, depends_on=("search",), report_on=()),
    goal("chatty", "kim", rules=RULES, depends_on=("fast",)),
)
FINDINGS: dict[str, list[Signal]] = {
    "fast": [blocked("A-1", since=START), blocked("A-2", people=(("jira", "acc-ilse"),)), slipping("fast", 2)],
    "search": [signal(SignalKind.DEPENDENCY, "fast", "search"), slipping("search")],
    "reports": [signal(SignalKind.DEPENDENCY, "search", "reports"), blocked("C-1", "reports")],
    "chatty": [signal(SignalKind.DEPENDENCY, "fast", "chatty"), blocked("D-1", "chatty")],
}
CHATS = RouteNode("chat", Match(person=frozenset({"kim"})), channels=(CHAT,), timing=Timing.IMMEDIATE)
MAILS = RouteNode("mails", Match(person=frozenset({"noor"})), channels=(EMAIL,), timing=Timing.IMMEDIATE)


def organised(*, without: str) -> Organisation:
    people = tuple(person for person in PEOPLE if person.id != without)
    return replace(organisation(*GOALS, people=people), routes=(CHATS, MAILS))


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """A goal with some of its findings, mostly; sometimes nobody can know."""
    name = draw(st.sampled_from(list(FINDINGS)))
    if draw(st.sampled_from([False, False, False, True])):
        return unknown(name)
    return judged(name, *draw(st.lists(st.sampled_from(FINDINGS[name]), unique_by=lambda s: s.identity)))


@dataclass(frozen=True, slots=True)
class Step:
    """What happens before a cycle, and which goals it finds to stand otherwise than before."""

    later: float
    found: list[Assessment]
    silenced: str
    acknowledged: str
    left: str


NAMES = st.sampled_from(["", "", "", "", "", "fast", "search"])
STEPS = st.builds(
    Step,
    later=st.sampled_from([0, 0, 3, 8, 15, 24, 66]),
    found=st.lists(assessments(), max_size=2),
    silenced=NAMES,
    acknowledged=NAMES,
    left=st.sampled_from(["", "", "", "lead", "ilse", "sponsor"]),
)


@dataclass
class World:
    """A desk, and what each reader takes for open because of what they were sent."""

    desk: Desk = field(
        default_factory=lambda: Desk(organised(without=""), AvailableChannels(chats=frozenset({"team"})))
    )
    open: set[tuple[str, tuple[str, str, str]]] = field(default_factory=set)
    found: dict[str, Assessment] = field(default_factory=lambda: {each.id: judged(each.id) for each in GOALS})

    def cycle(self, step: Step) -> None:
        """One cycle; whoever is told anything reads it."""
        desk = self.desk
        desk.now += step.later * HOUR
        desk.organisation = organised(without=step.left)
        said = Acknowledgement(Target(step.acknowledged), "dana", desk.now)
        quiet = Silence("q", Target(step.silenced), "dana", "moving", desk.now, desk.now + HOUR)
        overlays = desk.memory.overlays
        desk.memory = replace(desk.memory, overlays=Overlays((*overlays.acknowledgements, said), (quiet,)))
        sent, logged = len(desk.sent), len(desk.log)
        self.found.update((each.goal, each) for each in step.found)
        desk.cycle(*self.found.values())
        fresh = [(person, notice) for notice in desk.sent[sent:] for person in readers(notice)]
        for person, notice in fresh:
            for alert in notice.alerts:
                self._reads(person, alert.identity, alert.state)
        for line in desk.log[logged:]:
            if line.told and line.reason.kind is ReasonKind.INSIDE:
                cause = line.reason.subject
                (reader,) = line.audience.people
                told = [n for who, n in fresh if who == reader and any(g.id == cause for g, _ in n.goals)]
                assert told, f"{reader} reads nowhere of {line.goal}"
                identity = line.goal, line.kind, line.subject
                self._reads(reader, identity, desk.memory.alerts[identity].state)

    def _reads(self, person: str, identity: tuple[str, str, str], state: AlertState) -> None:
        change = self.open.add if state is AlertState.FIRING else self.open.discard
        change((person, identity))


def readers(notice: Notice) -> set[str]:
    """Who reads a message for sure: nobody has to look at issues, and whoever has a chat looks there."""
    if notice.edits:
        return set()
    if notice.channel.name == "team":
        return {"kim"}
    return {notice.person.id} if notice.person else {person.id for person in notice.mentions}


@given(st.lists(STEPS, min_size=5, max_size=30))
@settings(max_examples=150, deadline=None)
def test_what_readers_are_taken_to_know_they_have_been_sent(steps: list[Step]) -> None:
    world = World()
    for step in steps:
        world.cycle(step)
        for identity, alert in world.desk.memory.alerts.items():
            known = {reading.person for reading in alert.readings if reading.level}
            assert {(person, identity) for person in known} <= world.open
