"""Logging: readable lines on a terminal, one JSON object a line in a container; secrets never in either."""

import logging
import re
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TextIO

import structlog

_REDACTED = "[secret]"
# Credentials by their published prefixes, and whatever follows an Authorization scheme.
_CREDENTIAL = re.compile(r"(gh[pousr]_\w{20,}|github_pat_\w{20,}|ATATT[\w=-]{20,}|(?i:bearer|basic)\s+[\w+/=.-]{16,})")


class Redact:
    """A structlog processor that blanks known secrets and anything that looks like one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted((re.escape(secret) for secret in secrets if len(secret) >= 6), key=len, reverse=True)
        self._known = re.compile("|".join(known)) if known else None

    def __call__(self, _logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Replaces secrets in every value of the event, and within lists and mappings."""
        return {key: self._cleaned(value) for key, value in event.items()}

    def clean(self, text: str) -> str:
        """The text without secrets."""
        text = self._known.sub(_REDACTED, text) if self._known else text
        return _CREDENTIAL.sub(_REDACTED, text)

    def _cleaned(self, value: Any) -> Any:
        match value:
            case str():
                return self.clean(value)
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self._cleaned(key): self._cleaned(each) for key, each in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._cleaned(each) for each in value]
        return self.clean(str(value))


_SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(
    *, level: str = "info", json: bool | None = None, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Sends the logs of this program and its libraries to `stream` (standard error by default).

    `json` defaults to whether `stream` is no terminal. `secrets` are blanked wherever they turn up.
    """
    stream = stream or sys.stderr
    json = not stream.isatty() if json is None else json
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                Redact(secrets),
                structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=stream.isatty()),
            ],
        )
    )
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
