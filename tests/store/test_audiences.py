"""Who was told something was a sentence up to 0085. Stores and exported records of that time go on."""

import json
from collections.abc import Iterator

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert

from sync_agent.model import EMAIL, NOBODY, Audience, Channel, Decision, Place, Reason, ReasonKind
from sync_agent.model.renames import Named
from sync_agent.render import say_audience
from sync_agent.store import Store
from sync_agent.store.engine.migrations.versions import v0086_audiences
from sync_agent.store.engine.schema import decisions
from sync_agent.store.engine.schema.base import to_micros
from sync_agent.store.memory.state import load_decisions, log_decisions
from sync_agent.store.upkeep.personal import lines_about
from sync_agent.store.upkeep.record import read_lines, table_lines
from sync_agent.store.upkeep.renaming import rename
from tests.support.builders import NOW

SHOP_1 = Place("jira", "SHOP-1")
SAID = {
    "nobody": NOBODY,
    "dana": Audience(("dana",)),
    "dana and noor": Audience(("dana", "noor")),
    "dana by mail": Audience(("dana",), EMAIL),
    "dana in chat on call": Audience(("dana",), Channel.chat("on call")),
    "dana and noor on jira SHOP-1": Audience(("dana", "noor"), SHOP_1),
    "everybody on github acme/shop#12": Audience((), Place("github", "acme/shop#12")),
}
NEVER_LEFT = {"jira SHOP-1": Audience((), SHOP_1), "dana@example.org": Audience((), EMAIL)}
"""What was logged of messages that were withdrawn before they left."""
REASON = Reason(ReasonKind.ACKNOWLEDGED, who="dana")
REASON_TEXT = '{"kind":"acknowledged","who":"dana"}'


@pytest.fixture(params=["sqlite", "postgresql"])
def connection(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A store of this version without any decisions."""
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    store = Store.open(server.database()) if server else Store.open("sqlite://")
    with store.begin() as found:
        yield found
    store.close()


def log_of_old(connection: Connection) -> None:
    """The log as 0085 left it, then brought up to date."""
    row = {"at": to_micros(NOW), "goal": "a", "kind": "k", "subject": "s", "told": True, "reason": REASON_TEXT}
    connection.execute(insert(decisions), [{**row, "audience": said} for said in SAID | NEVER_LEFT])
    with Operations.context(MigrationContext.configure(connection)):
        v0086_audiences.upgrade()


def audiences(connection: Connection) -> list[Audience]:
    return [line.audience for line in load_decisions(connection)]


def test_every_sentence_of_the_log_becomes_a_value_and_reads_as_before(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(v0086_audiences, "_AT_ONCE", 2)
    log_of_old(connection)
    assert audiences(connection) == [*SAID.values(), *NEVER_LEFT.values()]
    assert [say_audience(audience) for audience in SAID.values()] == list(SAID)


def test_what_is_logged_is_read_back(connection: Connection) -> None:
    log_decisions(connection, [Decision(NOW, "a", "k", "s", each, told=True, reason=REASON) for each in SAID.values()])
    assert audiences(connection) == list(SAID.values())


def test_whoever_was_told_is_renamed_and_so_is_the_source(connection: Connection) -> None:
    log_of_old(connection)
    rename(connection, Named.PERSON, "dana", "on", NOW)
    rename(connection, Named.SOURCE, "jira", "by", NOW)
    renamed = [say_audience(audience) for audience in audiences(connection)]
    assert renamed[5] == "on and noor on by SHOP-1"
    assert not any("dana" in said.split() or "jira" in said.split() for said in renamed)
    assert {line.reason.who for line in load_decisions(connection)} == {"on"}


def test_the_lines_that_name_somebody_are_found(connection: Connection) -> None:
    log_of_old(connection)
    found = [json.loads(line)["audience"] for table, line in lines_about(connection, "noor") if table == "decisions"]
    both = {"people": ["dana", "noor"]}
    assert found == [both, {**both, "where": {"source": "jira", "key": "SHOP-1"}}]


def test_a_record_that_was_exported_before_is_read(connection: Connection) -> None:
    row = {"at": NOW.isoformat(), "goal": "a", "kind": "k", "subject": "s", "told": True, "reason": REASON_TEXT}
    lines = [json.dumps({**row, "audience": said}) for said in SAID]
    assert read_lines(connection, decisions, lines, "decisions.jsonl") == len(SAID)
    assert audiences(connection) == list(SAID.values())
    assert {line.reason for line in load_decisions(connection)} == {REASON}
    exported = [json.loads(line) for line in table_lines(connection, decisions)]
    assert exported[5]["audience"]["people"] == ["dana", "noor"]
    assert exported[5]["reason"] == {"kind": "acknowledged", "who": "dana"}
