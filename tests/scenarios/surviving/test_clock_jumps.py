"""The clock is set, and people hear the same as if it had not been, each thing once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from sync_agent.decide import Memory
from sync_agent.model import Notice
from sync_agent.store import Store
from sync_agent.store.facts.facts import load_source, save_source
from sync_agent.store.memory.state import load_alerts, save_alerts
from sync_agent.store.outbox.rows import load_rows
from sync_agent.store.outbox.writes import Write, load_writes, save_writes
from sync_agent.store.upkeep.future import bring_back
from tests.support.deciding import DANA, START, Desk, blocked, goal, judged, organisation
from tests.support.theatre import MONDAY, theatre

MINUTE, HOUR, DAY, YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365)


def test_one_write_made_a_year_ahead_makes_no_comment_wait(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        now = stage.clock.now()
        host = stage.settings.sources["jira"].options.url.removeprefix("http://")  # type: ignore[attr-defined]
        with stage.store.begin() as connection:
            save_writes(connection, [Write(host, "SHOP-1", now + YEAR), Write(host, "SHOP-2", now + YEAR)])
        stage.cycle()
        assert stage.comments("SHOP-1")
        with stage.store.read() as connection:
            assert all(write.at <= now + HOUR for write in load_writes(connection, now - HOUR))
            waiting = [row.message.key for row in load_rows(connection).values() if row.state != "delivered"]
        assert waiting == []
        (told,) = (mail for mail in stage.mails_to("ops@example.org") if "clock" in str(mail["Subject"]))
        assert told["Subject"] == "[Goals] The clock jumped back by 365 days"


def test_sources_that_were_read_a_year_ahead_are_read_completely_every_day(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        with stage.store.begin() as connection:
            state, cursor = load_source(connection, "jira")
            ahead = stage.clock.now() + YEAR
            save_source(connection, replace(state, complete_at=ahead, reconciled_at=ahead, failing_since=ahead), cursor)
        stage.cycle(2 * DAY)
        stage.cycle(2 * DAY)
        with stage.store.read() as connection:
            state, _ = load_source(connection, "jira")
        assert state.reconciled_at == state.complete_at == stage.clock.now()


@pytest.mark.parametrize("by", [20 * MINUTE, 2 * HOUR, 25 * HOUR, 3 * DAY])
@pytest.mark.parametrize("way", [-1, 1], ids=["back", "ahead"])
def test_a_clock_that_jumps_and_is_right_again_brings_nobody_a_mail_twice(
    tmp_path: Path, by: timedelta, way: int
) -> None:
    with theatre(tmp_path) as stage:
        file = stage.directory / "sync-agent.yaml"
        file.write_text(file.read_text().replace("digest: mon 09:00", "digest: daily 09:00"))
        stage.reload()
        contract = stage.jira_state.create("PLAT", "Story", "Contract", at=MONDAY - 30 * DAY, by="noor")
        since = MONDAY - 20 * DAY
        stage.jira_state.edit("SHOP-7", at=since, by="noor", status="In Progress", assignee="noor", blocked_by=contract)
        for later in (10 * MINUTE, way * by, HOUR - way * by, 23 * HOUR):
            stage.cycle(later)
        told = Counter((str(mail["To"]), str(mail["Subject"])) for mail in stage.mail.messages)
        early = way * by == 3 * DAY  # The clock has been where another digest and a reminder are due.
        assert len(stage.mails_to("board@example.org")) == 2 + early, "today's and tomorrow's"
        assert len(stage.mails_to("dana@example.org")) == 1 + early
        assert max(n for (reader, _), n in told.items() if reader != "board@example.org") == 1


class StoredDesk(Desk):
    """Keeps what it remembers in a store, and sees to its clock as a cycle does."""

    def __init__(self, connection: Connection) -> None:
        always = replace(DANA, hours=None)
        super().__init__(organisation(goal(), people=(always,)), memory=Memory({}, frozenset({"fast"})))
        self.connection = connection

    def sit(self, *found: str) -> None:
        """One cycle in which these items are blocked."""
        connection, now = self.connection, self.now
        bring_back(connection, now)
        self.memory = replace(self.memory, alerts=load_alerts(connection))
        self.cycle(judged("fast", *map(blocked, found)))
        save_alerts(connection, self.memory.alerts)
        save_writes(connection, [Write("jira", "SHOP-12", now)])


BLOCKED = (("SHOP-77", 2, 30), ("SHOP-78", 10, 18))
"""Each for longer than the clock is wrong by days; the first until one reminder is due, the second not so long."""


def story(offsets: Sequence[timedelta]) -> list[Notice]:
    """What is sent while two items are blocked, three cycles a day, with a clock that is wrong by so much in each of
    them. By days: nothing is decided.
    """
    with Store.temporary() as store, store.begin() as connection:
        desk = StoredDesk(connection)
        for number, offset in enumerate(offsets):
            desk.now = START + number * 8 * HOUR + offset
            found = [name for name, begins, ends in BLOCKED if begins <= number < ends]
            if abs(offset) < DAY:
                desk.sit(*found)
        return [notice for notice in desk.sent if not notice.edits]


def told(notices: Sequence[Notice]) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Of what kind, on what, to whom and by which way, but not under which name: that is of an instant."""
    return sorted(
        (n.kind.value, n.channel.name, n.person.id if n.person else "", tuple(a.subject for a in n.alerts))
        for n in notices
    )


QUIET = [timedelta()] * 44
JUMPS = st.one_of(
    st.integers(-12 * 60, 12 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.sampled_from([timedelta(), -2 * HOUR, 3 * DAY, YEAR, -YEAR]),
)


@cache
def _quiet() -> list[Notice]:
    return story(QUIET)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 3), JUMPS), max_size=2))
@settings(max_examples=20, deadline=None)
def test_people_hear_the_same_whatever_the_clock_does_and_nothing_twice(
    jumps: list[tuple[int, int, timedelta]],
) -> None:
    offsets = list(QUIET)
    for begins, lasts, by in jumps:
        offsets[begins : begins + lasts] = [by] * len(offsets[begins : begins + lasts])
    found = story(offsets)
    keys = [notice.key for notice in found]
    assert len(keys) == len(set(keys))
    assert told(found) == told(_quiet())
