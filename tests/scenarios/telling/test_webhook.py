"""A program of ours hears by webhook what a chat would be told; where it is gone, its readers hear by mail."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync_agent.sandbox.core import Sandbox, Server
from tests.support.theatre import Theatre, theatre
from tests.support.webhooks import guides

SECRET = "a secret that nobody guesses, of more than 24 bytes"
HOUR = timedelta(hours=1)


@dataclass
class Receiver:
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def post(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        return Response(status_code=self.status)


@contextmanager
def hooked(folder: Path, receiver: Receiver) -> Iterator[Theatre]:
    """Dana's goal is blocked, and her route names a webhook alone."""
    with theatre(folder) as stage:
        sandbox = Sandbox([Route("/", receiver.post, methods=["POST"])], stage.clock)
        with Server(sandbox.app) as server:
            main = stage.directory / "sync-agent.yaml"
            hook = f"channels:\n  webhook: {{ops: {{url: {server.url}/, secret: {{env: HOOK}}}}}}\n"
            route = "routes: [{match: {part: owner}, channels: ops, timing: immediate}]\n"
            main.write_text(main.read_text().replace("channels:\n", hook) + route)
            stage.environ["HOOK"] = SECRET
            stage.reload()
            week_ago = stage.clock.now() - timedelta(days=9)
            stage.jira_state.edit("SHOP-8", at=week_ago, by="noor", status="Blocked", assignee="noor")
            yield stage


def told(stage: Theatre, address: str, words: str) -> int:
    return sum(words in mail.get_body(("plain",)).get_content() for mail in stage.mails_to(address))


def test_an_owner_whose_route_names_a_webhook_is_told_there_once(tmp_path: Path) -> None:
    receiver = Receiver()
    with hooked(tmp_path, receiver) as stage:
        for _ in range(4):
            stage.cycle(HOUR)
        ((said, body),) = [(said, body) for said, body in receiver.got if b"SHOP-8" in body]
        guides(datetime.fromtimestamp(int(said["webhook-timestamp"]), UTC))(said, body, SECRET)
        document = json.loads(body)
        assert (document["kind"], document["goal"], document["channel"]) == ("alert", "checkout", "ops")
        assert told(stage, "dana@example.org", "SHOP-8") == 0


def test_a_webhook_that_is_gone_is_told_to_it_ops_and_its_readers_get_a_mail(tmp_path: Path) -> None:
    receiver = Receiver(410)
    with hooked(tmp_path, receiver) as stage:
        for _ in range(3):
            stage.cycle(HOUR)
        assert told(stage, "dana@example.org", "SHOP-8") == 1
        assert told(stage, "ops@example.org", "webhook ops: 410") == 1
