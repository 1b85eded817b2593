"""What can go wrong with a tracker or a mail server, sorted by what helps.

ConnectorError
├── Unavailable          try again later: network, time-out, 5xx
│   ├── Throttled        try again at a known time
│   └── Unreachable      try again later, for the way there is wrong: certificates, proxy
├── Doubtful             a write that may have happened: look before trying again
├── Unauthorised         the credentials are wrong or have expired
├── Forbidden            the credentials lack a permission
├── NotFound             no such thing, or not visible to these credentials
│   └── Gone             it was there and is no more
├── Refused              the request itself is wrong; it will not get better by itself
└── Malformed            the answer cannot be understood
"""

from datetime import datetime


class ConnectorError(Exception):
    """Anything that stops an exchange with another system.

    The message says what happened, where, and what would put it right; it never holds a secret.
    """


class Unavailable(ConnectorError):
    """The other side did not answer, or answered that it cannot now."""


class Throttled(Unavailable):
    """The other side asks to wait until `until` (aware UTC)."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Unreachable(Unavailable):
    """Certificates or a proxy are in the way. It stays so until somebody mends it: no use to try again at once."""


class Doubtful(ConnectorError):
    """A write was sent and no clear answer came: it may or may not have happened."""


class Unauthorised(ConnectorError):
    """401: the credentials are wrong or have expired."""


class Forbidden(ConnectorError):
    """403: the credentials are good but lack a permission."""


class NotFound(ConnectorError):
    """404: it does not exist, or these credentials may not see it."""


class Gone(NotFound):
    """410: it does not exist any more."""


class Refused(ConnectorError):
    """The other side understood and said no; the same request will fail again."""


class Malformed(ConnectorError):
    """The answer is not what the API promises."""
