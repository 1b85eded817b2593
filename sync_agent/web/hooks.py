"""Where trackers call when something changed: `/hooks/SOURCE`."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.hooks import HookHeaders


class HookVerdict(StrEnum):
    """What became of a hook."""

    TAKEN = "taken"
    IGNORED = "ignored"
    KNOWN = "known"
    STALE = "stale"
    FORGED = "forged"
    NO_SECRET = "no secret"  # noqa: S105
    NO_SOURCE = "no source"


HookDoor = Callable[[str, HookHeaders, bytes], HookVerdict]
"""Takes a source's name, the headers and the body."""

_STATUS: Mapping[HookVerdict, int] = {
    HookVerdict.FORGED: 401,
    HookVerdict.NO_SOURCE: 404,
    HookVerdict.NO_SECRET: 503,
}


def routes(door: HookDoor) -> list[Route]:
    """A tracker hears 202 for all that it signed, whatever becomes of it: otherwise it may send it again."""

    async def take(request: Request) -> Response:
        body = await request.body()
        verdict = await run_in_threadpool(door, request.path_params["source"], request.headers, body)
        return JSONResponse({"hook": verdict.value}, _STATUS.get(verdict, 202))

    return [Route("/hooks/{source}", take, methods=["POST"])]
