"""Logging: readable lines on a terminal, one JSON object a line in a container; secrets never in either."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

from connectors.redact import Keyring
from sync_agent.run.process.folding import FoldingHandler, TracebackOnce


class Redact:
    """A structlog processor that blanks the secrets of a keyring and anything that looks like one."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Replaces secrets in every value of the event, and within lists and mappings."""
        return {key: self._cleaned(value) for key, value in event.items()}

    def _cleaned(self, value: Any) -> Any:
        match value:
            case str():
                return self._keyring.clean(value)
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self._cleaned(key): self._cleaned(each) for key, each in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._cleaned(each) for each in value]
        return self._keyring.clean(str(value))


_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(
    *, level: str = "info", json: bool | None = None, keyring: Keyring | None = None, stream: TextIO | None = None
) -> None:
    """Sends the logs of this program and its libraries to `stream` (standard error by default).

    `json` is on by default where `stream` is not a terminal. Everything that `keyring` knows, now or later, is blanked.
    """
    stream = stream or sys.stderr
    json = not stream.isatty() if json is None else json
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    handler = FoldingHandler(stream)
    handler.setFormatter(_formatter(renderer, keyring or Keyring()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("urllib3", "apscheduler", "github", "uvicorn", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            *_SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _formatter(renderer: structlog.typing.Processor, keyring: Keyring) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            TracebackOnce(),
            structlog.processors.format_exc_info,
            Redact(keyring),
            renderer,
        ],
    )
