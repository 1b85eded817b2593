"""Where a store lies, who holds it, and what is said where the disk does not do as it should."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sync_agent.config import load
from sync_agent.run.process.daemon import Daemon
from sync_agent.store import Store, StoreError
from sync_agent.store.engine.sqlite import Sqlite
from tests.support.stores import spoil
from tests.support.theatre import CONNECTORS, TOKENS, theatre


@pytest.mark.parametrize("name", ["q?x.db", "a b#c%20.db", "state.db"])
def test_a_store_is_the_file_that_is_named(tmp_path: Path, name: str) -> None:
    with theatre(tmp_path, store=name) as stage:
        stage.cycle()
        there = stage.directory / name
        assert there.is_file()
        assert sqlite3.connect(there).execute("SELECT count(*) FROM items").fetchone()[0] > 0
        assert not Store.absent(stage.settings.store)
        with stage.store.exclusive():
            assert there.with_name(f"{name}.lock").exists()


def test_two_paths_to_one_store_give_one_agent(tmp_path: Path) -> None:
    real, other = tmp_path / "real" / "state.db", tmp_path / "link.db"
    first = Store.open(f"sqlite:///{real}")
    other.symlink_to(real)
    second = Store.open(f"sqlite:///{other}")
    with first.exclusive(), pytest.raises(StoreError, match="another agent"), second.exclusive():
        pass
    second.close()
    first.close()


def test_opening_a_store_a_second_time_takes_no_lock_from_the_first(tmp_path: Path) -> None:
    """SQLite's locks are those of the process: whoever closes the file in another way drops them. Then another process
    takes itself for the last one, and deletes the journal that is in use.
    """
    path = tmp_path / "state.db"
    first = Store.open(f"sqlite:///{path}")
    with first.begin() as connection:
        connection.exec_driver_sql("DELETE FROM touched")
    with first.read() as connection:
        connection.exec_driver_sql("SELECT * FROM items")
        Store.open(f"sqlite:///{path}", create=False).close()
        read = f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute('SELECT * FROM items'); c.close()"
        subprocess.run([sys.executable, "-c", read], check=True)
        assert path.with_name("state.db-wal").exists()
    first.close()


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("database or disk is full", "make room on the disk of"),
        ("database is locked", "another program holds it"),
        ("attempt to write a readonly database", "write access"),
        ("unable to open database file", "see that"),
        ("disk I/O error", "look at the disk"),
    ],
)
def test_each_error_of_the_disk_names_a_remedy(tmp_path: Path, said: str, remedy: str) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'state.db'}")
    assert isinstance(store._database, Sqlite)
    text = store._database.explain(said)
    assert remedy in text
    assert "FOLDER" not in text
    store.close()


def test_damage_is_noticed_while_serving(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        seconds = [0.0]
        steady: Any = lambda: seconds[0]  # noqa: E731
        daemon = Daemon(
            stage.directory, stage.settings, stage.store, CONNECTORS, stage.environ, stage.clock.now, steady
        )
        daemon.cycle()
        assert daemon.snapshot.problem is None
        stage.store.close()
        spoil(Path(stage.settings.store.removeprefix("sqlite:///")))
        seconds[0] = 25 * 3600.0
        daemon.cycle()
        assert "cannot use its store" in (daemon.snapshot.problem or "")
        daemon.cycle()
        assert daemon.snapshot.problem


def test_a_question_mark_is_read_back_by_the_files(tmp_path: Path) -> None:
    with theatre(tmp_path, store="q?x.db") as stage:
        assert load(stage.directory, TOKENS, CONNECTORS).store == stage.settings.store
