"""The addresses of the pages."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sync_agent.clocks import Steady
from sync_agent.model import GoalDay
from sync_agent.store.memory.days import stood_otherwise
from sync_agent.store.memory.state import load_alerts
from sync_agent.web.access import COOKIE, SESSION, PageName
from sync_agent.web.data.routes import routes as data
from sync_agent.web.drawing import plain_page
from sync_agent.web.forms.limits import RateLimit
from sync_agent.web.pages.acting import Acting
from sync_agent.web.pages.alignment import map_page
from sync_agent.web.pages.goal import goal_page
from sync_agent.web.pages.me import me_page
from sync_agent.web.pages.operations import ops_page
from sync_agent.web.pages.overview import GoalQuery, chosen, overview, page_of
from sync_agent.web.pages.record import record_page
from sync_agent.web.present import Present
from sync_agent.web.site import Look, WebSite, looking

_ENTRIES = 60
"""Links per minute that may be followed from one address."""


def routes(site: WebSite, steady: Steady) -> list[Route]:
    """All pages, the data behind them, and the links that let people in."""
    acting = Acting(site, RateLimit(_ENTRIES, steady))
    return [
        Route("/", looking(site, PageName.OVERVIEW, _overview)),
        *data(site),
        Route("/goals/{goal}", looking(site, PageName.GOAL, goal_page, "../")),
        Route("/me", looking(site, PageName.ME, me_page)),
        Route("/map", looking(site, PageName.MAP, map_page)),
        Route("/record", looking(site, PageName.RECORD, record_page)),
        Route("/ops", looking(site, PageName.OPS, ops_page)),
        Route("/ops/outbox", acting.outbox, methods=["POST"]),
        Route("/ops/silence", acting.silence, methods=["POST"]),
        Route("/enter/{token}", _entering(site, RateLimit(_ENTRIES, steady))),
    ]


def _overview(look: Look) -> Response:
    present = look.present()
    if present is None:
        return look.answer("overview.html", "Goals", present=None, ready=False)
    query = GoalQuery.of(look.request.query_params, present.day if present.past else None)
    found = chosen(present, query)
    shown = page_of(found, query)
    since: dict[str, GoalDay] = {}
    alerts: Any = ()
    if store := look.site.store:
        verdicts = {each.goal.id: each.verdict for each in shown}
        with store.read() as connection:
            since.update(stood_otherwise(connection, verdicts, present.day))
            if look.reader.person:
                alerts = look.site.kept.of(present.snapshot, "alerts", lambda: tuple(load_alerts(connection).values()))
    title = _title(present)
    return look.answer(
        "overview.html",
        title,
        present=present,
        ready=True,
        **overview(present, query, found, since, look.reader.person, alerts),
    )


def _title(present: Present) -> str:
    bad = sum(not each.verdict.good for each in present.goals)
    return f"{bad} of {len(present.goals)} goals need attention" if bad else "All goals go well"


def _entering(site: WebSite, limit: RateLimit) -> Any:
    def enter(request: Request) -> Response:
        today: date = site.clock().date()
        if not limit.allows(request.client.host if request.client else ""):
            return plain_page("Too many at once", "Wait a minute and follow the link again.", 429)
        person = site.access.invited(request.path_params["token"])
        kept = site.access.session(person, today) if person else None
        organisation = site.snapshot().organisation
        if person is None or kept is None or organisation is None or person not in organisation.people:
            return plain_page("This link is not valid", "Use the one in your newest mail.", 404)
        links = site.access.links()
        answer = RedirectResponse(_inside(request.query_params.get("to", "")), 303)
        answer.headers["Cache-Control"] = "no-store"
        answer.set_cookie(
            COOKIE,
            kept,
            max_age=int(SESSION.total_seconds()),
            httponly=True,
            secure=links is not None and links.url.startswith("https:"),
            samesite="lax",
        )
        return answer

    return enter


def _inside(to: str) -> str:
    """Where a link leads after sign-in: only to our own pages."""
    page, _, goal = to.partition("/")
    if page == PageName.GOAL.value and goal and all(c.isalnum() or c in "-_." for c in goal):
        return f"../goals/{goal}"
    return f"../{page}" if page in {each.value for each in PageName} and not goal else "../"
