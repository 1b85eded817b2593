"""A secret planted wherever a server can send it back is found nowhere: not in the store, comments, mails, pages, logs,
metrics, on the terminal or in the record.
"""

import base64
import contextlib
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync_agent.cli import main
from sync_agent.clocks import steady_now
from sync_agent.run.process.daemon import Daemon
from sync_agent.sandbox.core import Fault, Server
from sync_agent.sandbox.github import github
from sync_agent.sandbox.github.access import App
from sync_agent.store import Store
from sync_agent.web.app import build_app
from sync_agent.web.server import WebServer
from tests.support.pages import Site
from tests.support.theatre import CONNECTORS, TOKENS, Theatre, theatre

KEY = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    .decode()
)
NAMES = ("JIRA_TOKEN", "GITHUB_TOKEN", "KPI_TOKEN", "SMTP_PASSWORD", "IMAP_PASSWORD", "HOOK_SECRET")
PLANTED = {name: f"planted-{hashlib.sha256(name.encode()).hexdigest()[:24]}" for name in NAMES}
PLANTED["JIRA_TOKEN"] = TOKENS["JIRA_TOKEN"]
PLANTED["CHAT_URL"] = ""  # Its address is known once the room is open.
CHAT_WORD = "planted-room-8f14e45fceea167a"
KPI = """
      - id: latency
        title: Latency
        kpi: {{http: {echo}/kpi.json, json: value, token: {{env: KPI_TOKEN}}}}
        baseline: 900
        target: 300
"""
CHANNELS = """
  apprise: {{room: {{url: {{env: CHAT_URL}}}}}}
  webhook: {{hook: {{url: "{echo}/hook", secret: {{env: HOOK_SECRET}}}}}}
"""


class Parrot:
    """A mail server that repeats the login it was given, as none should: it speaks enough SMTP and IMAP for that."""

    def __init__(self, imap: bool) -> None:
        self._imap, self._socket = imap, socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> "Parrot":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        with client, client.makefile("rwb") as file, contextlib.suppress(OSError):
            file.write(b"* OK parrot\r\n" if self._imap else b"220 parrot\r\n")
            file.flush()
            for line in file:
                file.write(self._answer(line.decode(errors="replace").strip()).encode())
                file.flush()

    def _answer(self, line: str) -> str:
        if self._imap:
            tag = line.partition(" ")[0]
            if "CAPABILITY" in line.upper():
                return f"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n"
            return f"{tag} NO {line} {_decoded(line)}\r\n"
        if line.upper().startswith("EHLO"):
            return "250-parrot\r\n250 AUTH PLAIN LOGIN\r\n"
        return f"535 {line} {_decoded(line)}\r\n"


def _decoded(line: str) -> str:
    with contextlib.suppress(ValueError):
        return base64.b64decode(line.rsplit(maxsplit=1)[-1]).decode(errors="replace").replace("\0", " ")
    return ""


def echo_app() -> Starlette:
    """Sends back everything that it was sent."""

    async def echo(request: Request) -> Response:
        said = " ".join([str(request.url), *(f"{name}: {value}" for name, value in request.headers.items())])
        return Response(json.dumps({"message": said, "value": said}), 500 if request.method == "POST" else 401)

    return Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])


