"""What was noted by a clock that was ahead counts as noted now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from sync_agent.model import (
    EMAIL,
    NOBODY,
    Acknowledgement,
    Alert,
    AlertState,
    Audience,
    Decision,
    Message,
    MessageKind,
    Payload,
    ReaderState,
    Reason,
    ReasonKind,
    Sample,
    Severity,
    Signal,
    SignalKind,
    Silence,
    SourceState,
    Target,
    Wait,
)
from sync_agent.model.asking import About, Answer, AskTold, Door, Known, Step, Topic
from sync_agent.outbox import enqueue
from sync_agent.outbox.order import is_due
from sync_agent.store import Store
from sync_agent.store.engine import schema
from sync_agent.store.engine.schema import to_micros
from sync_agent.store.facts.facts import (
    load_facts,
    load_source,
    record_own_write,
    save_items,
    save_samples,
    save_source,
)
from sync_agent.store.memory.answers import load_answer, load_answers, load_told, note_told, save_answer
from sync_agent.store.memory.state import (
    acknowledge,
    load_acknowledgements,
    load_alerts,
    load_all_silences,
    load_decisions,
    log_decisions,
    save_alerts,
    save_silence,
)
from sync_agent.store.outbox.rows import load_all_waiting, load_rows
from sync_agent.store.outbox.writes import Write, load_writes, save_writes
from sync_agent.store.upkeep.future import bring_back, newest
from tests.support.builders import NOW, item

YEAR, HOUR, MINUTE = timedelta(days=365), timedelta(hours=1), timedelta(minutes=1)
WORSE = Reason(ReasonKind.WORSE)
LATER = NOW + YEAR
DANA = Audience(("dana",))
TARGET = Target("checkout")
WHY = Reason(ReasonKind.STATUS)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    store = Store.open(f"sqlite:///{tmp_path}/state.db")
    with store.begin() as opened:
        yield opened
    store.close()


def mail(key: str) -> Message:
    return Message(key, MessageKind.ALERT, EMAIL, Payload("text", "subject"), WORSE, address="dana@example.org")


def test_a_store_whose_times_are_past_is_left_as_it_is(connection: Connection) -> None:
    assert newest(connection) is None
    assert bring_back(connection, NOW) is None
    save_writes(connection, [Write("jira", "SHOP-1", NOW)])
    log_decisions(connection, [Decision(NOW - HOUR, "checkout", "blocked", "", DANA, told=True, reason=WORSE)])
    assert bring_back(connection, NOW) is None
    assert bring_back(connection, NOW - timedelta(seconds=30)) is None, "a time server may have corrected so much"
    assert newest(connection) == NOW


def test_a_write_made_a_year_ahead_was_made_now(connection: Connection) -> None:
    save_writes(connection, [Write("jira", "SHOP-1", NOW - MINUTE), Write("jira", "SHOP-2", LATER)])
    assert bring_back(connection, NOW) == YEAR
    assert [write.at for write in load_writes(connection, NOW - HOUR)] == [NOW - MINUTE, NOW]
    assert bring_back(connection, NOW) is None, "it is told once"


def due(connection: Connection, now: datetime) -> list[str]:
    return [row.message.key for row in load_all_waiting(connection) if is_due(row, now)]


def test_messages_wait_no_longer_than_they_would_have(connection: Connection) -> None:
    enqueue(connection, [mail("alert/1"), mail("alert/2")], LATER)
    same = schema.outbox.c.key == "alert/2"
    begun = {"next_attempt": to_micros(LATER + MINUTE), "external_id": "<2@example.org>", "doubtful": True}
    connection.execute(update(schema.outbox).where(same).values(begun))
    bring_back(connection, NOW)
    rows = load_rows(connection)
    assert due(connection, NOW) == ["alert/1"]
    assert due(connection, NOW + MINUTE) == ["alert/1", "alert/2"]
    assert {row.created for row in rows.values()} == {NOW}
    assert rows["alert/1"].frozen == NOW
    assert rows["alert/2"].frozen == LATER, "it may have arrived with that date"


def test_a_message_that_was_put_off_for_a_year_is_due(connection: Connection) -> None:
    enqueue(connection, [mail("alert/1")], NOW)
    connection.execute(update(schema.outbox).values(next_attempt=to_micros(LATER)))
    assert due(connection, NOW) == ["alert/1"]


def test_an_alert_fired_and_was_told_in_the_past(connection: Connection) -> None:
    signal = Signal("checkout", SignalKind.BLOCKED, "SHOP-2", Severity.ALERT, "blocked")
    alert = Alert(
        "checkout", SignalKind.BLOCKED, "SHOP-2", AlertState.FIRING, Severity.ALERT, signal,
        first_seen=NOW - HOUR, fired_at=LATER, opened_at=LATER, told=1, told_at=LATER,
        escalated_at=LATER, flips=(NOW - HOUR, LATER),
        readings=(ReaderState("dana", 1, LATER), ReaderState("noor", owed=LATER)),
    )  # fmt: skip
    save_alerts(connection, {alert.identity: alert})
    log_decisions(connection, [Decision(LATER, "checkout", "blocked", "SHOP-2", DANA, told=True, reason=WORSE)])
    bring_back(connection, NOW)
    assert load_alerts(connection)[alert.identity] == replace(
        alert, fired_at=NOW, opened_at=NOW, told_at=NOW, escalated_at=NOW, flips=(NOW - HOUR, NOW),
        readings=(ReaderState("dana", 1, NOW), ReaderState("noor", owed=NOW)),
    )  # fmt: skip
    assert [decision.at for decision in load_decisions(connection)] == [NOW]


def test_what_people_said_holds_for_as_long_as_they_said(connection: Connection) -> None:
    day = timedelta(days=1)
    said = Acknowledgement(TARGET, "dana", LATER, "on it", LATER + 3 * day)
    silences = (Silence("a", TARGET, "dana", "we know", LATER, LATER + day), Silence("b", TARGET, "x", "", NOW, LATER))
    acknowledge(connection, said)
    acknowledge(connection, replace(said, at=NOW - HOUR, until=NOW + YEAR))
    for silence in silences:
        save_silence(connection, silence)
    save_writes(connection, [Write("jira", "SHOP-2", LATER)])
    bring_back(connection, NOW)
    assert [(a.at, a.until) for a in load_acknowledgements(connection)] == [
        (NOW, NOW + 3 * day), (NOW - HOUR, NOW + YEAR),
    ]  # fmt: skip
    found = {silence.id: silence for silence in load_all_silences(connection)}
    assert found["a"] == replace(silences[0], begins=NOW, until=NOW + day)
    assert found["b"] == silences[1]


def test_sources_and_items_are_as_they_were_read(connection: Connection) -> None:
    state = SourceState(
        "jira", complete_at=LATER, reconciled_at=NOW - HOUR, failing_since=LATER,
        waits=Wait(LATER, LATER + HOUR, "a limit"),
    )  # fmt: skip
    save_source(connection, state, "cursor")
    save_items(connection, [item("SHOP-1")])
    gone = replace(item("SHOP-2"), removed=LATER)
    save_items(connection, [gone])
    connection.execute(update(schema.items).where(schema.items.c.key == "SHOP-2").values(removed=to_micros(LATER)))
    for at in (LATER, LATER + MINUTE):
        record_own_write(connection, "jira", "SHOP-1", at)
    save_samples(connection, [Sample("flow", NOW - HOUR, 1.0), Sample("flow", LATER, 2.0)])
    bring_back(connection, NOW)
    found, cursor = load_source(connection, "jira")
    wait = Wait(NOW, NOW + HOUR, "a limit")
    assert (found, cursor) == (replace(state, complete_at=NOW, failing_since=NOW, waits=wait), "cursor")
    facts = load_facts(connection)
    assert [h.item.removed for h in facts.histories.values()] == [None, NOW]
    assert [sample.at for sample in facts.samples["flow"]] == [NOW - HOUR]
    assert connection.execute(select(schema.own_writes.c.at)).all() == [(to_micros(NOW),)]


def test_who_was_asked_and_what_they_answered_counts_as_of_now(connection: Connection) -> None:
    ahead = [AskTold("k", "dana", NOW + days * YEAR, step) for days in (1, 2) for step in (Step.ASK, Step.REMIND)]
    answer = Answer("o", "k", "check-in", About(Topic.GOAL, "checkout"), "dana", LATER, Door.FORM, Known.LINK)
    note_told(connection, [*ahead, AskTold("k", "dana", NOW - HOUR, Step.ASK)])
    save_answer(connection, answer)
    why = Reason(ReasonKind.STATUS)
    log_decisions(connection, [Decision(LATER, "g", "k", "s", NOBODY, told=False, reason=why)])
    assert bring_back(connection, NOW)
    told = {(each.at, each.step) for each in load_told(connection)}
    assert told == {(NOW - HOUR, Step.ASK), (NOW, Step.ASK), (NOW, Step.REMIND)}
    assert load_answer(connection, "o") == replace(answer, at=NOW)


def test_answers_that_lie_ahead_stay_in_their_order_and_are_noticed_by_themselves(connection: Connection) -> None:
    said = Answer("1", "k", "check-in", About(Topic.GOAL, "checkout"), "dana", NOW, Door.FORM, Known.LINK)
    every = [said, replace(said, origin="b", at=LATER), replace(said, origin="a", at=LATER + HOUR)]
    for answer in every:
        save_answer(connection, answer)
    assert bring_back(connection, NOW + HOUR) == YEAR
    found = load_answers(connection)
    assert [answer.origin for answer in found] == ["1", "b", "a"]
    assert [answer.at for answer in found] == [NOW, NOW + HOUR - timedelta(microseconds=1), NOW + HOUR]
    assert bring_back(connection, NOW + HOUR) is None, "it is told once"
