"""Keeps the log readable while something fails again and again: folds repeated lines and tracebacks."""

import logging
import sys
import traceback
from collections.abc import Hashable, Iterator, MutableMapping
from dataclasses import dataclass
from typing import Any, TextIO

_MOST = 5
"""So many lines that say the same are written within a window."""
_WINDOW = 60.0
_REMEMBERED = 1000


@dataclass(slots=True)
class _Repeated:
    """The lines of one window that say the same."""

    first: logging.LogRecord
    count: int = 0


class FoldingHandler(logging.StreamHandler[TextIO]):
    """Writes the first few lines that say the same within a minute, and then how many more there were."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._repeated: dict[Hashable, _Repeated] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the line, unless the same has been written often enough."""
        for summary in self._over(record.created):
            super().emit(summary)
        found = self._repeated.setdefault(_likeness(record), _Repeated(record))
        found.count += 1
        if found.count <= _MOST:
            super().emit(record)

    def close(self) -> None:
        """Writes the counts that are still to be told."""
        for summary in self._over(None):
            super().emit(summary)
        super().close()

    def _over(self, now: float | None) -> Iterator[logging.LogRecord]:
        """The closing lines of windows that have ended, oldest first; of all windows if `now` is None."""
        while self._repeated:
            key = next(iter(self._repeated))
            age = abs(now - self._repeated[key].first.created) if now is not None else _WINDOW
            if age < _WINDOW and len(self._repeated) <= _REMEMBERED:
                return
            found = self._repeated.pop(key)
            if found.count > _MOST:
                yield _summary(found)


def _likeness(record: logging.LogRecord) -> Hashable:
    """Equal for lines that say the same. Our own lines are compared in full, those of libraries without the values that
    they fill in.
    """
    if isinstance(record.msg, dict):
        said = {name: value for name, value in record.msg.items() if name not in ("timestamp", "exc_info")}
        return record.name, record.levelno, repr(said)
    return record.name, record.levelno, str(record.msg)


def _summary(found: _Repeated) -> logging.LogRecord:
    first = found.first
    said = first.msg.get("event") if isinstance(first.msg, dict) else first.msg
    more = {"msg": "%d more lines like this: %s", "args": (found.count - _MOST, said)}
    return logging.makeLogRecord({"name": first.name, "levelno": first.levelno, "levelname": first.levelname, **more})


class TracebackOnce:
    """A structlog processor that shortens the traceback of an error to one line, unless it was written in full less
    than a day ago. Once a day it is written in full again, for old logs are thrown away. Errors of the same type from
    the same line of code count as the same.
    """

    def __init__(self) -> None:
        self._day = ""
        self._seen: dict[str, int] = {}

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """The event, its traceback cut to one line if it was logged before."""
        error = _error(event.get("exc_info"))
        if error is None:
            return event
        day = str(event.get("timestamp", ""))[:10]
        if day != self._day:
            self._day, self._seen = day, {}
        cause = _cause(error)
        times = self._seen[cause] = self._seen.get(cause, 0) + 1
        if times == 1:
            return event
        folded = {name: value for name, value in event.items() if name != "exc_info"}
        return {**folded, "exception": f"{cause}: {error}", "times": times}


def _error(found: Any) -> BaseException | None:
    """The error of an event, as structlog and the standard library name it."""
    if not found:
        return None
    if isinstance(found, BaseException):
        return found
    return found[1] if isinstance(found, tuple) else sys.exc_info()[1]


def _cause(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    where = f" at {frames[0].filename}:{frames[0].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
