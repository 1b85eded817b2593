"""Opening, migrating, locking and copying the store."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol, Self

import structlog
from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)

from sync_agent.store.engine.errors import StoreError
from sync_agent.store.engine.postgresql import Postgresql
from sync_agent.store.engine.sqlite import Sqlite, path_of
from sync_agent.store.engine.versions import known, newest, upgrade, version_of

log = structlog.get_logger(__name__)

# Errors of our own statements. Everything else is the database's or the disk's.
_OURS = (IntegrityError, ProgrammingError, DataError, NotSupportedError)


class Database(Protocol):
    """What each kind of database does in its own way. Transactions of `reading` see one consistent state."""

    where: str
    engine: Engine
    reading: Engine

    def check(self) -> None:
        """Raises StoreError if the database is damaged."""

    def locked(self) -> AbstractContextManager[Callable[[], None]]:
        """Holds the database for one agent. Gives a function that checks later that it is still held. Both raise
        StoreError.
        """

    def witnessed(self) -> int | None:
        """The number last noted beside the database; None if there is none, or no place for it."""

    def witness(self, number: int) -> None:
        """Notes a number beside the database, where restoring a backup does not change it."""

    def copy(self, target: Engine) -> None:
        """Copies everything into an SQLite database whose tables are empty."""

    def forget_overwritten(self) -> None:
        """Takes away, as far as it can, what rows of urns were before they were rewritten."""

    def keep(self, version: str) -> Path | None:
        """Keeps a copy from before a migration, with its version in the name. None where there is no place for it."""

    def back_up(self, target: Path) -> None:
        """Copies it to a file while it is in use, whatever its version. Raises StoreError."""

    def restore(self, file: Path) -> Path | None:
        """Puts a backup in its place; returns where it is now. Raises StoreError, also while an agent is at work."""

    def size(self) -> int:
        """Its size in bytes, including what is not tidied up yet."""

    def explain(self, reason: str) -> str:
        """Says what to do about an error of the database."""


_DATABASES: Mapping[str, Callable[[URL], Database]] = {"sqlite": Sqlite, "postgresql": Postgresql}


class Store:
    """One database. `begin` gives a write transaction, `read` a consistent view. Both commit or roll back as
    a whole.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writing = database.engine.execution_options(write=True)

    @classmethod
    def open(cls, address: str, *, create: bool = True, migrate: bool = False) -> Self:
        """Opens the store at an SQLAlchemy URL. A new one gets its tables. An older one is upgraded only on request,
        because no older release can use it afterwards. Raises StoreError.
        """
        database = cls._database_at(address, create=create)
        store = cls(database)
        with _explained(database):
            database.check()
            store._migrate(allowed=migrate)
        return store

    @classmethod
    def back_up(cls, address: str, target: Path) -> None:
        """Copies a store to a file while it is in use, whatever its version. Raises StoreError."""
        database = cls._database_at(address, create=False)
        with _explained(database):
            database.check()
            database.back_up(target)

    @classmethod
    def restore(cls, address: str, file: Path) -> Path | None:
        """Puts a backup in place of a store; returns where that is now. Raises StoreError, also while an agent is at
        work.
        """
        return cls._database_at(address, create=True).restore(file)

    @classmethod
    def _database_at(cls, address: str, *, create: bool) -> Database:
        url = _url(address)
        if not create and cls.absent(address):
            raise StoreError(f"there is no store at {path_of(url)} yet; `sync-agent run` makes it")
        return _DATABASES[url.get_backend_name()](url)

    @staticmethod
    def absent(address: str) -> bool:
        """Whether the store is a file that does not exist yet."""
        path = path_of(_url(address))
        return bool(path and not path.exists())

    @staticmethod
    def password(address: str) -> str | None:
        """The secret in an address. Raises StoreError."""
        return _url(address).password

    @property
    def where(self) -> str:
        """The address of the database, without its password."""
        return self._database.where

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Begins a write transaction: everything in it becomes visible together, or not at all. Raises StoreError."""
        with self._told(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Begins a read transaction: one consistent view. Raises StoreError."""
        with self._told(), self._database.reading.begin() as connection:
            yield connection

    @contextmanager
    def exclusive(self) -> Iterator[Callable[[], None]]:
        """Holds the store for one agent. Gives a function that checks, before each cycle, that it is still held. Both
        raise StoreError while another process has it.
        """
        with self._told(), self._database.locked() as hold:

            def hold_on() -> None:
                with self._told():
                    hold()

            yield hold_on

    def check(self) -> None:
        """Raises StoreError if the database is damaged, even in a part that no cycle reads."""
        with self._told():
            self._database.check()

    def forget_overwritten(self) -> None:
        """Takes away what urns were before they were rewritten. Raises StoreError."""
        with self._told():
            self._database.forget_overwritten()

    def size(self) -> int:
        """Its size in bytes. Raises StoreError."""
        with self._told():
            return self._database.size()

    def witnessed(self) -> int | None:
        """The number last noted beside the store; None if there is none."""
        return self._database.witnessed()

    def witness(self, number: int) -> None:
        """Notes a number beside the store, where restoring a backup does not change it."""
        self._database.witness(number)

    @classmethod
    @contextmanager
    def temporary(cls) -> Iterator[Self]:
        """Opens an empty store that is deleted afterwards."""
        with tempfile.TemporaryDirectory(prefix="sync-agent-") as folder:
            store = cls.open(f"sqlite:///{Path(folder) / 'state.db'}")
            try:
                yield store
            finally:
                store.close()

    @contextmanager
    def scratch(self) -> Iterator["Store"]:
        """Opens a copy in a file, to try things on. The original is not touched. Raises StoreError."""
        with Store.temporary() as twin:
            with self._told():
                self._database.copy(twin._database.engine)
            yield twin

    def close(self) -> None:
        """Closes its connections."""
        self._database.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns errors of the database into StoreErrors. A mistake of ours is raised as it is."""
        try:
            yield
        except DBAPIError as error:
            if isinstance(error, _OURS):
                raise
            raise StoreError(self._database.explain(_reason(error))) from error

    def _migrate(self, *, allowed: bool) -> None:
        present = self._version()
        if present == newest():
            return
        if present is None:
            self._upgrade()
        elif not known(present):
            raise StoreError(
                f"the store {self.where} is of a newer version of the agent: its tables are {present}, and this "
                f"version knows {newest()}. Start the newer version, or restore the copy from before its first start"
            )
        elif not allowed:
            raise StoreError(
                f"the store {self.where} is of an older version of the agent: its tables are {present}, not "
                f"{newest()}. Stop the agent that uses it; then `sync-agent migrate` brings it up to date, "
                "and so do `run` and `serve`"
            )
        else:
            self._migrate_alone(present)

    def _migrate_alone(self, present: str) -> None:
        """Under the lock, because an agent of the older version may be at work. After a copy, because there is no way
        back.
        """
        with self._database.locked():
            if self._version() != present:
                return
            copy = self._database.keep(present)
            self._upgrade()
        log.warning("the store was brought up to date", before=present, after=newest(), copy=str(copy or "none"))

    def _version(self) -> str | None:
        with self._database.reading.begin() as connection:
            return version_of(connection)

    def _upgrade(self) -> None:
        with self._writing.begin() as connection:
            upgrade(connection)


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in _DATABASES:
        raise StoreError("the address of the store should be that of a file, or like postgresql://user@host/name")
    return url


@contextmanager
def _explained(database: Database) -> Iterator[None]:
    """Says what is wrong with a database that is being opened."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StoreError(database.explain(_reason(error))) from error


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error)