@pytest.fixture(params=["cloud", "server"])
def stage(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Theatre, dict[str, str]]]:
    monkeypatch.setattr("connectors.webhook.webhook._GIVE_UP_AFTER", 0.5)
    with (
        theatre(tmp_path, kind=request.param, live=True) as made,
        Server(echo_app()) as echo,
        Parrot(imap=False) as smtp,
        Parrot(imap=True) as imap,
    ):
        hub = github(made.github_state, made.clock, token="unused", me="bot", app=App(7, 11))
        with Server(hub.app) as app:
            environ = {**PLANTED, "APP_KEY": KEY, "CHAT_URL": f"json://{echo.url.partition('://')[2]}/{CHAT_WORD}"}
            config = made.directory / "sync-agent.yaml"
            text = config.read_text()
            before, _, after = text.partition("  github:\n")
            after = after.replace("auth: {token: {env: GITHUB_TOKEN}}", _APP, 1)
            old = after[after.index("    url: ") : after.index("\n", after.index("    url: "))]
            text = f"{before}  github:\n{after.replace(old, f'    url: {app.url}', 1)}"
            mail = text[text.index("  email: {") : text.index("\nweb:")]
            login = (
                f"  email: {{host: 127.0.0.1, port: {smtp.port}, security: none, from: Goals <goals@example.org>, "
                "username: goals, password: {env: SMTP_PASSWORD}, timeout: 2, inbox: {imap: {host: 127.0.0.1, "
                f"port: {imap.port}, security: none, username: goals, password: {{env: IMAP_PASSWORD}}}}, "
                "secret: {env: HOOK_SECRET}}}"
            )
            text = text.replace(mail, login + CHANNELS.format(echo=echo.url).rstrip())
            text = text.replace("role: it-ops, email: ops@example.org", "role: it-ops, chat: room")
            watch = "people:\n  watch: {name: The watch, role: it-ops, chat: hook}\n"
            text = text.replace("people:\n", watch)
            config.write_text(f"{text}kpis: {{hosts: [127.0.0.1]}}\n")
            goals = made.directory / "goals" / "goals.yaml"
            flow = "delivers: {source: jira, epic: SHOP-1}\n"
            goals.write_text(goals.read_text().replace(flow, flow + KPI.format(echo=echo.url).lstrip("\n")))
            hub.faults.add(Fault(path="graphql", status=500, body=_echoed_tokens(), after=3))
            made.jira.faults.add(Fault(status=500, body=_said(PLANTED["JIRA_TOKEN"]), after=12))
            yield made, environ


_APP = "auth: {app: {id: 7, installation: 11, private_key: {env: APP_KEY}}}"


def _said(secret: str) -> str:
    pair = base64.b64encode(f"bot@example.org:{secret}".encode()).decode()
    return json.dumps({"message": f"Bearer {secret} Basic {pair} {quote(secret)}", "errorMessages": [secret]})


def _echoed_tokens() -> str:
    return json.dumps({"message": "Authorization: token ghs_0123456789abcdefghijABCDEFGHIJ012345"})


def test_no_planted_secret_is_found_anywhere(stage: tuple[Theatre, dict[str, str]]) -> None:
    made, environ = stage
    made.store.close()
    said = ""
    for command in (["run"], ["run"], ["status"], ["outbox"], ["explain", "jira"], ["validate", "--online"]):
        for style in ("text", "json"):
            options = ["--config", str(made.directory), "--log-format", style, *command]
            if style == "json" and command[0] != "run":
                continue
            result = CliRunner().invoke(main, options, env=environ)
            said += result.output
            assert "mistake" not in result.output, result.output
            assert not isinstance(result.exception, Exception), (command, result.output[-2000:])
    exported = made.directory.parent / "record"
    said += CliRunner().invoke(main, ["--config", str(made.directory), "record", "export", str(exported)]).output
    said += _served(made, environ)
    files = [path for path in made.directory.parent.rglob("*") if path.is_file() and made.directory not in path.parents]
    kept = " ".join(path.read_bytes().decode("utf-8", "replace") for path in files)
    everything = said + kept + repr(made.jira_state.comments) + repr(made.github_state.__dict__)
    assert "[secret]" in everything, "something was blanked out"
    for met in ("KPI at http", "chat room", "webhook hook", "mailbox goals", "mail server", "github: ", "jira: "):
        assert met in everything, f"nothing went wrong there: {met}"
    words = {CHAT_WORD, "ghs_0123456789abcdefghijABCDEFGHIJ012345", *filter(None, PLANTED.values())}
    for word in words:
        pair = base64.b64encode(f"goals:{word}".encode()).decode().rstrip("=")
        plain = base64.b64encode(f"\0goals\0{word}".encode()).decode().rstrip("=")
        for spelling in (word, pair, plain, base64.b64encode(word.encode()).decode().rstrip("=")):
            at = everything.find(spelling)
            assert at < 0, everything[max(0, at - 300) : at + 100]


def _served(made: Theatre, environ: dict[str, str]) -> str:
    """The pages and the metrics of a running agent."""
    store = Store.open(made.settings.store)
    running = Daemon(made.directory, made.settings, store, CONNECTORS, environ, made.clock.now, steady_now)
    running.cycle()
    app = build_app(lambda: running.snapshot, None, made.clock.now, steady_now, store=store)
    paths = (
        "/",
        "/ops",
        "/readyz",
        "/api/v1/goals",
        *(f"/goals/{goal.id}" for goal in made.settings.organisation.goals),
    )
    with WebServer(app, "127.0.0.1", 0) as server:
        pages = [Site(server.port).get(path).text for path in paths]
    shown = "".join(pages) + generate_latest(running._counted()).decode()
    store.close()
    return shown
