"""An agent whose trackers, mail server and process fail at any time; the judgement is made up."""

import shutil
import tempfile
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from connectors.contract import Mail, Markup, WriteBudget
from connectors.errors import Doubtful, Forbidden, Malformed, Throttled, Unavailable
from connectors.kpis.http import KpiOptions
from sync_agent.ask.worked_out import WorkedOut
from sync_agent.judge.judge import Judged
from sync_agent.model import (
    Acknowledgement,
    Assessment,
    AvailableChannels,
    FirstRun,
    Health,
    MessageKind,
    Place,
    Signal,
    Silence,
    SourceState,
    Target,
)
from sync_agent.model.telling.alerts import Identity
from sync_agent.model.telling.labels import LabelRules
from sync_agent.outbox import deliver
from sync_agent.run.proposal import proposal as proposals
from sync_agent.store import Store
from sync_agent.store.memory.state import acknowledge, save_silence
from sync_agent.store.outbox.rows import Row, RowState, load_rows
from tests.support.deciding import blocked, down, goal, judged, organisation, slipping, unknown
from tests.support.deliveries import MailCarrier, channels

START = datetime(2026, 10, 6, 9, 0, tzinfo=UTC)
GOALS = ("fast", "safe")
PLACE = organisation(
    goal("fast", report_on=(Place("jira", "SHOP-1"),)), goal("safe", "noor", report_on=(Place("jira", "SHOP-2"),))
)


OPENS = frozenset({MessageKind.ALERT, MessageKind.REMINDER, MessageKind.ESCALATION, MessageKind.PROMPT})
TROUBLES = st.lists(st.sampled_from(["ok", "down", "lost", "killed", "nonsense", "busy"]), max_size=4)


class Killed(BaseException):
    """SIGKILL."""


class Server:
    """What a tracker and a mail server have in common: each write goes wrong as `plan` says."""

    def __init__(self, clock: Any) -> None:
        self.plan: list[str] = []
        self.clock = clock

    def wrong(self, *, before: bool) -> None:
        trouble = self.plan[0] if self.plan else "ok"
        if before and trouble == "down":
            self.plan.pop(0)
            raise Unavailable("down")
        if before and trouble == "busy":
            self.plan.pop(0)
            raise Throttled("slow down", self.clock() + timedelta(minutes=30))
        if not before and self.plan:
            self.plan.pop(0)
            error = {"lost": Doubtful("no answer"), "killed": Killed(), "nonsense": Malformed("<html>")}.get(trouble)
            if error:
                raise error


class Tracker(Server):
    """Comments on issues, found by their marker."""

    markup = Markup.MARKDOWN
    budget = WriteBudget("tracker.example.org")

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.comments: list[tuple[str, str]] = []
        self.locked = False

    def find(self, place: Place, key: str) -> str | None:
        numbers = [n for n, comment in enumerate(self.comments) if comment == (place.key, key)]
        return str(numbers[0]) if numbers else None

    def create(self, place: Place, key: str, _body: str) -> str:
        self.wrong(before=True)
        if self.locked:
            raise Forbidden("locked")
        self.comments.append((place.key, key))
        self.wrong(before=False)
        return str(len(self.comments) - 1)

    def update(self, _place: Place, _comment: str, _key: str, _body: str) -> None:
        self.wrong(before=True)
        self.wrong(before=False)


class Post(Server, MailCarrier):
    """Mails, which cannot be looked up."""

    def __init__(self, clock: Any) -> None:
        super().__init__(clock)
        self.mails: list[Mail] = []

    def identify(self, key: str) -> str:
        return f"<{key}@example.org>"

    def send(self, mail: Mail) -> None:
        self.wrong(before=True)
        self.mails.append(mail)
        self.wrong(before=False)


@cache
def empty_store() -> Path:
    """A migrated store to copy: migrations take longer than everything else here."""
    path = Path(tempfile.mkdtemp(prefix="sync-agent-")) / "state.db"
    Store.open(f"sqlite:///{path}").close()
    return path


