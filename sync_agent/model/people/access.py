"""How readers of the pages are known."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

Network = IPv4Network | IPv6Network


class AccessMode(StrEnum):
    """How readers are known: not at all, by what a login proxy says, or by signed links of their own."""

    OPEN = "open"
    PROXY = "proxy"
    LINKS = "links"


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """How pages are protected. A proxy at one of the `trusted` networks says in `header` whose e-mail address it is.

    `inside`: nobody but those at the machine reaches the pages, or whoever configured it said that all may see all.
    """

    mode: AccessMode = AccessMode.OPEN
    header: str = ""
    trusted: tuple[Network, ...] = ()
    inside: bool = True


AT_THE_MACHINE = AccessSettings()
