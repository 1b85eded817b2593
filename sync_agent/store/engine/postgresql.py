"""A store on a PostgreSQL server, and what only PostgreSQL does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from sync_agent.store.engine.errors import StoreError
from sync_agent.store.engine.schema import metadata

_ADVISORY_LOCK = 4_711_200_126  # any number, as long as every agent uses the same
_ROWS_AT_ONCE = 1000


class Postgresql:
    """One database of a server. Raises StoreError if the driver is not installed."""

    def __init__(self, url: URL) -> None:
        self.where = url.render_as_string(hide_password=True)
        self.engine = _engine(url)
        # By default, each statement of PostgreSQL sees what was committed before it.
        self.reading: Engine = self.engine.execution_options(isolation_level="REPEATABLE READ")

    def check(self) -> None:
        """Does nothing, because the server checks itself."""

    @contextmanager
    def locked(self) -> Iterator[Callable[[], None]]:
        """Holds the database for one agent. Raises StoreError while another has it. The function takes the lock again
        if it was lost with its connection, and raises StoreError if another agent was quicker.
        """
        lock = _Lock(self)
        try:
            lock.hold()
            yield lock.hold
        finally:
            lock.release()

    def witnessed(self) -> None:
        """There is no place beside a database."""

    def witness(self, number: int) -> None:
        """There is no place beside a database."""

    def copy(self, target: Engine) -> None:
        """Copies everything into another database that has the tables."""
        with self.reading.begin() as there, target.begin() as here:
            for table in metadata.sorted_tables:
                for rows in there.execute(select(table)).mappings().partitions(_ROWS_AT_ONCE):
                    here.execute(table.insert(), [dict(row) for row in rows])

    def forget_overwritten(self) -> None:
        """Rewrites the table of urns into a file of its own, without the rows that were there before. Where somebody
        reads it at the moment it stays until the next time: everybody else would wait behind this.
        """
        with self.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text("SET lock_timeout = '1s'"))
            with suppress(OperationalError):
                connection.execute(text("VACUUM (FULL, FREEZE) urns"))
            connection.execute(text("RESET lock_timeout"))

    def keep(self, version: str) -> None:
        """Keeps nothing: a migration here is one transaction, and the server's own backups are the copy."""

    def back_up(self, target: Path) -> None:  # noqa: ARG002
        """Raises StoreError: the server's own programs do that."""
        raise StoreError(f"the store {self.where} is on a server: back it up with pg_dump, see docs/operate.md")

    def restore(self, file: Path) -> Path | None:  # noqa: ARG002
        """Raises StoreError: the server's own programs do that."""
        raise StoreError(
            f"the store {self.where} is on a server: restore it with pg_restore, then say `sync-agent run --restored`"
        )

    def size(self) -> int:
        """The whole database, as the server counts it."""
        with self.reading.begin() as connection:
            return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)

    def explain(self, reason: str) -> str:
        """Says what the server or the driver said."""
        return f"cannot use the store {self.where}: {' '.join(reason.split())}"


class _Lock:
    """An advisory lock. It lives as long as its connection, so it is lost when the server restarts."""

    def __init__(self, database: Postgresql) -> None:
        self._database = database
        self._connection: Connection | None = None

    def hold(self) -> None:
        if self._connection and _alive(self._connection):
            return
        self._drop()
        # Outside of transactions, because an open one keeps the server from tidying up.
        self._connection = self._database.engine.execution_options(isolation_level="AUTOCOMMIT").connect()
        if not self._connection.scalar(text("SELECT pg_try_advisory_lock(:n)"), {"n": _ADVISORY_LOCK}):
            self._drop()
            raise StoreError(f"another agent is at work on {self._database.where}")

    def release(self) -> None:
        # The server notices only later that a connection has ended. The next agent should not have to wait for that.
        if self._connection:
            with suppress(DBAPIError):
                self._connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": _ADVISORY_LOCK})
        self._drop()

    def _drop(self) -> None:
        # In the pool, the connection would keep the lock.
        if self._connection:
            self._connection.invalidate()
            self._connection.close()
        self._connection = None


def _alive(connection: Connection) -> bool:
    try:
        connection.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True


def _engine(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    try:
        # A connection may have died in the pool between two cycles.
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"PostgreSQL needs the package {error.name}: pip install 'goal-sync-agent[postgresql]'"
        ) from error
