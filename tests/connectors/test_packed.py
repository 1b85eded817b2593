"""A packed answer that is huge once it is unpacked costs its own source, and not the memory of the agent."""

import gzip
import io
import tracemalloc
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.http import transport
from sync_agent.model import Health
from sync_agent.sandbox.core import Clock, Sandbox, Server
from tests.support.theatre import theatre

MEGABYTE = 1_000_000
UNPACKED = 300 * MEGABYTE


def bomb() -> bytes:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        for _ in range(UNPACKED // MEGABYTE):
            file.write(b" " * MEGABYTE)
    return packed.getvalue()


@pytest.mark.parametrize(("source", "spared"), [("jira", "search"), ("github", "checkout")])
def test_a_bomb_from_a_tracker_stops_that_tracker_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, spared: str
) -> None:
    monkeypatch.setattr(transport, "LARGEST", 8 * MEGABYTE)
    packed = bomb()
    assert len(packed) < MEGABYTE

    def answer(_request: Request) -> Response:
        return Response(packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})

    methods = ["GET", "POST"]
    with (
        theatre(tmp_path) as stage,
        Server(Sandbox([Route("/{path:path}", answer, methods=methods)], Clock()).app) as bad,
    ):
        path = stage.directory / "sync-agent.yaml"
        path.write_text(path.read_text().replace(str(stage.settings.sources[source].options.url), bad.url))
        stage.reload()
        tracemalloc.start()
        report = stage.cycle()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert report.proposal
    states = {state.source: state for state in report.proposal.sources}
    assert "larger than 8,000,000 bytes" in str(states[source].error)
    healths = {found.goal: found.health for found in report.proposal.assessments}
    assert [goal for goal, health in healths.items() if health is not Health.UNKNOWN] == [spared]
    assert most < 150 * MEGABYTE
