"""A PostgreSQL server of the tests' own, where its programs are installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from sync_agent.store import Store

_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def programs() -> Path | None:
    """The folder with the server's programs; None where it is not installed."""
    found = shutil.which("initdb", path=os.pathsep.join([*map(str, _INSTALLED), os.environ.get("PATH", "")]))
    return Path(found).resolve().parent if found else None


@dataclass
class Server:
    """A running server that is reached by a socket in its folder alone. It gives out new databases."""

    programs: Path
    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def start(self) -> None:
        """Returns when it can be asked."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-o", options, "-l", str(self.folder / "log"), "start"
        )

    def stop(self) -> None:
        """Connections end at once, as when a server is restarted."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "fast", "-w", "stop")

    def prepare(self) -> None:
        """Makes the server's files, and a database with the agent's tables from which others are copied."""
        self.folder.mkdir()
        if os.geteuid() == 0:  # The server refuses to run as root.
            shutil.chown(self.folder, "nobody")
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "agent", "-A", "trust", "-N")
        self.start()
        self._tell("CREATE DATABASE begun")
        Store.open(self._address("begun")).close()

    def database(self) -> str:
        """The address of a new store that is migrated and empty."""
        name = f"store_{next(self._numbers)}"
        self._tell(f"CREATE DATABASE {name} TEMPLATE begun")
        return self._address(name)

    def end_connections(self) -> None:
        """As a network or a server does that has had enough of them."""
        # It waits for each, for some seconds at most.
        self._tell("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")

    def _tell(self, statement: str) -> None:
        engine = create_engine(make_url(self._address("postgres")).set(drivername="postgresql+psycopg"))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _address(self, name: str) -> str:
        return f"postgresql://agent@/{name}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        user = "nobody" if os.geteuid() == 0 else None
        command = [str(self.programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd=self.folder)


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server until the end."""
    installed = programs()
    assert installed
    server = Server(installed, folder)
    server.prepare()
    try:
        yield server
    finally:
        server.stop()
