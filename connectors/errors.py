"""What can go wrong with a tracker or a mail server, sorted by what helps.

ConnectorError
├── Unavailable          try again later: network, time-out, 5xx
│   ├── Throttled        try again at a known time
│   └── Unreachable      try again later, for the way there is wrong: certificates, proxy
├── Doubtful             a write that may have happened: look before trying again
├── Unauthorised         the credentials are wrong or have expired
│   └── SecretMissing    there are none: a file has gone, a variable is not set
├── Forbidden            the credentials lack a permission
├── NotFound             no such thing, or not visible to these credentials
│   └── Gone             it was there and is no more
├── Refused              the request itself is wrong; it will not get better by itself
└── Malformed            the answer cannot be understood
"""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar, Self

from connectors.redact import blank_lookalikes
from sync_agent.model import Trouble
from sync_agent.model.printable import one_line

_LONGEST = 1000
_LONGEST_SAID = 300
_LOOKED_AT = 50_000


class ConnectorError(Exception):
    """Anything that stops an exchange with another system.

    `message` tells in our words what happened and where, `fix` what would put it right. `said` are the other side's own
    words, which only those who run the agent get to read. `trouble` is what everybody else is told. Each part is one
    printable line of bounded length without anything that looks like a credential.
    """

    trouble: ClassVar[Trouble] = Trouble.UNEXPECTED
    may_have_arrived: bool = True
    """Whether what was sent may have been taken all the same. Only where that is certain it is false."""

    def __init__(self, message: str, said: str = "", fix: str = "") -> None:
        super().__init__(message)
        self.message, self.said, self.fix = message, said, fix
        self.redact(blank_lookalikes)

    def __str__(self) -> str:
        text = f"{self.message} {self.said}".strip()
        return f"{text.rstrip('. ')}; {self.fix}" if self.fix else text

    def redact(self, clean: Callable[[str], str]) -> Self:
        """Itself, without what `clean` takes out of a text."""
        # Cleaned before it is cut, for half a secret is not known any more.
        parts = (clean(part[:_LOOKED_AT]) for part in (self.message, self.said, self.fix))
        self.message, self.said, self.fix = map(one_line, parts, (_LONGEST, _LONGEST_SAID, _LONGEST))
        self.args = (str(self),)
        return self

    def with_fix(self, fix: str) -> Self:
        """The same error, with more of what would put it right."""
        return type(self)(self.message, self.said, f"{self.fix}; {fix}" if self.fix else fix)


class ClockWrong(ConnectorError):
    """Our own clock is days off, as every server that was heard says."""

    trouble = Trouble.CLOCK_WRONG


class Unavailable(ConnectorError):
    """The other side did not answer, or answered that it cannot now."""

    trouble = Trouble.UNAVAILABLE
    may_have_arrived = False


class Throttled(Unavailable):
    """The other side asks to wait until `until` (aware UTC)."""

    trouble = Trouble.THROTTLED

    def __init__(self, message: str, until: datetime, said: str = "") -> None:
        super().__init__(message, said)
        self.until = until


class Unreachable(Unavailable):
    """Certificates or a proxy are in the way. It stays so until somebody mends it: no use to try again at once."""

    trouble = Trouble.BARRED


class Doubtful(ConnectorError):
    """A write was sent and no clear answer came: it may or may not have happened."""

    trouble = Trouble.DOUBTFUL


class Unauthorised(ConnectorError):
    """401: the credentials are wrong or have expired."""

    trouble = Trouble.UNAUTHORISED
    may_have_arrived = False


class SecretMissing(Unauthorised):
    """A secret is not where the configuration says. What needs it waits, as with a wrong one; nothing else does."""

    trouble = Trouble.SECRET_MISSING


class Forbidden(ConnectorError):
    """403: the credentials are good but lack a permission."""

    trouble = Trouble.FORBIDDEN
    may_have_arrived = False


class NotFound(ConnectorError):
    """404: it does not exist, or these credentials may not see it."""

    trouble = Trouble.NOT_FOUND
    may_have_arrived = False


class Gone(NotFound):
    """410: it does not exist any more."""


class Refused(ConnectorError):
    """The other side understood and said no; the same request will fail again."""

    trouble = Trouble.REFUSED
    may_have_arrived = False


class NotAllowed(Refused):
    """405: this cannot be asked in this way here."""


class Malformed(ConnectorError):
    """The answer is not what the API promises."""

    trouble = Trouble.MALFORMED
