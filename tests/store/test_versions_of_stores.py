"""Who brings a store of another version up to date, and what everybody else is told."""

import fcntl
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.store import Store, StoreError
from sync_agent.store.engine.versions import newest
from tests.support.servers.postgresql import Server
from tests.support.stores import first_version
from tests.support.theatre import TOKENS, Theatre, theatre


def version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def file_of(stage: Theatre) -> Path:
    return Path(stage.settings.store.removeprefix("sqlite:///"))


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS, catch_exceptions=False)


@pytest.mark.parametrize("command", ["run", "serve", "status", "plan --no-pull", "migrate", "ack checkout --by dana"])
def test_a_store_of_a_newer_version_gives_one_line(tmp_path: Path, command: str) -> None:
    with theatre(tmp_path) as stage:
        with stage.store.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        result = call(stage, *command.split())
        assert result.exit_code == 1
        error = [line for line in result.output.splitlines() if line.startswith("error:")]
        assert result.output.count("\n") == len(error) == 1
        assert "of a newer version of the agent: its tables are 9999" in error[0]
        assert "Start the newer version, or restore the copy" in error[0]


@pytest.mark.parametrize("command", ["status", "plan --no-pull", "plan", "silence list", "mail off dana checkout"])
def test_looking_at_an_older_store_changes_nothing_and_says_what_to_do(tmp_path: Path, command: str) -> None:
    with theatre(tmp_path) as stage:
        stage.store.close()
        file_of(stage).unlink()
        first_version(file_of(stage))
        result = call(stage, *command.split())
        assert result.exit_code == 1
        assert "`sync-agent migrate` brings it up to date" in result.output
        assert version(file_of(stage)) == "0001"


@pytest.mark.parametrize("command", ["migrate", "run"])
def test_it_is_migrated_after_a_copy(tmp_path: Path, command: str) -> None:
    with theatre(tmp_path) as stage:
        stage.store.close()
        file_of(stage).unlink()
        first_version(file_of(stage))
        older = tmp_path / "state.db.at-0000"
        older.write_text("the copy of an earlier migration")
        call(stage, command)
        assert version(file_of(stage)) == newest()
        kept = tmp_path / "state.db.at-0001"
        assert version(kept) == "0001"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert not older.exists()


def test_nobody_migrates_a_store_that_an_older_agent_holds(tmp_path: Path) -> None:
    first_version(tmp_path / "state.db")
    url = f"sqlite:///{tmp_path / 'state.db'}"
    with sqlite3.connect(tmp_path / "state.db") as raw:
        raw.execute("PRAGMA journal_mode = WAL")
    raw.close()
    with theatre(tmp_path / "other") as other:
        settings = other.directory / "sync-agent.yaml"
        settings.write_text(settings.read_text().replace(str(file_of(other)), str(tmp_path / "state.db")))
        with (tmp_path / "state.db.lock").open("a+") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            for command in ("serve", "run", "migrate"):
                result = call(other, command)
                assert result.exit_code == 1
                assert "another agent is at work" in result.output
    assert version(tmp_path / "state.db") == "0001"
    assert not list(tmp_path.glob("state.db.at-*"))
    Store.open(url, migrate=True).close()


def test_a_new_store_is_for_its_owner_only(tmp_path: Path) -> None:
    Store.open(f"sqlite:///{tmp_path / 'state.db'}").close()
    assert stat.S_IMODE((tmp_path / "state.db").stat().st_mode) == 0o600


def test_a_newer_store_on_a_server_is_refused(postgresql: Server) -> None:
    address = postgresql.database()
    store = Store.open(address)
    with store.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(StoreError, match="newer version"):
        Store.open(address, migrate=True)
