"""Opening, migrating, locking and copying the store."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

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

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
# What our own statements can do wrong; everything else is the database's or the disk's.
_OURS = (IntegrityError, ProgrammingError, DataError, NotSupportedError)


class Database(Protocol):
    """What each kind of database does in its own way. Transactions of `reading` see one moment."""

    where: str
    engine: Engine
    reading: Engine

    def check(self) -> None:
        """Raises StoreError when the database is damaged."""

    def locked(self) -> AbstractContextManager[Callable[[], None]]:
        """Holds it for one agent; gives what makes sure, later, that it is still held. Both raise StoreError."""

    def witnessed(self) -> int | None:
        """The number that was last noted beside it; None where there is none, or no place for it."""

    def witness(self, number: int) -> None:
        """Notes a number beside it, where a restored backup of it does not change it."""

    def copy(self, target: Engine) -> None:
        """Everything that is in it, into an SQLite database that has the tables and nothing in them."""

    def explain(self, reason: str) -> str:
        """What to do about an error of the database."""


_DATABASES: Mapping[str, Callable[[URL], Database]] = {"sqlite": Sqlite, "postgresql": Postgresql}


class Store:
    """One database. `begin` gives a write transaction, `read` a consistent view; both commit or roll back whole."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writing = database.engine.execution_options(write=True)

    @classmethod
    def open(cls, address: str, *, create: bool = True) -> Self:
        """Opens and migrates the store at an SQLAlchemy URL. Raises StoreError."""
        url = _url(address)
        if not create and cls.absent(address):
            raise StoreError(f"there is no store at {path_of(url)} yet; `sync-agent run` makes it")
        database = _DATABASES[url.get_backend_name()](url)
        store = cls(database)
        try:
            database.check()
            store._migrate()
        except SQLAlchemyError as error:
            raise StoreError(database.explain(_reason(error))) from error
        return store

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
        """The database's address without a password."""
        return self._database.where

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A write transaction: everything in it becomes visible together, or nothing. Raises StoreError."""
        with self._told(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one consistent view. Raises StoreError."""
        with self._told(), self._database.reading.begin() as connection:
            yield connection

    @contextmanager
    def exclusive(self) -> Iterator[Callable[[], None]]:
        """Holds the store for one agent. Gives what makes sure, before each cycle, that it is still held. Both raise
        StoreError while another process has it.
        """
        with self._told(), self._database.locked() as hold:

            def hold_on() -> None:
                with self._told():
                    hold()

            yield hold_on

    def check(self) -> None:
        """Raises StoreError where the database is damaged, also in a part that no cycle looks at."""
        with self._told():
            self._database.check()

    def witnessed(self) -> int | None:
        """The number that was last noted beside the store; None where there is none."""
        return self._database.witnessed()

    def witness(self, number: int) -> None:
        """Notes a number beside the store, where restoring a backup does not change it."""
        self._database.witness(number)

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
        """A copy in a file to try things on; the original is not touched. Raises StoreError."""
        with Store.temporary() as twin:
            with self._told():
                self._database.copy(twin._database.engine)
            yield twin

    def close(self) -> None:
        """Gives connections back."""
        self._database.engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Says what is wrong with the database itself; a mistake of ours stays what it is."""
        try:
            yield
        except DBAPIError as error:
            if isinstance(error, _OURS):
                raise
            raise StoreError(self._database.explain(_reason(error))) from error

    def _migrate(self) -> None:
        # Imported here: it takes a quarter of a second, and what opens no store, a health check say, needs none of it.
        from alembic import command  # noqa: PLC0415
        from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

        with self._database.reading.begin() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        if present == _newest():
            return
        config = _alembic()
        with self._writing.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in _DATABASES:
        raise StoreError("the address of the store should be that of a file, or like postgresql://user@host/name")
    return url


def _reason(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error)


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
