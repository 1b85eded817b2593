"""What can be done on a page. It takes a person who may do it and a form of ours, and leaves a line in the log."""

from collections.abc import Callable

import structlog
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sync_agent.model.asking.answers import Door, Submission
from sync_agent.model.deeds import Deed, DeedKind
from sync_agent.outbox import drop, revive
from sync_agent.store.memory.deeds import note_deed
from sync_agent.store.memory.state import end_silence
from sync_agent.web.access import Denied, PageName
from sync_agent.web.drawing import plain_page
from sync_agent.web.forms.limits import RateLimit
from sync_agent.web.forms.receiving import Unacceptable, receive, refuse_cross_site
from sync_agent.web.site import Look, WebSite

log = structlog.get_logger(__name__)

_NOT_YOURS = (
    "This is not yours to do",
    "It takes somebody of the role it-ops whom the agent knows: by a personal link or through a login proxy.",
)
_TOO_OLD = ("This page was open for too long", "Nothing was changed. Go back, load the page again and repeat it.")


class Acting:
    """The forms of the operations page."""

    def __init__(self, site: WebSite, limit: RateLimit) -> None:
        self._site, self._limit = site, limit

    async def outbox(self, request: Request) -> Response:
        """Sends a message again that was given up, or drops it."""
        return await self._act(request, self._outbox)

    async def silence(self, request: Request) -> Response:
        """Ends a silence."""
        return await self._act(request, self._silence)

    async def _act(self, request: Request, do: Callable[[Look, Submission], str]) -> Response:
        site, now = self._site, self._site.clock()
        reader = site.access.reader(request, site.snapshot().organisation, now.date())
        if isinstance(reader, Denied) or reader.person is None or PageName.OPS not in reader.pages:
            return plain_page(*_NOT_YOURS, status=403)
        look = Look(site, request, reader, PageName.OPS, now, "../")
        try:
            if not self._limit.allows(reader.person.id):
                raise Unacceptable(429, "This was sent too often. Wait a minute and repeat it.")
            links = site.access.links()
            refuse_cross_site(request.headers, links.url if links else "")
            sent = await receive(request)
        except Unacceptable as error:
            return plain_page("This was not taken", error.text, error.status)
        if not look.takes(next(iter(sent.get("token", ())), "")):
            return plain_page(*_TOO_OLD, status=400)
        done = await run_in_threadpool(do, look, sent)
        log.info("done on a page", by=reader.person.id, what=done)
        return RedirectResponse("../ops", 303)

    def _outbox(self, look: Look, sent: Submission) -> str:
        key, what = _one(sent, "key"), _one(sent, "do")
        organisation, store = look.site.snapshot().organisation, look.site.store
        if store is None or organisation is None or what not in ("retry", "drop"):
            return "nothing"
        addresses = {person.id: person.email for person in organisation.people.values() if person.email}
        with store.begin() as connection:
            again = what == "retry"
            count = revive(connection, {key}, look.now, addresses) if again else drop(connection, {key})
            _note(connection, look, DeedKind.SENT_AGAIN if again else DeedKind.DROPPED, key)
        return f"{what} {key}: {count}"

    def _silence(self, look: Look, sent: Submission) -> str:
        name, store = _one(sent, "id"), look.site.store
        if store is None:
            return "nothing"
        with store.begin() as connection:
            ended = end_silence(connection, name)
            _note(connection, look, DeedKind.SILENCE_ENDED, name)
        return f"end silence {name}: {ended}"


def _one(sent: Submission, name: str) -> str:
    return next(iter(sent.get(name, ())), "")


def _note(connection: Connection, look: Look, kind: DeedKind, what: str) -> None:
    who = look.reader.person.id if look.reader.person else ""
    note_deed(connection, Deed(look.now, who, Door.FORM, kind, text=what))
