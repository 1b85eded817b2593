"""Who is looking at a page, and what they may see."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import Request

from sync_agent.ask.identity.links import Links
from sync_agent.ask.identity.tokens import sign, verified
from sync_agent.model import Goal, Organisation, Person, Role
from sync_agent.model.asking import Purpose, Token
from sync_agent.model.people.access import AccessMode, AccessSettings, Network

COOKIE = "sync-agent"
SESSION = timedelta(days=30)
"""For this long somebody is known after following their link."""
_SESSION = "session "


class PageName(StrEnum):
    """The pages that not everybody may see."""

    OVERVIEW = ""
    GOAL = "goals"
    ME = "me"
    MAP = "map"
    RECORD = "record"
    OPS = "ops"


_GOALS = frozenset({PageName.OVERVIEW, PageName.GOAL})
_PUBLIC = _GOALS | {PageName.MAP, PageName.RECORD}
_OUTSIDE = _GOALS | {PageName.ME}
_MEMBER = _PUBLIC | {PageName.ME}
_PAGES: Mapping[Role, frozenset[PageName]] = {
    Role.OWNER: _MEMBER,
    Role.SENIOR_LEADER: _MEMBER,
    Role.TECHNICAL_EXPERT: _MEMBER,
    Role.IT_OPS: _MEMBER | {PageName.OPS},
    Role.BUSINESS_PARTNER: _OUTSIDE,
    Role.CUSTOMER_REPRESENTATIVE: _OUTSIDE,
}


@dataclass(frozen=True, slots=True)
class PageReader:
    """Somebody who looks at a page. Without a `person` it is nobody in particular."""

    person: Person | None
    pages: frozenset[PageName]

    @property
    def outside(self) -> bool:
        """Whether they see only goals that they have a stake in."""
        return self.person is not None and self.pages == _OUTSIDE

    @property
    def reads_promise(self) -> bool:
        """Whether they see only what was promised, and nothing behind it."""
        return self.person is not None and self.person.role is Role.CUSTOMER_REPRESENTATIVE

    def sees(self, goal: Goal) -> bool:
        """Whether a goal is shown to them."""
        person = self.person
        return not self.outside or person is None or person.id in (goal.owner, *goal.stakeholders)


EVERYBODY = PageReader(None, _PUBLIC)
AT_THE_MACHINE = PageReader(None, frozenset(PageName))


class Denied(StrEnum):
    """Why a page is not shown."""

    NOT_KNOWN = "not known"
    NO_PERSON = "no person"
    WRONG_HOST = "wrong host"


@dataclass(frozen=True, slots=True)
class PageAccess:
    """Recognises readers, by the present configuration."""

    settings: Callable[[], AccessSettings] = AccessSettings
    links: Callable[[], Links | None] = lambda: None
    hosts: Collection[str] = field(default=())

    def reader(self, request: Request, organisation: Organisation | None, today: date) -> PageReader | Denied:
        """Who is asking, or why they are not let in."""
        settings = self.settings()
        people = organisation.people if organisation else {}
        match settings.mode:
            case AccessMode.PROXY:
                return self._by_proxy(request, settings, people)
            case AccessMode.LINKS:
                return self._by_cookie(request, people, today)
        if not settings.inside:
            return EVERYBODY
        return AT_THE_MACHINE if self._asked_for_us(request) else Denied.WRONG_HOST

    def session(self, person: str, today: date) -> str | None:
        """The cookie of somebody who has followed their link."""
        links = self.links()
        if links is None or not links.strong:
            return None
        return sign(Token(Purpose.ENTER, f"{_SESSION}{today.isoformat()}", person), links.strong)

    def invited(self, text: str) -> str | None:
        """The person whose link this is; None if we did not make it."""
        links = self.links()
        token = links.token(text, Purpose.ENTER) if links else None
        return token.person if token and not token.subject.startswith(_SESSION) else None

    def _by_proxy(
        self, request: Request, settings: AccessSettings, people: Mapping[str, Person]
    ) -> PageReader | Denied:
        said = request.headers.getlist(settings.header)
        if not _within(request.client.host if request.client else "", settings.trusted) or len(said) != 1:
            return Denied.NOT_KNOWN
        address = said[0].strip().casefold()
        found = [person for person in people.values() if person.email and person.email.casefold() == address]
        return _reader(found[0]) if len(found) == 1 else Denied.NO_PERSON

    def _by_cookie(self, request: Request, people: Mapping[str, Person], today: date) -> PageReader | Denied:
        links = self.links()
        kept = request.cookies.get(COOKIE, "")
        token = verified(kept, Purpose.ENTER, links.strong) if links and links.strong and kept else None
        if token is None or not _lasts(token.subject, today):
            return Denied.NOT_KNOWN
        person = people.get(token.person)
        return _reader(person) if person else Denied.NO_PERSON

    def _asked_for_us(self, request: Request) -> bool:
        """Whether the browser asked for this machine by one of our names. With DNS rebinding, a hostile page makes its
        name resolve to our address for a moment, and asks by its own name: https://en.wikipedia.org/wiki/DNS_rebinding
        """
        name = _host(request.headers.get("host", ""))
        links = self.links()
        ours = {"localhost", *self.hosts, *([_host(urlsplit(links.url).netloc)] if links else [])}
        return name in ours or _is_address(name)


def _reader(person: Person) -> PageReader:
    return PageReader(person, _PAGES[person.role])


def _lasts(subject: str, today: date) -> bool:
    began = subject.removeprefix(_SESSION)
    if began == subject:
        return False
    return timedelta(0) <= today - date.fromisoformat(began) <= SESSION


def _within(host: str, networks: Collection[Network]) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in networks if network.version == address.version)


def _host(netloc: str) -> str:
    """The host without its port: `[::1]:8080` and `localhost:8080`."""
    if netloc.startswith("["):
        return netloc[1:].partition("]")[0]
    return netloc.partition(":")[0].casefold()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
