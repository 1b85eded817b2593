"""Trackers call `/hooks/SOURCE`: who cannot sign is refused, and a burst wakes one cycle."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.hooks import HookCall, HookScheme
from sync_agent.config import installed_connectors
from sync_agent.run.process.daemon import Daemon
from sync_agent.run.process.hooks import PAUSE_SECONDS, WINDOW, HookBell, KnownHooks
from sync_agent.web import WebServer
from sync_agent.web.limits import MOST_BYTES
from tests.support.theatre import Theatre, theatre

SECRET = "a secret of the hooks"


@dataclass
class Line:
    """A tracker's line to an agent that serves its pages; no cycle runs by itself."""

    stage: Theatre
    address: str = ""
    seconds: float = 0.0
    running: Daemon = field(init=False)

    def __post_init__(self) -> None:
        self.running = Daemon(
            self.stage.directory,
            self.stage.settings,
            self.stage.store,
            installed_connectors(),
            self.stage.environ,
            self.stage.clock.now,
            lambda: self.seconds,
        )

    def call(self, source: str, body: bytes, headers: dict[str, str], secret: str = SECRET) -> tuple[int, str]:
        name = {"jira": "X-Hub-Signature"}.get(source, "X-Hub-Signature-256")
        signature = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
        url = f"{self.address}/hooks/{source}"
        answer = requests.post(url, body, headers={name: signature, **headers}, timeout=10)
        return answer.status_code, answer.text

    def github(self, n: int, event: str = "issues", **more: str) -> tuple[int, str]:
        body = json.dumps({"action": "edited", "n": n}).encode()
        return self.call("github", body, {"X-GitHub-Delivery": f"id-{n}", "X-GitHub-Event": event}, **more)

    def jira(self, n: int, at: datetime, event: str = "jira:issue_updated") -> tuple[int, str]:
        said: dict[str, Any] = {"webhookEvent": event, "timestamp": int(at.timestamp() * 1000), "n": n}
        return self.call("jira", json.dumps(said).encode(), {"X-Atlassian-Webhook-Identifier": f"id-{n}"})

    @property
    def due(self) -> bool:
        return self.running._bell.due(self.seconds)


@contextmanager
def called(folder: Path) -> Iterator[Line]:
    with theatre(folder) as stage:
        path = stage.directory / "sync-agent.yaml"
        path.write_text(path.read_text().replace("    give_up", "    hook_secret: {env: HOOKS}\n    give_up"))
        stage.environ["HOOKS"] = SECRET
        stage.reload()
        line = Line(stage)
        with WebServer(line.running._pages(), "127.0.0.1", 0) as server:
            line.address = f"http://127.0.0.1:{server.port}"
            yield line


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with called(tmp_path) as made:
        yield made


def counted(line: Line, source: str, outcome: str) -> float | None:
    labels = {"source": source, "outcome": outcome}
    return line.running._metrics.registry.get_sample_value("sync_agent_hooks_total", labels)


def test_what_a_tracker_signed_is_taken_once(line: Line) -> None:
    now = line.stage.clock.now()
    assert line.github(1) == (202, '{"hook":"taken"}')
    assert line.github(1) == (202, '{"hook":"known"}')
    assert line.github(1, event="ping") == (202, '{"hook":"known"}'), "headers are under no signature"
    assert line.jira(1, now) == (202, '{"hook":"taken"}')
    assert line.jira(1, now) == (202, '{"hook":"known"}')
    assert line.jira(2, now - WINDOW - timedelta(seconds=1)) == (202, '{"hook":"stale"}')
    assert line.due
    assert (counted(line, "github", "known"), counted(line, "jira", "stale")) == (2, 1)


def test_what_is_known_under_another_id_is_known_all_the_same(line: Line) -> None:
    body, event = b"{}", {"X-GitHub-Event": "issues"}
    assert line.call("github", body, {**event, "X-GitHub-Delivery": "a"})[1] == '{"hook":"taken"}'
    assert line.call("github", body, {**event, "X-GitHub-Delivery": "b"})[1] == '{"hook":"known"}'


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=00", "sha256=" + "0" * 64, "sha256=\xe9"])
def test_what_is_forged_wakes_nobody(line: Line, signature: str) -> None:
    names = {"X-Hub-Signature-256": signature, "X-GitHub-Event": "issues"}
    assert line.call("github", b"{}", names)[0] == 401
    assert line.github(1, secret="a guess")[0] == 401
    assert not line.due
    assert counted(line, "github", "forged") == 2


