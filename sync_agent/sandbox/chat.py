"""A chat's incoming webhook, as Apprise's `json://` addresses it."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sync_agent.sandbox.core import Clock, Sandbox


class ChatRoom:
    """What was posted to one room, oldest first; whoever knows the `secret` in its address may post."""

    def __init__(self, secret: str, clock: Clock) -> None:
        self.posts: list[dict[str, Any]] = []
        self._secret = secret
        self.sandbox = Sandbox([Route("/hooks/{secret}", self._post, methods=["POST"])], clock)

    async def _post(self, request: Request) -> Response:
        if request.path_params["secret"] != self._secret:
            return JSONResponse({"message": "no such hook"}, 404)
        self.posts.append(json.loads(await request.body()))
        return JSONResponse({"ok": True})
