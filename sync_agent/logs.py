"""Logging: readable lines on a terminal, one JSON object a line in a container; secrets never in either."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
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
        """Replaces secrets in every text value of the event."""
        return {key: self.clean(value) if isinstance(value, str) else value for key, value in event.items()}

    def clean(self, text: str) -> str:
        """The text without secrets."""
        text = self._known.sub(_REDACTED, text) if self._known else text
        return _CREDENTIAL.sub(_REDACTED, text)


def configure(
    *, level: str = "info", json: bool | None = None, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Sends the logs of this program and its libraries to `stream` (standard error by default).

    `json` defaults to whether `stream` is no terminal. `secrets` are blanked wherever they turn up.
    """
    stream = stream or sys.stderr
    json = not stream.isatty() if json is None else json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, Redact(secrets), structlog.processors.JSONRenderer()]
        if json
        else [
            structlog.processors.format_exc_info,
            Redact(secrets),
            structlog.dev.ConsoleRenderer(colors=stream.isatty()),
        ]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for noisy in ("urllib3", "apscheduler", "github", "uvicorn", "alembic", "asyncio"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
