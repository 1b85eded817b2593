"""A mailbox as a Maildir: one file a mail, as Postfix, Dovecot and fetchmail deliver it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from connectors.contract import Finding, IncomingMail, Level, MailBatch
from connectors.errors import ConnectorError, Forbidden, NotFound, Unavailable
from connectors.mail.incoming import MOST_BYTES, ReadMail, batch_of, read_safely

_A_BATCH = 100
_CURSOR = "maildir"
"""There is nothing to remember: what was heard lies in another folder."""
_MAILS = ("new", "cur")


class MaildirInbox:
    """Reads the mails in `folder` and moves them to its subfolder `heard` (Maildir++, the layout of Dovecot)."""

    def __init__(self, folder: Path, heard: str, read: ReadMail) -> None:
        self._folder = folder
        self._heard = folder / f".{heard}"
        self._read = read

    def read(self, cursor: str | None) -> Iterator[MailBatch]:
        """Raises NotFound where there is no Maildir, Forbidden where it may not be read."""
        self._must_exist()
        if cursor is None:
            yield from self._batches(self._heard, None)
        yield from self._batches(self._folder, _CURSOR, least=cursor is None)

    def _batches(self, folder: Path, cursor: str | None, *, least: bool = False) -> Iterator[MailBatch]:
        """At `least` one, so that there is a cursor where no mail has come yet."""
        files = self._files(folder)
        for start in range(0, max(len(files), least), _A_BATCH):
            part = files[start : start + _A_BATCH]
            yield batch_of({str(path): self._mail(path) for path in part}, tuple(map(str, part)), cursor)

    def put_away(self, batch: MailBatch) -> None:
        """Renames files. One that is there already, or that somebody took away, is left alone."""
        with _sorted(self._folder):
            for part in ("tmp", *_MAILS):
                (self._heard / part).mkdir(parents=True, exist_ok=True)
            for path in map(Path, batch.names):
                if path.parent.parent == self._folder and path.exists():
                    path.rename(self._heard / "cur" / path.name)

    def watch(self, _stop: Event) -> Iterator[None]:
        """A folder tells nothing."""
        return iter(())

    def check(self) -> Finding:
        """Whether there is a Maildir that can be read."""
        try:
            self._must_exist()
            waiting = len(self._files(self._folder))
        except ConnectorError as error:
            return Finding(Level.ERROR, "email.inbox", str(error))
        return Finding(Level.OK, "email.inbox", f"{self._folder} can be read; mails waiting: {waiting}")

    def _must_exist(self) -> None:
        with _sorted(self._folder):
            if not all((self._folder / part).is_dir() for part in _MAILS):
                raise NotFound(f"{self._folder} is no Maildir: it lacks the folders new and cur; check `maildir`")

    def _files(self, folder: Path) -> list[Path]:
        """Oldest first."""
        with _sorted(self._folder):
            found = [path for part in _MAILS if (folder / part).is_dir() for path in (folder / part).iterdir()]
            return sorted(found, key=lambda path: (_time_of(path), path.name))

    def _mail(self, path: Path) -> IncomingMail | str | None:
        """None where somebody has moved it meanwhile, text where it tripped the reader."""
        with _sorted(self._folder):
            try:
                with path.open("rb") as file:
                    raw, received = file.read(MOST_BYTES), datetime.fromtimestamp(path.stat().st_mtime, UTC)
            except FileNotFoundError:
                return None
        return read_safely(self._read, raw, received)


def _time_of(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0


@contextmanager
def _sorted(folder: Path) -> Iterator[None]:
    """Errors of the file system as those of connectors."""
    try:
        yield
    except PermissionError as error:
        raise Forbidden(
            f"{error.filename or folder}: {error.strerror}; the agent must read and move its mails"
        ) from None
    except OSError as error:
        raise Unavailable(f"{error.filename or folder}: {error.strerror}") from None
