"""Copies of a store in a file: made while it is in use, checked, and put in its place."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sync_agent.store.engine.errors import StoreError

_JOURNALS = ("-wal", "-shm")


def make_private(path: Path) -> None:
    """Creates a file for its owner alone, because it will have what people wrote. SQLite gives its journal the same
    rights.

    A file that is there is not opened: closing it would drop the locks that SQLite has on it in this process, see
    https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_
    """
    with suppress(FileExistsError):
        os.close(os.open(path.resolve(), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def copy_to(source: sqlite3.Connection, target: Path) -> None:
    """Copies a database to one file, checks it, and only then gives it its name. Raises StoreError."""
    half = target.with_name(f"{target.name}.part")
    try:
        half.unlink(missing_ok=True)
        make_private(half)
        with closing(sqlite3.connect(half)) as new:
            source.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")  # Nothing lies beside it.
            found = new.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreError(f"the copy {target} would be damaged ({found}); nothing was written")
        half.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot write the copy {target}: {getattr(error, 'strerror', None) or error}") from error
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def backup_at(file: Path) -> Iterator[tuple[sqlite3.Connection, str]]:
    """A backup to read from, and the version of its tables. Raises StoreError if it is not one."""
    if not file.is_file():
        raise StoreError(f"there is no backup at {file}")
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as backup:
            yield backup, str(backup.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError) as error:
        raise StoreError(f"{file} is no backup of a store: {error}") from error


def put_in_place(backup: sqlite3.Connection, path: Path) -> Path | None:
    """Puts a backup in place of a store that nobody uses, however damaged it is. Returns where that store is now."""
    fresh, replaced = path.with_name(f"{path.name}.restored"), path.with_name(f"{path.name}.replaced")
    copy_to(backup, fresh)
    before = path.exists() and path.stat().st_size > 0
    for ending in ("", *_JOURNALS):
        old, kept = path.with_name(path.name + ending), replaced.with_name(replaced.name + ending)
        if before:
            kept.unlink(missing_ok=True)
        if old.exists():
            old.replace(kept) if before else old.unlink()
    fresh.replace(path)
    return replaced if before else None
