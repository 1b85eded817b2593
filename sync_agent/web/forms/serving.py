"""Requests → pages. Bad requests are refused before anything is looked up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync_agent.ask.identity.links import PATHS, Links
from sync_agent.clocks import Clock, Steady
from sync_agent.hear.forms import FormDoor
from sync_agent.model.asking import Purpose, Token
from sync_agent.model.asking.answers import Submission
from sync_agent.store import StoreError
from sync_agent.web.drawing import plain_page
from sync_agent.web.forms.answering import answer_page
from sync_agent.web.forms.claiming import confirm_page, not_me_page
from sync_agent.web.forms.limits import RateLimit
from sync_agent.web.forms.receiving import Unacceptable, receive, refuse_cross_site
from sync_agent.web.forms.visit import Visit

log = structlog.get_logger(__name__)

A_LINK = 20
"""Forms per minute that are accepted through one link."""
A_CLIENT = 300
"""Forms per minute that are accepted from one address. Behind a proxy all readers may share one."""

_PAGES: Mapping[Purpose, Callable[[Visit], Response]] = {
    Purpose.ANSWER: answer_page,
    Purpose.CONFIRM: confirm_page,
    Purpose.TAKE_BACK: not_me_page,
}
_NOT_VALID = (
    "This link is not valid",
    "Perhaps the mail program cut it off: copy the whole address, or use the link in your newest mail. Else ask "
    "whoever runs the agent.",
)
_NOT_NOW = (
    "This does not work just now",
    "The agent's store does not answer, and nothing has been changed. Please try again in a few minutes.",
)


@dataclass(frozen=True, slots=True)
class Forms:
    """What the pages need: the links of the present configuration (None: there are none), the store, the clocks."""

    links: Callable[[], Links | None]
    door: FormDoor
    clock: Clock
    steady: Steady


def routes(forms: Forms) -> list[Route]:
    """The three pages."""
    links_limit, clients_limit = RateLimit(A_LINK, forms.steady), RateLimit(A_CLIENT, forms.steady)

    async def submitted(request: Request, links: Links, token: Token) -> Submission:
        """The fields that were sent. Raises Unacceptable."""
        client = request.client.host if request.client else ""
        if not (clients_limit.allows(client) and links_limit.allows(repr(token))):
            raise Unacceptable(
                429, "This was sent too often. Nothing is lost: wait a minute, go back and send it again."
            )
        refuse_cross_site(request.headers, links.url)
        return await receive(request)

    def endpoint(purpose: Purpose) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            links, text = forms.links(), request.path_params["token"]
            token = links.token(text, purpose) if links else None
            if links is None or token is None:
                return plain_page(*_NOT_VALID, status=404)
            try:
                sent = await submitted(request, links, token) if request.method == "POST" else None
            except Unacceptable as error:
                return plain_page("This was not taken", error.text, status=error.status)
            visit = Visit(token, text, links.strong, forms.door, forms.clock(), sent)
            return await run_in_threadpool(_shown, _PAGES[purpose], visit)

        return answer

    return [Route(f"/{path}/{{token}}", endpoint(purpose), methods=["GET", "POST"]) for purpose, path in PATHS.items()]


def _shown(page: Callable[[Visit], Response], visit: Visit) -> Response:
    try:
        return page(replace(visit, token=visit.door.present(visit.token)))
    except StoreError as error:
        log.warning("a form could not be shown or kept", problem=str(error))
        return plain_page(*_NOT_NOW, status=503)
