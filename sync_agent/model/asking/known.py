"""How the author of an answer is known."""

from enum import StrEnum


class Known(StrEnum):
    """How the author of an answer is known.

    `mail` is a From address that nothing vouches for, `aligned-mail` one that the mail server has verified. `proxy`
    is a name that a trusted proxy passed on after login. `terminal`: an operator wrote it down for them.
    """

    ACCOUNT = "account"
    LINK = "link"
    ALIGNED_MAIL = "aligned-mail"
    MAIL = "mail"
    PROXY = "proxy"
    TERMINAL = "terminal"
