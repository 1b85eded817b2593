"""backup and restore, as they are typed; the store is in use meanwhile."""

import fcntl
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.store import Store
from tests.support.servers.postgresql import Server
from tests.support.stores import first_version, spoil
from tests.support.theatre import TOKENS, Theatre, theatre


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS, catch_exceptions=False)


def file_of(stage: Theatre) -> Path:
    return Path(stage.settings.store.removeprefix("sqlite:///"))


def count(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as raw:
        return int(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_backup_is_what_was_committed_and_lies_in_one_file(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        copy = tmp_path / "copies" / "monday.db"
        copy.parent.mkdir()
        with closing(sqlite3.connect(file_of(stage), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            other.execute("DELETE FROM items")
            result = call(stage, "backup", str(copy))
            other.execute("ROLLBACK")
        assert result.exit_code == 0, result.output
        assert result.output == f"{copy}: {copy.stat().st_size:,} bytes, whole.\n"
        assert count(copy, "items") == count(file_of(stage), "items") > 0
        assert [path.name for path in copy.parent.iterdir()] == ["monday.db"]
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_backup_replaces_a_file_only_if_it_is_forced_to(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        copy = tmp_path / "copy.db"
        copy.write_text("something else")
        assert "exists; name another file" in call(stage, "backup", str(copy)).output
        assert copy.read_text() == "something else"
        assert call(stage, "backup", "--force", str(copy)).exit_code == 0
        assert count(copy, "items") == 0


def test_a_backup_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        result = call(stage, "backup", str(tmp_path / "nowhere" / "copy.db"))
        assert result.exit_code == 1
        assert "cannot write the copy" in result.output
        full = call(stage, "backup", "--force", "/dev/full/copy.db")
        assert full.exit_code == 1


def test_a_damaged_store_is_not_backed_up(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        stage.store.close()
        spoil(file_of(stage))
        result = call(stage, "backup", str(tmp_path / "copy.db"))
        assert result.exit_code == 1
        assert not list(tmp_path.glob("copy.db*"))


def test_what_is_restored_tells_nobody_until_somebody_says_what_people_know(tmp_path: Path) -> None:
    with theatre(tmp_path, live=True) as stage:
        copy = tmp_path / "copy.db"
        assert call(stage, "backup", str(copy)).exit_code == 0
        stage.cycle()
        told = len(stage.mail.messages)
        stage.store.close()
        spoil(file_of(stage))
        result = call(stage, "restore", str(copy))
        assert result.exit_code == 0, result.output
        kept = file_of(stage).with_name("state.db.replaced")
        assert f"What was there is now {kept}." in result.output
        assert kept.exists()
        assert call(stage, "run").exit_code == 1
        assert len(stage.mail.messages) == told
        assert call(stage, "run", "--first-run", "told").exit_code == 0
        assert len(stage.mail.messages) == told


def test_an_older_backup_is_brought_up_to_date(tmp_path: Path) -> None:
    first_version(tmp_path / "old.db")
    with theatre(tmp_path / "other") as stage:
        stage.store.close()
        assert call(stage, "restore", str(tmp_path / "old.db")).exit_code == 0
        assert call(stage, "status").exit_code == 0
        assert count(file_of(stage), "items") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "there is no backup at"), (b"text", "is no backup of a store"), (b"", "is no backup of a store")],
)
def test_what_is_no_backup_is_not_restored(tmp_path: Path, content: bytes | None, said: str) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        stage.store.close()
        if content is not None:
            (tmp_path / "copy.db").write_bytes(content)
        result = call(stage, "restore", str(tmp_path / "copy.db"))
        assert result.exit_code == 1
        assert said in result.output
        assert count(file_of(stage), "items") > 0


def test_nothing_is_restored_under_an_agent_at_work_nor_from_the_future(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        copy = tmp_path / "copy.db"
        Store.back_up(stage.settings.store, copy)
        with (tmp_path / "state.db.lock").open("a+") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            assert "another agent is at work" in call(stage, "restore", str(copy)).output
        with closing(sqlite3.connect(copy)) as raw:
            raw.execute("UPDATE alembic_version SET version_num = '9999'")
            raw.commit()
        assert "of a newer version of the agent" in call(stage, "restore", str(copy)).output
        stage.cycle(timedelta(minutes=15))


def test_a_store_on_a_server_names_its_own_programs(tmp_path: Path, postgresql: Server) -> None:
    with theatre(tmp_path, store=postgresql.database()) as stage:
        assert "back it up with pg_dump" in call(stage, "backup", str(tmp_path / "copy.db")).output
        assert "pg_restore" in call(stage, "restore", str(tmp_path / "copy.db")).output
