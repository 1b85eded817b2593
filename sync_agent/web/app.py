"""The ASGI application: status page, forms, /healthz, /readyz, /metrics."""

from collections.abc import Callable
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from sync_agent.web.drawing import style
from sync_agent.web.forms import Forms
from sync_agent.web.forms import routes as answering
from sync_agent.web.page import status_page
from sync_agent.web.unsubscribing import Subscriptions
from sync_agent.web.unsubscribing import routes as unsubscribing
from sync_agent.web.view import Snapshot

# Nothing on the page needs a script, a frame or another host, and no other page shows it in a frame.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def build_app(
    snapshot: Callable[[], Snapshot],
    registry: Callable[[], CollectorRegistry],
    clock: Callable[[], datetime],
    steady: Callable[[], float],
    subscriptions: Subscriptions | None = None,
    forms: Forms | None = None,
) -> Starlette:
    """The pages over the newest `snapshot()` and the metrics in `registry()`; `clock` gives aware UTC, `steady` the
    seconds of `Snapshot.beat`. `subscriptions`: mails can be ended here; `forms`: questions can be answered here.
    """

    def status(_request: Request) -> Response:
        return HTMLResponse(status_page(snapshot(), clock()), headers=_HEADERS)

    def healthz(_request: Request) -> Response:
        state = snapshot()
        alive = state.alive(steady())
        body = {"alive": alive, "last_cycle_began": state.began.isoformat() if state.began else None}
        return JSONResponse(body, status_code=200 if alive else 503)

    def readyz(_request: Request) -> Response:
        state = snapshot()
        body = {"ready": state.ready(), "problem": state.problem, "config_mistakes": list(state.config_mistakes)}
        body["without_secret"] = list(state.missing)
        body["waiting"] = state.waiting.text if state.waiting else None
        return JSONResponse(body, status_code=200 if state.ready() else 503)

    def metrics(_request: Request) -> Response:
        return Response(generate_latest(registry()), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return Starlette(
        routes=[
            Route("/", status),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            style(),
            *(unsubscribing(subscriptions) if subscriptions else ()),
            *(answering(forms) if forms else ()),
        ]
    )
