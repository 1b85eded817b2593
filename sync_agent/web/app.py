"""The ASGI application: pages, forms, data for programs, /healthz, /readyz and /metrics."""

from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sync_agent.clocks import Clock, Steady
from sync_agent.render.waiting import say_waiting
from sync_agent.store import Store
from sync_agent.web.access import PageAccess
from sync_agent.web.drawing import styles
from sync_agent.web.forms import Forms
from sync_agent.web.forms import routes as answering
from sync_agent.web.hooks import HookDoor
from sync_agent.web.hooks import routes as hooked
from sync_agent.web.routes import routes as pages
from sync_agent.web.site import WebSite
from sync_agent.web.unsubscribing import Subscriptions
from sync_agent.web.unsubscribing import routes as unsubscribing
from sync_agent.web.view import Snapshot

_SMALLEST_GZIP = 1_000


def build_app(
    snapshot: Callable[[], Snapshot],
    registry: Callable[[], CollectorRegistry] | None,
    clock: Clock,
    steady: Steady,
    subscriptions: Subscriptions | None = None,
    forms: Forms | None = None,
    store: Store | None = None,
    access: PageAccess | None = None,
    *,
    hooks: HookDoor | None = None,
) -> Starlette:
    """The pages about the newest `snapshot()`, and about what the `store` knows of the past.

    `access` decides who sees what. `clock` gives aware UTC, `steady` the seconds of `Snapshot.beat`. `registry()` gives
    the metrics; None if they are served at another port. With `subscriptions`, people can unsubscribe; with `forms`,
    they can answer questions; with `hooks`, trackers can call.
    """
    site = WebSite(snapshot, clock, store, access or PageAccess())
    return Starlette(
        routes=[
            *pages(site, steady),
            *machines(snapshot, registry, steady),
            *styles(),
            Route("/robots.txt", _robots),
            *(unsubscribing(subscriptions) if subscriptions else ()),
            *(answering(forms) if forms else ()),
            *(hooked(hooks) if hooks else ()),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=_SMALLEST_GZIP)],
    )


def build_metrics_app(
    snapshot: Callable[[], Snapshot], registry: Callable[[], CollectorRegistry], steady: Steady
) -> Starlette:
    """The endpoints for machines, at a port of their own."""
    return Starlette(routes=machines(snapshot, registry, steady))


def machines(
    snapshot: Callable[[], Snapshot], registry: Callable[[], CollectorRegistry] | None, steady: Steady
) -> list[Route]:
    """/healthz, and with a `registry` also /readyz and /metrics. They never wait for readers of pages."""

    async def healthz(_request: Request) -> Response:
        state = snapshot()
        alive = state.alive(steady())
        body = {"alive": alive, "last_cycle_began": state.began.isoformat() if state.began else None}
        return JSONResponse(body, status_code=200 if alive else 503)

    async def readyz(_request: Request) -> Response:
        state = snapshot()
        body = {"ready": state.ready(), "problem": state.problem, "config_mistakes": list(state.config_mistakes)}
        body["failing_since"] = state.failing_since.isoformat() if state.stopped and state.failing_since else None
        body["without_secret"] = list(state.missing)
        body["waiting"] = say_waiting(state.waiting) if state.waiting else None
        return JSONResponse(body, status_code=200 if state.ready() else 503)

    async def metrics(_request: Request) -> Response:
        assert registry is not None
        return Response(generate_latest(registry()), headers={"Content-Type": CONTENT_TYPE_LATEST})

    more = [Route("/readyz", readyz), Route("/metrics", metrics)] if registry else []
    return [Route("/healthz", healthz), *more]


async def _robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")
