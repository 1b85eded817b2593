"""Opening, migrating, locking and copying the store."""

import fcntl
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
# What our own statements can do wrong; everything else is the database's or the disk's.
_OURS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.NotSupportedError)
_DAMAGED = ("malformed", "not a database", "corrupt", "could not decode")
_ADVISORY_LOCK = 4_711_200_126  # any number, as long as every agent uses the same


class StoreError(Exception):
    """The store cannot be used; the message says where it is and what would put it right."""


class Store:
    """One database. `begin` gives a write transaction, `read` a consistent view; both commit or roll back whole."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str, *, create: bool = True) -> Self:
        """Opens and migrates the store at an SQLAlchemy URL. Raises StoreError."""
        path = _sqlite_path(url)
        if path and not create and not path.exists():
            raise StoreError(f"there is no store at {path} yet; `sync-agent run` makes it")
        if path:
            _make_room(path)
        store = cls(_engine(url))
        try:
            store._check(path)
            store._migrate()
        except (DBAPIError, SQLAlchemyError) as error:
            raise StoreError(_explain(path or make_url(url).render_as_string(), error)) from error
        return store

    @staticmethod
    def absent(url: str) -> bool:
        """Whether the store is a file that does not exist yet."""
        path = _sqlite_path(url)
        return bool(path and not path.exists())

    @property
    def where(self) -> str:
        """The database's address without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction: everything in it becomes visible together, or nothing. Raises StoreError."""
        with self._told(), self._engine.execution_options(write=True).begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one consistent view. Raises StoreError."""
        with self._told(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Holds the store for one agent. Raises StoreError while another process has it."""
        path = _sqlite_path(str(self._engine.url))
        held = _lock_file(path) if path else self._advisory_lock()
        with held:
            yield

    @classmethod
    @contextmanager
    def temporary(cls) -> Iterator[Self]:
        """An empty store that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="sync-agent-") as folder:
            store = cls.open(f"sqlite:///{Path(folder) / 'state.db'}")
            try:
                yield store
            finally:
                store.close()

    @contextmanager
    def scratch(self) -> Iterator["Store"]:
        """A copy to try things on; the original is not touched. SQLite only; raises StoreError otherwise."""
        path = _sqlite_path(str(self._engine.url))
        if not path:
            raise StoreError("a copy for planning can be made of an SQLite store only; use `plan --no-pull`")
        with tempfile.TemporaryDirectory(prefix="sync-agent-") as folder:
            copy = Path(folder) / "state.db"
            _copy(path, copy)
            twin = Store.open(f"sqlite:///{copy}")
            try:
                yield twin
            finally:
                twin.close()

    def close(self) -> None:
        """Gives connections back."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Says what is wrong with the database itself; a mistake of ours stays what it is."""
        try:
            yield
        except DBAPIError as error:
            if not isinstance(error.orig, sqlite3.DatabaseError) or isinstance(error.orig, _OURS):
                raise
            raise StoreError(_explain(_sqlite_path(str(self._engine.url)) or self.where, error)) from error

    def _check(self, path: Path | None) -> None:
        if not path:
            return
        with self.read() as connection:
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        if found != "ok":
            raise StoreError(_damaged(path, str(found)))

    def _migrate(self) -> None:
        # Imported here: it takes a quarter of a second, and what opens no store, a health check say, needs none of it.
        from alembic import command  # noqa: PLC0415
        from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

        with self.read() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        if present == _newest():
            return
        config = _alembic()
        with self.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def _advisory_lock(self) -> Iterator[None]:
        with self._engine.connect() as connection:
            if not connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": _ADVISORY_LOCK}).scalar():
                raise StoreError(f"another agent is at work on {self.where}")
            yield


def _alembic() -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


@cache
def _newest() -> str | None:
    """The newest version; to look through all of them takes longer than all else about opening a store."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory.from_config(_alembic()).get_current_head()


def _sqlite_path(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _make_room(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder {path.parent} for the store: {error.strerror}") from error
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise StoreError(f"may not write the store {path}; give the agent's user write access to it")


def _engine(url: str) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # SQLAlchemy begins transactions itself below: sqlite3's own guesses break the isolation of reads.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode = WAL")
    # FULL: an effect on a tracker must never be forgotten by a power cut after it was recorded.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 30000")


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the write lock at once; upgrading a read later can fail with "database is locked".
    immediate = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextmanager
def _lock_file(path: Path) -> Iterator[None]:
    with path.with_name(path.name + ".lock").open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(
                f"another agent is at work on {path}; stop it first, or give this one its own store"
            ) from None
        yield


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


def _explain(where: Path | str, error: Exception) -> str:
    reason = str(getattr(error, "orig", error))
    if any(words in reason.casefold() for words in _DAMAGED):
        return _damaged(where, reason)
    return f"cannot use the store {where}: {reason}"


def _damaged(where: Path | str, reason: str) -> str:
    return (
        f"the store {where} is damaged ({reason}). Restore it from a backup, or move it away and run again "
        "with --first-run told: facts are pulled anew, and nobody is told again what is open now"
    )
