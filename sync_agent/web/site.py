"""What all pages share: who is reading, which day is shown, and how a response is sent."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sync_agent.ask.identity.tokens import sign
from sync_agent.clocks import Clock
from sync_agent.model.asking import Purpose, Token
from sync_agent.store import Store
from sync_agent.web.access import Denied, PageAccess, PageName, PageReader
from sync_agent.web.drawing import HEADERS, Where, drawn, plain_page
from sync_agent.web.kept import KeptValues
from sync_agent.web.present import Present, Presents
from sync_agent.web.view import Snapshot

_NAMES = {
    PageName.OVERVIEW: "Overview",
    PageName.ME: "Asked of me",
    PageName.MAP: "Alignment",
    PageName.RECORD: "Track record",
    PageName.OPS: "Operations",
}
_DENIED: Mapping[Denied, tuple[str, str, int]] = {
    Denied.NOT_KNOWN: (
        "Who are you?",
        "These pages are not for everybody. Open them with the link in your newest mail, or through your "
        "organisation's login.",
        401,
    ),
    Denied.NO_PERSON: (
        "You are not among the people here",
        "Whoever runs the agent can add you: your e-mail address has to stand below `people`, once.",
        403,
    ),
    Denied.WRONG_HOST: (
        "This is not where these pages are",
        "They are at the address that the agent was started with, such as http://127.0.0.1:8080/.",
        421,
    ),
}
_AT_ONCE = 2
"""This many pages are made at a time. Python threads take turns: with more, /healthz and the cycle would wait."""
_PRIVATE = {**HEADERS, "Cache-Control": "private, no-cache", "Vary": "Cookie"}


@dataclass(frozen=True, slots=True)
class WebSite:
    """What pages are made from. Without a `store` they know only today."""

    snapshot: Callable[[], Snapshot]
    clock: Clock
    store: Store | None = None
    access: PageAccess = field(default_factory=PageAccess)
    presents: Presents = field(init=False)
    kept: KeptValues = field(default_factory=KeptValues)
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    def __post_init__(self) -> None:
        """Worked out once a cycle for all readers."""
        object.__setattr__(self, "presents", Presents(self.snapshot, self.store))


@dataclass(frozen=True, slots=True)
class Look:
    """One reader at one page. `root` is the relative path to the first page."""

    site: WebSite
    request: Request
    reader: PageReader
    page: PageName
    now: datetime
    root: str = ""

    @property
    def as_of(self) -> date | None:
        """The past day that was asked for."""
        try:
            return date.fromisoformat(self.request.query_params.get("as-of", ""))
        except ValueError:
            return None

    def present(self) -> Present | None:
        """The goals that this reader may see, on the day that was asked for."""
        day, presents = self.as_of, self.site.presents
        found = presents.past(day, self.now) if day else presents.now(self.now)
        return found.only(self.reader.sees) if found and self.reader.outside else found

    def answer(self, template: str, title: str, status: int = 200, **values: Any) -> Response:
        """The page, or "not modified" for a browser that already has it."""
        snapshot = self.site.snapshot()
        place = self.where(values.get("present"))
        present: Present | None = values.get("present")
        body = drawn(
            f"pages/{template}",
            place,
            title=title,
            root=self.root,
            reader=self.reader.person,
            menu=self._menu(),
            snapshot=snapshot,
            judged=snapshot.ended,
            as_of=present.day if present and present.past else None,
            **values,
        )
        return tagged(self.request, HTMLResponse(body, status, _PRIVATE))

    def where(self, present: Present | None = None) -> Where:
        """The organisation's name, zone and day."""
        organisation = self.site.snapshot().organisation
        zone = ZoneInfo(organisation.timezone if organisation else "UTC")
        today = present.day if present else self.now.astimezone(zone).date()
        return Where(organisation.name if organisation else "Goals", zone, today)

    def token(self) -> str:
        """The token in our forms, so that no other page can send them. None for nobody in particular."""
        links, person = self.site.access.links(), self.reader.person
        if links is None or not links.strong or person is None:
            return ""
        return sign(Token(Purpose.ACT, self.now.date().isoformat(), person.id), links.strong)

    def takes(self, text: str) -> bool:
        """Whether we made the token for this reader, today or yesterday."""
        links, person = self.site.access.links(), self.reader.person
        token = links.token(text, Purpose.ACT) if links else None
        days = {(self.now.date() - timedelta(days=back)).isoformat() for back in range(2)}
        return token is not None and person is not None and token.person == person.id and token.subject in days

    def _menu(self) -> list[dict[str, Any]]:
        return [
            {"path": each.value or "./", "name": name, "here": each is self.page}
            for each, name in _NAMES.items()
            if each in self.reader.pages
        ]


def tagged(request: Request, response: Response) -> Response:
    """The response, or "not modified" for a browser that already has it."""
    if response.status_code != 200:
        return response
    tag = f'W/"{hashlib.sha256(response.body).hexdigest()[:20]}"'
    response.headers["ETag"] = tag
    if tag in request.headers.get("if-none-match", ""):
        kept = {
            name: value for name, value in response.headers.items() if name not in ("content-length", "content-type")
        }
        return Response(status_code=304, headers=kept)
    return response


def looking(
    site: WebSite, page: PageName, show: Callable[[Look], Response], root: str = ""
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for people who may see a page."""

    def answer(request: Request) -> Response:
        now = site.clock()
        reader = site.access.reader(request, site.snapshot().organisation, now.date())
        if isinstance(reader, Denied):
            title, text, status = _DENIED[reader]
            return plain_page(title, text, status)
        if page not in reader.pages:
            return plain_page("This page is not for you", "Your role does not include it; the others are yours.", 403)
        return show(Look(site, request, reader, page, now, root))

    async def endpoint(request: Request) -> Response:
        async with site.turns:
            return await run_in_threadpool(answer, request)

    return endpoint


def no_such_page() -> Response:
    """The same page for what does not exist and for what the reader may not know about."""
    return plain_page("There is no such page", "Perhaps it was a goal that is not followed any more.", 404)


def safe(svg: str) -> Markup:
    """A drawing of ours; everything from outside in it is already escaped."""
    return Markup(svg)  # noqa: S704
