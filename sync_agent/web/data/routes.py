"""The addresses of the data, and who gets what."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync_agent.ask.states import state
from sync_agent.model import GoalDay
from sync_agent.model.asking import Ask, State
from sync_agent.store.memory.answers import load_answers, load_asks, load_withdrawn
from sync_agent.store.memory.days import load_days, load_turns
from sync_agent.web.access import PageName
from sync_agent.web.data.api import document, table, whole
from sync_agent.web.data.feeds import atom, badge, calendar, turns
from sync_agent.web.data.openapi import DESCRIPTION
from sync_agent.web.drawing import HEADERS
from sync_agent.web.pages.overview import GoalQuery, chosen
from sync_agent.web.present import Present, ShownGoal
from sync_agent.web.site import Look, WebSite, looking, tagged

_HEADERS = {**HEADERS, "Cache-Control": "private, no-cache", "Vary": "Cookie"}
_FEED = 50


def routes(site: WebSite) -> list[Route]:
    """Everything that is not a page. Routes below a goal come before the goal's page, whose shorter pattern would match
    them.
    """
    overview, goal = PageName.OVERVIEW, PageName.GOAL

    def route(path: str, page: PageName, show: Callable[[Look, Present], Response]) -> Route:
        def ready(look: Look) -> Response:
            present = look.present()
            return tagged(look.request, show(look, present)) if present else _missing("the first cycle is running", 503)

        return Route(path, looking(site, page, ready))

    return [
        route("/api/v1/goals", overview, _goals),
        route("/api/v1/goals/{goal}", goal, _goal),
        route("/goals.csv", overview, _csv),
        route("/feed.atom", overview, _feed),
        route("/goals/{goal}.atom", goal, _goal_feed),
        route("/goals/{goal}.svg", goal, _badge),
        route("/calendar.ics", overview, _calendar),
        Route("/openapi.json", _openapi),
    ]


async def _openapi(_request: Request) -> Response:
    return JSONResponse(DESCRIPTION, headers=HEADERS)


def _missing(text: str, status: int = 404) -> Response:
    return JSONResponse({"error": text}, status, _HEADERS)


def _asked(look: Look, present: Present) -> Sequence[ShownGoal]:
    return chosen(present, GoalQuery.of(look.request.query_params))


def _one(look: Look, present: Present) -> ShownGoal | None:
    return present.by_id.get(look.request.path_params["goal"])


def _goals(look: Look, present: Present) -> Response:
    return JSONResponse(document(present, _asked(look, present)), headers=_HEADERS)


def _goal(look: Look, present: Present) -> Response:
    each = _one(look, present)
    if each is None:
        return _missing("there is no such goal")
    return JSONResponse(whole(each, promise_only=look.reader.reads_promise), headers=_HEADERS)


def _csv(look: Look, present: Present) -> Response:
    headers = {**_HEADERS, "Content-Disposition": 'attachment; filename="goals.csv"'}
    return Response(table(_asked(look, present)), headers=headers, media_type="text/csv; charset=utf-8")


def _feed(look: Look, present: Present) -> Response:
    found: list[tuple[ShownGoal, GoalDay]] = []
    wanted = {each.goal.id: each for each in _asked(look, present)}
    if store := look.site.store:
        with store.read() as connection:
            known = load_turns(connection, present.since, present.day)
        found = [(wanted[day.goal], day) for day in known if day.goal in wanted][:_FEED]
    return _atom(look, present, f"{present.organisation.name}: what changed", "all", found)


def _goal_feed(look: Look, present: Present) -> Response:
    each = _one(look, present)
    if each is None:
        return _missing("there is no such goal")
    found: list[tuple[ShownGoal, GoalDay]] = []
    if store := look.site.store:
        with store.read() as connection:
            days = load_days(connection, each.goal.id, each.goal.period.start, present.day)
        found = [(each, day) for day in reversed(turns(days))][:_FEED]
    return _atom(look, present, each.goal.objective, each.goal.id, found)


def _atom(look: Look, present: Present, title: str, name: str, found: Any) -> Response:
    updated = present.snapshot.ended or look.now
    body = atom(title, name, found, updated, _base(look))
    return Response(body, headers=_HEADERS, media_type="application/atom+xml")


def _badge(look: Look, present: Present) -> Response:
    each = _one(look, present)
    if each is None:
        return _missing("there is no such goal")
    return Response(badge(each), headers=_HEADERS, media_type="image/svg+xml")


def _calendar(look: Look, present: Present) -> Response:
    """The reader's own goals and questions; all due dates for nobody in particular."""
    person, found = look.reader.person, _asked(look, present)
    if person:
        found = [each for each in found if person.id in (each.goal.owner, *each.goal.stakeholders)]
    body = calendar(present.organisation.name, found, _open_asks(look), present.snapshot.ended or look.now, _base(look))
    return Response(body, headers=_HEADERS, media_type="text/calendar; charset=utf-8")


def _open_asks(look: Look) -> list[Ask]:
    person, store = look.reader.person, look.site.store
    if person is None or store is None:
        return []
    with store.read() as connection:
        asks = load_asks(connection, closing_after=look.now, person=person.id)
        answers = load_answers(connection, person=person.id)
        gone = load_withdrawn(connection, ids=asks)
    return [ask for ask in asks.values() if state(ask, answers, look.now, gone.get(ask.id)) is State.OPEN]


def _base(look: Look) -> str:
    links = look.site.access.links()
    return links.url if links else ""
