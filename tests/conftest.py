"""Fixtures that every room's tests may use."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

from sync_agent.store import Store
from tests.support.servers.postgresql import Server, programs, serving

REPOSITORY = Path(__file__).resolve().parent.parent
_IN_MEMORY = Path("/dev/shm")
_ROOM = 2_000_000_000

# A store waits for the disk at every commit, as it must; tests need not. Where memory can hold their files, it does.
if "TMPDIR" not in os.environ and os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
    os.environ["TMPDIR"] = str(_IN_MEMORY)
    tempfile.tempdir = None

# An example takes as long as the machine lets it: no test may fail because of what else runs there.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_runtest_setup() -> None:
    """A command sets up the log for its process; the next test begins without that. Tracebacks are plain: pretty ones
    take longer than many a test.
    """
    structlog.reset_defaults()
    *others, _console = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with official API schemas and recorded data, beside the checkout; skips where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "contracts").is_dir():
        pytest.skip("needs ../shared (official API schemas and recorded data), which is not on this machine")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _stores_begin_as_copies() -> Iterator[None]:
    """A new store is a copy of one that was migrated once. A store that is there already is migrated as ever."""
    migrate = Store._migrate

    def begin(store: Store, *, allowed: bool) -> None:
        if store._database.engine.dialect.name == "sqlite":
            with closing(store._database.engine.raw_connection()) as raw, closing(sqlite3.connect(template)) as filled:
                if not raw.cursor().execute("SELECT 1 FROM sqlite_master").fetchone():
                    filled.backup(raw.driver_connection)
                    return
        migrate(store, allowed=allowed)

    with Store.temporary() as store, pytest.MonkeyPatch.context() as patch:
        template = store._database.engine.url.database
        patch.setattr(Store, "_migrate", begin)
        yield


@pytest.fixture(scope="session", autouse=True)
def _hurried() -> Iterator[None]:
    """Without what a real clock would be waited for: the second that GitHub wants between two writes, and the tries at
    a KPI that cannot be had.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("connectors.github.write.writer._GAP", timedelta(0))
        patch.setattr("connectors.kpis.http.reader._GIVE_UP_AFTER", 0.5)
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server; skips where there is none to be had."""
    pytest.importorskip("psycopg", reason="needs psycopg")
    if not programs():
        pytest.skip("needs the programs of a PostgreSQL server (Debian: apt install postgresql)")
    # Not in pytest's own folder: the server's user may not enter that, and the path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        os.chmod(folder, 0o755)
        with serving(Path(folder) / "server") as server:
            yield server
