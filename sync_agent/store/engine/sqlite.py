"""A store in a file, and what only SQLite does."""

import fcntl
import glob
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from sync_agent.store.engine.copies import backup_at, copy_to, make_private, put_in_place
from sync_agent.store.engine.errors import StoreError
from sync_agent.store.engine.versions import known

_DAMAGED = ("malformed", "not a database", "corrupt", "could not decode")
_FIXES = {
    "disk is full": "make room on the disk of FOLDER: nothing is lost, and the next cycle goes on where this one ended",
    "database is locked": "another program holds it for longer than 30 s, such as a backup or a sqlite3 shell: "
    "end it, and copy stores with `.backup`",
    "readonly": "give the agent's user write access to the file and to FOLDER",
    "unable to open": "see that FOLDER is there, and that the agent's user may write to it",
    "disk i/o": "look at the disk of FOLDER and at the system's log; a store does not belong on a network drive",
}
"""What would help, by SQLite's error codes: https://www.sqlite.org/rescode.html"""


class Sqlite:
    """One file. Raises StoreError if it cannot be written."""

    def __init__(self, url: URL) -> None:
        self.path = path_of(url)
        self.where = str(self.path or url)
        if self.path:
            _make_room(self.path)
        self.engine = self.reading = _engine(url)

    def check(self) -> None:
        """Raises StoreError, or what SQLAlchemy raises, if the file is damaged."""
        with self.engine.begin() as connection:
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        if found != "ok":
            raise StoreError(self.explain(str(found), damaged=True))

    @contextmanager
    def locked(self) -> Iterator[Callable[[], None]]:
        """Holds the file for one agent as long as its process lives. Raises StoreError while another has it."""
        if not self.path:
            yield _nothing
            return
        with self._lock().open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise StoreError(
                    f"another agent is at work on {self.path}; stop it first, or give this one its own store"
                ) from None
            yield _nothing

    def witnessed(self) -> int | None:
        """The content of the lock file, which is not part of any backup of the store."""
        try:
            return int(self._lock().read_text()) if self.path else None
        except (OSError, ValueError):
            return None

    def witness(self, number: int) -> None:
        """Best effort: if the folder is full, the agent goes on."""
        if self.path:
            with suppress(OSError):
                self._lock().write_text(f"{number}\n")

    def _lock(self) -> Path:
        """The lock file is beside the real file, whatever path leads to it: a symbolic link is no second store."""
        assert self.path
        real = self.path.resolve()
        return real.with_name(real.name + ".lock")

    def copy(self, target: Engine) -> None:
        """Copies everything into another SQLite database."""
        with closing(self.engine.raw_connection()) as old, closing(target.raw_connection()) as new:
            cast("sqlite3.Connection", old.driver_connection).backup(cast("sqlite3.Connection", new.driver_connection))

    def forget_overwritten(self) -> None:
        """Empties the log of changes, in which older states of rows stand. Where somebody reads at the moment it stays
        until the next time: nobody waits for that.
        """
        if self.path:
            with closing(sqlite3.connect(self.path, timeout=0, isolation_level=None)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def keep(self, version: str) -> Path | None:
        """Copies the file to `state.db.at-0066` beside it, and deletes copies of earlier migrations, because each is as
        large.
        """
        if not self.path:
            return None
        kept = self.path.with_name(f"{self.path.name}.at-{version}")
        self.back_up(kept)
        for old in self.path.parent.glob(f"{glob.escape(self.path.name)}.at-*"):
            if old != kept:
                old.unlink()
        return kept

    def back_up(self, target: Path) -> None:
        """Copies the store to a file while it is in use. Raises StoreError."""
        with closing(self.engine.raw_connection()) as old:
            copy_to(cast("sqlite3.Connection", old.driver_connection), target)

    def restore(self, file: Path) -> Path | None:
        """Puts a backup in place of the store; returns where the store is now that was there. Raises StoreError."""
        if not self.path:
            raise StoreError("a store in memory cannot be restored")
        with backup_at(file) as (backup, version), self.locked():
            if not known(version):
                raise StoreError(
                    f"{file} is of a newer version of the agent: its tables are {version}; restore it there"
                )
            return put_in_place(backup, self.path.resolve())

    def size(self) -> int:
        """The size of the file and its journal."""
        files = [self.path, self.path.with_name(f"{self.path.name}-wal")] if self.path else []
        return sum(file.stat().st_size for file in files if file.exists())

    def explain(self, reason: str, *, damaged: bool = False) -> str:
        """What to do about an error of the database."""
        if damaged or any(words in reason.casefold() for words in _DAMAGED):
            return (
                f"the store {self.where} is damaged ({reason}). Restore it from a backup, or move it away and run "
                "again with --first-run told: facts are pulled anew, and nobody is told again what is open now"
            )
        fix = next((fix for words, fix in _FIXES.items() if words in reason.casefold()), "")
        folder = self.path.parent if self.path else self.where
        return f"cannot use the store {self.where}: {reason}{f'; {fix}' if fix else ''}".replace("FOLDER", str(folder))


def path_of(url: URL) -> Path | None:
    """The file of an SQLite store; None if it has none."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _nothing() -> None:
    """Does nothing, because the lock on a file cannot get lost."""


def _make_room(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {path.parent} for the store: {error.strerror}") from error
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise StoreError(f"may not write the store {path}; give the agent's user write access to it")
    make_private(path)


def _engine(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True)  # What people said stands in no error, and so in no log.
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy begins transactions itself below: sqlite3's own guesses break the isolation of reads.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: an effect on a tracker must never be forgotten by a power cut after it was recorded.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 30000")


def _begin(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once; upgrading a read later can fail with "database is locked".
    immediate = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