class Agent(RuleBasedStateMachine):
    """The agent, the people and the trackers."""

    @initialize()
    def begins(self) -> None:
        self.now = START
        self.folder = Path(tempfile.mkdtemp(prefix="sync-agent-"))
        self.url = f"sqlite:///{shutil.copy(empty_store(), self.folder)}"
        self.store = Store.open(self.url)
        self.tracker, self.post = Tracker(self.clock), Post(self.clock)
        self.found: dict[str, tuple[Signal, ...]] = dict.fromkeys(GOALS, ())
        self.unknown: set[str] = set()
        self.silences: list[Silence] = []

    def clock(self) -> datetime:
        return self.now

    # What happens.

    @rule(name=st.sampled_from(GOALS), what=st.sampled_from(["slipping", "off track", "blocked", "blocked", "well"]))
    def changes(self, name: str, what: str) -> None:
        self.found[name] = {
            "slipping": (slipping(name, 1),),
            "off track": (slipping(name, 2),),
            "blocked": (blocked(f"{name}-7", name),),
            "well": (),
        }[what]

    @rule(name=st.sampled_from(GOALS))
    def is_unknown_or_known_again(self, name: str) -> None:
        self.unknown ^= {name}

    @rule(hours=st.sampled_from([1, 3, 24, 24, 72]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(comments=TROUBLES, mails=TROUBLES, locked=st.sampled_from([False, False, False, True]))
    def servers_fail(self, comments: list[str], mails: list[str], locked: bool) -> None:
        self.tracker.plan, self.post.plan, self.tracker.locked = comments, mails, locked

    @rule()
    def mail_goes_down(self) -> None:
        self.post.plan = ["down"] * 40

    @rule(name=st.sampled_from(GOALS), hours=st.sampled_from([2, 30, 100]))
    def somebody_silences(self, name: str, hours: int) -> None:
        found = Silence(f"{name}-all", Target(name), "dana", "because", self.now, self.now + timedelta(hours=hours))
        self.silences = [s for s in self.silences if s.id != found.id] + [found]
        with self.store.begin() as connection:
            save_silence(connection, found)

    @rule(name=st.sampled_from(GOALS))
    def somebody_acknowledges(self, name: str) -> None:
        with self.store.begin() as connection:
            acknowledge(connection, Acknowledgement(Target(name), "dana", self.now))

    # What the agent does.

    @rule(times=st.integers(1, 3))
    def cycles(self, times: int) -> None:
        for _ in range(times):
            before = set(self.rows())
            self.agent_runs()
            for message in (row.message for key, row in self.rows().items() if key not in before):
                assert message.kind is not MessageKind.RESOLVED or message.goal not in self.unknown
                assert message.kind not in OPENS or message.goal not in self.silent()

    @rule()
    def the_same_cycle_twice(self) -> None:
        with self.judging():
            proposal = proposals.propose(self.settings(), self.store, self.world())
            proposals.commit(self.store, proposal)
            rows = self.rows()
            proposals.commit(self.store, proposal)
        assert self.rows() == rows

    @rule()
    def two_agents_by_accident(self) -> None:
        """Both decide from the same store; one delivers while the other is in the middle of it."""
        with self.judging():
            pair = [proposals.propose(self.settings(), self.store, self.world()) for _ in range(2)]
            for proposal in pair:
                proposals.commit(self.store, proposal)
        second = [self.agent_delivers]

        class Interrupted(threading.Event):
            def is_set(self) -> bool:
                if second:
                    second.pop()()
                return super().is_set()

        well = not self.post.plan
        before = [mail.message_id for mail in self.post.mails]
        self.agent_delivers(Interrupted())
        after = [mail.message_id for mail in self.post.mails[len(before) :]]
        assert not well or len(after) == len(set(after))

    @rule()
    def restarts(self) -> None:
        self.store.close()
        self.store = Store.open(self.url)

    # What must hold.

    @invariant()
    @precondition(lambda self: hasattr(self, "tracker"))
    def every_comment_is_there_once(self) -> None:
        assert len(self.tracker.comments) == len(set(self.tracker.comments))

    @invariant()
    @precondition(lambda self: hasattr(self, "post"))
    def a_mail_comes_again_only_as_the_very_same(self) -> None:
        assert len({mail.message_id for mail in self.post.mails}) == len(
            {(mail.message_id, mail.date, mail.subject, mail.text) for mail in self.post.mails}
        )

    @invariant()
    @precondition(lambda self: hasattr(self, "post"))
    def nobody_reads_the_end_of_what_they_have_not_heard_of(self) -> None:
        heard: set[tuple[str, str]] = set()
        for mail in self.post.mails:
            kind, goal, *_ = mail.message_id.strip("<").split("/")
            assert kind != MessageKind.RESOLVED or (mail.recipient, goal) in heard
            heard.add((mail.recipient, goal))

    @invariant()
    @precondition(lambda self: hasattr(self, "store"))
    def nobody_is_told_twice_that_it_is_over(self) -> None:
        self.still_open()

    def teardown(self) -> None:
        """In the end all is well, and everybody who was told that it began is told that it is over."""
        if not hasattr(self, "store"):
            return
        self.tracker.plan, self.post.plan, self.tracker.locked = [], [], False
        self.found, self.unknown = dict.fromkeys(GOALS, ()), set()
        for _ in range(24):
            self.now += timedelta(hours=7)
            self.agent_runs()
        waiting = [row for row in self.rows().values() if row.state is RowState.WAITING]
        assert not waiting
        assert not self.still_open()
        self.store.close()
        shutil.rmtree(self.folder)

    def agent_runs(self) -> None:
        with self.judging():
            proposals.commit(self.store, proposals.propose(self.settings(), self.store, self.world()))
        self.agent_delivers()

    def agent_delivers(self, stop: threading.Event | None = None) -> None:
        try:
            deliver(self.store, channels({"jira": self.tracker}, self.post), self.clock, stop or threading.Event())
        except Killed:
            self.restarts()

    def rows(self) -> dict[str, Row]:
        with self.store.read() as connection:
            return load_rows(connection)

    def still_open(self) -> set[tuple[str, Identity, str]]:
        """Which episodes were told to have begun, and not to be over, at which place or address. No end may be told of
        what has not begun there, or is over.
        """
        found: set[tuple[str, Identity, str]] = set()
        for row in sorted(self.rows().values(), key=lambda r: r.created):
            news = {(row.message.target, told.identity, told.episode) for told in row.message.alerts}
            if row.instead_of is None and row.message.kind is MessageKind.ALERT:
                found |= news
            elif row.instead_of is None and row.message.kind is MessageKind.RESOLVED:
                assert news <= found, (row.message.key, found)
                found -= news
        return found

    def silent(self) -> set[str]:
        return {s.target.goal for s in self.silences if s.begins <= self.now < s.until}

    def judging(self) -> Any:
        """The judgement is made up. No two are of the same instant: what is told is put in order by its time."""
        self.now += timedelta(minutes=1)
        return patch.object(proposals, "judge_now", lambda *_args, **_options: self.judged())

    def judged(self) -> Judged:
        assessments = tuple(self.assessment(name) for name in GOALS)
        state = SourceState("jira", complete_at=START)
        if self.unknown:
            state = replace(state, error="401", failing_since=START)
        return Judged(assessments, frozenset(GOALS), dict.fromkeys(GOALS, ""), None, {"jira": state})

    def assessment(self, name: str) -> Assessment:
        if name in self.unknown:
            return replace(unknown(name, down(name=name)), at=self.now)
        signals = self.found[name]
        health = Health.AT_RISK if signals else Health.ON_TRACK
        return replace(judged(name, *signals, health=health), at=self.now)

    def settings(self) -> Any:
        return SimpleNamespace(
            organisation=PLACE, silences=(), judge_every=timedelta(hours=1), comments=True, options=AvailableChannels(),
            first_run=FirstRun.SEND, first_run_said=None, channels={},
            sources={"jira": SimpleNamespace(options=KpiOptions())},
            kpis=KpiOptions(), web_secrets=(), email=None, watched_sources=frozenset({"jira"}),
        )  # fmt: skip

    def world(self) -> Any:
        known = channels({"jira": self.tracker}, self.post).carriers
        sources = {"jira": SimpleNamespace(label_rules=LabelRules())}
        return SimpleNamespace(
            sources=sources,
            channels=known,
            clock=self.clock,
            missing=tuple,
            watched=frozenset(),
            form_of=lambda _ask, _person: None,
            replies=lambda: None,
            links=lambda: None,
            worked_out=WorkedOut(),
        )
