"""What is kept no longer goes, a few rows at a time, and nobody is told again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from sync_agent.model import Audience, Decision, Reason, ReasonKind
from sync_agent.model.asking.answers import Door
from sync_agent.model.deeds import Deed, DeedKind
from sync_agent.model.retention import Retention
from sync_agent.store.engine import schema
from sync_agent.store.memory.deeds import note_deed
from sync_agent.store.memory.state import OF_ANSWERS, known_subjects, log_decisions
from sync_agent.store.outbox.rows import RowState, load_rows
from sync_agent.store.upkeep import pruning
from sync_agent.store.upkeep.pruning import prune
from tests.support.theatre import MONDAY, theatre

YEAR = timedelta(days=365)
SHORT = Retention(mails=YEAR, decisions=YEAR, deeds=YEAR)
LINE = Decision(
    MONDAY, "checkout", "blocked", "SHOP-1", Audience(("dana",)), told=True, reason=Reason(ReasonKind.STOPPED)
)


def count(connection: Connection, name: str) -> int:
    found: int | None = connection.scalar(select(func.count()).select_from(schema.metadata.tables[name]))
    return found or 0


def test_old_texts_and_lines_go_and_nothing_is_sent_again(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        told = len(stage.mail.messages)
        with stage.store.begin() as connection:
            note_deed(connection, Deed(MONDAY, "dana", Door.TERMINAL, DeedKind.SILENCED))
            log_decisions(connection, [LINE, replace(LINE, kind=OF_ANSWERS, subject="form-1")])
        assert prune(stage.store, SHORT, MONDAY + timedelta(days=360)) == 0
        assert prune(stage.store, SHORT, MONDAY + timedelta(days=370)) > 0
        assert prune(stage.store, SHORT, MONDAY + timedelta(days=370, hours=1)) == 0, "once a day"
        with stage.store.read() as connection:
            rows = load_rows(connection)
            assert count(connection, "deeds") == 0
            assert known_subjects(connection, "blocked") == frozenset()
            assert known_subjects(connection, OF_ANSWERS) == {"form-1"}
        (digest,) = (row for key, row in rows.items() if key.startswith("digest/"))
        assert (digest.state, digest.message.payload.body) == (RowState.DELIVERED, "(not kept)")
        assert not any("not kept" in row.message.payload.body for key, row in rows.items() if key.startswith("status/"))
        stage.cycle(timedelta(minutes=15))
        assert len(stage.mail.messages) == told


def test_it_goes_a_few_rows_at_a_time_past_readers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "_AT_ONCE", 3)
    with theatre(tmp_path) as stage:
        with stage.store.begin() as connection:
            log_decisions(connection, [LINE] * 10)
        with stage.store.read() as reader:
            assert count(reader, "decisions") == 10
            assert prune(stage.store, SHORT, MONDAY + 2 * YEAR) == 10
            assert count(reader, "decisions") == 10, "a reader goes on with what it began with"
        with stage.store.read() as reader:
            assert count(reader, "decisions") == 0


def test_the_files_say_how_long(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        assert stage.settings.keep == Retention()
