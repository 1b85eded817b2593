"""Sentences of earlier versions are read once; from then on reasons are values, and their words may change."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

from sync_agent import store as store_package
from sync_agent.decide import AvailableChannels, Memory, Overlays, decide
from sync_agent.model import (
    NOBODY,
    Channel,
    Decision,
    Message,
    MessageKind,
    Payload,
    Place,
    Reason,
    ReasonKind,
    Silence,
    Target,
)
from sync_agent.outbox import Action, difference
from sync_agent.render import say_reason
from sync_agent.store import Store
from sync_agent.store.engine.schema import to_micros
from sync_agent.store.memory.state import load_alerts, load_decisions, log_decisions
from sync_agent.store.outbox.rows import load_rows
from tests.support.deciding import START, blocked, goal, judged, organisation

MOVING = "silenced by dana until 2026-10-08 10:00 UTC: moving offices"
UNTIL = datetime(2026, 10, 8, 10, 0, tzinfo=UTC)
# What version 0050 wrote, and what it means now.
SAID = {
    "it got worse": Reason(ReasonKind.WORSE),
    "comes and goes: only the digest tells of it": Reason(ReasonKind.STILL_UNSTABLE),
    "acknowledged: no reminders (by dana)": Reason(ReasonKind.ACKNOWLEDGED, who="dana"),
    MOVING: Reason(ReasonKind.SILENCED, who="dana", until=UNTIL, text="moving offices"),
    "dana wants no mail about this goal but the digest": Reason(ReasonKind.UNSUBSCRIBED, who="dana"),
    "left to the digest (route: senior leaders)": Reason(ReasonKind.LEFT_TO_DIGEST, subject="senior leaders"),
    "not told: the route says never (route: a (b))": Reason(ReasonKind.NEVER, subject="a (b)"),
    "not told: no channel of the route reaches them (route: owner)": Reason(ReasonKind.OUT_OF_REACH, subject="owner"),
    "outside their working hours: judged again on Thu 8 Oct 13:00 (Asia/Amman)": Reason(
        ReasonKind.NOT_AT_WORK, until=UNTIL, subject="Asia/Amman"
    ),
    "their daily limit is reached: gathered for the next working day (at most 5 mails a day)": Reason(
        ReasonKind.OVER_LIMIT, count=5
    ),
    "told inside the message about its cause, goal base": Reason(ReasonKind.INSIDE, subject="base"),
    "a silence of Dana Reyes ends within a day, and no channel reaches them": Reason(
        ReasonKind.SILENCE_OF_OTHER, who="Dana Reyes"
    ),
    "acknowledged by dana until 2026-10-08 10:00 UTC: on it": Reason(
        ReasonKind.COMMAND_ACKNOWLEDGED, who="dana", until=UNTIL, text="on it"
    ),
    "acknowledged by dana: no reason given": Reason(ReasonKind.COMMAND_ACKNOWLEDGED, who="dana"),
    "silence ended by dana": Reason(ReasonKind.COMMAND_SPOKE_AGAIN, who="dana"),
    "not obeyed on jira SHOP-1: a silence needs a reason: sync-agent silence 3d because": Reason(
        ReasonKind.COMMAND_REFUSED,
        subject="jira SHOP-1",
        text="a silence needs a reason: sync-agent silence 3d because",
    ),
    "gone before it fired\nor so": Reason(ReasonKind.OTHER, text="gone before it fired\nor so"),
}
ALERT = {
    "goal": "fast", "kind": "blocked", "subject": "SHOP-77", "state": "firing", "severity": "alert",
    "signal": {**asdict(blocked()), "people": [], "evidence": [], "questions": []},
    "first_seen": "2026-10-05T09:00:00Z", "last_seen": "2026-10-07T09:00:00Z", "episode": "one", "seen": 9,
    "fired_at": "2026-10-05T09:00:00Z", "reason": MOVING,
    "readings": [{"person": "noor", "reason": "left to the digest (route: owner)"}, {"person": "ilse", "reason": ""}],
}  # fmt: skip
STATUS = Message(
    "status/a/jira/A-1", MessageKind.STATUS, Channel.tracker("jira"), Payload("Ünï “fine” 😀\u2028"),
    Reason(ReasonKind.STATUS), "a", place=Place("jira", "A-1"), edits=True,
)  # fmt: skip
# As version 0050 computed it.
DIGEST = "2ccb730b42b5a0c402e58db3a041646b4ff09b33a86c6cc50ed9b11ec7d897a7"


@contextmanager
def before(path: Path) -> Iterator[sqlite3.Connection]:
    """A store as version 0050 left it."""
    config = Config()
    config.set_main_option("script_location", str(Path(store_package.__file__).parent / "engine" / "migrations"))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0050")
    engine.dispose()
    raw = sqlite3.connect(path)
    with raw:
        yield raw
    raw.close()


@contextmanager
def after(path: Path) -> Iterator[Connection]:
    """The same store, opened by this version."""
    store = Store.open(f"sqlite:///{path}", migrate=True)
    try:
        with store.read() as connection:
            yield connection
    finally:
        store.close()


def insert(raw: sqlite3.Connection, table: str, **row: Any) -> None:
    raw.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", (*row.values(),))


def test_every_sentence_becomes_a_value_and_none_is_lost(tmp_path: Path) -> None:
    with before(tmp_path / "state.db") as raw:
        for said in SAID:
            at = to_micros(START)
            insert(raw, "decisions", at=at, goal="a", kind="k", subject="s", audience="n", told=False, reason=said)
    with after(tmp_path / "state.db") as connection:
        read = [decision.reason for decision in load_decisions(connection)]
    assert read == list(SAID.values())
    assert [say_reason(reason) for reason in read] == list(SAID)


def test_what_was_held_back_before_is_told_late_and_what_is_held_back_still_is_not_logged_anew(tmp_path: Path) -> None:
    with before(tmp_path / "state.db") as raw:
        insert(raw, "alerts", goal="fast", kind="blocked", subject="SHOP-77", data=json.dumps(ALERT))
    with after(tmp_path / "state.db") as connection:
        alerts = load_alerts(connection)
    (alert,) = alerts.values()
    assert alert.reading("noor").reason == Reason(ReasonKind.LEFT_TO_DIGEST, subject="owner")
    assert alert.reading("ilse").reason is None

    def decided(silence: tuple[Silence, ...]) -> Any:
        memory = Memory(alerts, frozenset({"fast"}), Overlays(silences=silence))
        return decide(organisation(goal()), [judged("fast", blocked())], memory, AvailableChannels(), START)

    until = UNTIL + timedelta(seconds=59)  # The sentence named the minute.
    quiet = decided((Silence("q", Target("fast"), "dana", "moving offices", START - timedelta(days=2), until),))
    assert not [line for line in quiet.log if line.audience == NOBODY]
    late = decided(())
    assert {n.reason for n in late.notices if not n.edits} == {Reason(ReasonKind.LATE)}


def test_what_stands_at_the_trackers_is_not_edited_because_of_it(tmp_path: Path) -> None:
    old = {**json.loads(json.dumps(asdict(STATUS))), "reason": "how the goal stands", "channel": "jira"}
    with before(tmp_path / "state.db") as raw:
        insert(
            raw, "outbox", key=STATUS.key, channel="jira", state="delivered", message=json.dumps(old), digest=DIGEST,
            delivered_digest=DIGEST, external_id="1", created=1, frozen=1, delivered=1, attempts=1, next_attempt=1,
        )  # fmt: skip
    with after(tmp_path / "state.db") as connection:
        rows = load_rows(connection)
    assert rows[STATUS.key].message == STATUS
    (plan,) = difference([STATUS], rows, START)
    assert (plan.action, plan.why) == (Action.NOTHING, Reason(ReasonKind.ALREADY_TOLD))


@pytest.mark.parametrize("kind", ReasonKind)
def test_every_reason_is_stored_and_said(kind: ReasonKind) -> None:
    full = Reason(kind, "dana", UNTIL, 5, "Europe/Berlin", "{text} {0} of %s")
    with Store.temporary() as store:
        for reason in (Reason(kind), full):
            with store.begin() as connection:
                log_decisions(connection, [Decision(START, "a", "k", "s", NOBODY, told=False, reason=reason)])
        with store.read() as connection:
            assert [line.reason for line in load_decisions(connection)] == [Reason(kind), full]
    assert say_reason(full)