def test_what_says_nothing_of_interest_wakes_nobody(line: Line) -> None:
    assert line.github(1, event="star") == (202, '{"hook":"ignored"}')
    assert line.jira(1, line.stage.clock.now(), event="user_created") == (202, '{"hook":"ignored"}')
    for odd in (b"", b"[]", b"\xff", b'{"webhookEvent": 1, "timestamp": 1e400}', b"[" * 100_000):
        assert line.call("jira", odd, {})[1] == '{"hook":"ignored"}'
    far = b'{"webhookEvent": "jira:issue_updated", "timestamp": 99999999999999999999}'
    assert line.call("jira", far, {})[1] == '{"hook":"ignored"}'
    assert not line.due


def test_what_is_too_long_or_for_nobody_is_refused(line: Line) -> None:
    assert line.call("github", b"x" * (MOST_BYTES + 1), {})[0] == 413
    assert line.call("nobody", b"{}", {})[0] == 404
    assert requests.get(f"{line.address}/hooks/github", timeout=10).status_code == 405
    assert not line.due


def test_a_source_without_a_secret_takes_none(line: Line) -> None:
    del line.stage.environ["HOOKS"]
    assert line.github(1) == (503, '{"hook":"no secret"}')
    line.running.cycle()
    missing = {each.needed.setting for each in line.running._find_out().missing}
    assert missing == {"sources.jira.hook_secret", "sources.github.hook_secret"}
    assert not any(state.error for state in line.running.snapshot.sources), "they are pulled all the same"
    path = line.stage.directory / "sync-agent.yaml"
    path.write_text(path.read_text().replace("    hook_secret: {env: HOOKS}\n", ""))
    line.running.wake()
    line.running.cycle()
    assert line.github(1)[0] == 404


def test_a_burst_wakes_one_cycle_and_the_comment_comes_with_it(line: Line) -> None:
    line.running.cycle()
    before = line.stage.comments("SHOP-1")
    line.seconds += PAUSE_SECONDS - 1
    line.stage.clock.advance(timedelta(minutes=1))
    line.stage.jira_state.edit("SHOP-8", at=line.stage.clock.now(), by="dana", status="Done")
    assert {line.jira(n, line.stage.clock.now())[1] for n in range(20)} == {'{"hook":"taken"}'}
    assert not line.due, "one cycle has just been"
    line.seconds += 1
    line.running._look()
    assert line.running._scheduler.get_job("soon"), "it is asked for as by `run --now`"
    line.running.cycle()
    assert line.stage.comments("SHOP-1") != before
    assert len(line.running.snapshot.cycles) == 2
    line.seconds += PAUSE_SECONDS
    assert not line.due


def test_a_ring_during_a_cycle_wakes_another_and_long_cycles_have_long_pauses() -> None:
    bell = HookBell()
    bell.heard()
    bell.ring()
    bell.rest(100, 400)
    assert not bell.due(699)
    assert bell.due(700)
    bell.heard()
    assert not bell.due(700)


def test_a_tracker_may_sign_in_its_own_way(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    own = HookScheme(
        lambda secret, headers, _body: headers.get("X-Token") == secret,
        lambda headers, _body: HookCall(headers["X-Call"], changes=True),
    )
    connector = line.running._connectors["github"]
    monkeypatch.setattr(connector, "profile", replace(connector.profile, hooks=own))
    assert line.github(1)[0] == 401
    assert line.call("github", b"", {"X-Token": SECRET, "X-Call": "1"}) == (202, '{"hook":"taken"}')


def test_what_came_before_the_window_is_forgotten() -> None:
    now = 0.0
    known = KnownHooks(lambda: now)
    assert [known.met("jira", HookCall("a", changes=True), b"1") for _ in range(2)] == [False, True]
    assert not known.met("github", HookCall("a", changes=True), b"1")
    now = WINDOW.total_seconds() + 1
    assert not known.met("jira", HookCall("a", changes=True), b"1")
