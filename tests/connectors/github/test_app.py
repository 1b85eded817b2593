"""A GitHub App: one token for all requests under way, a new one in time, and a proof dated by GitHub's clock."""

import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.contract import Runtime
from connectors.errors import Unauthorised
from sync_agent.config import installed_connectors
from sync_agent.sandbox.core import Clock, Exchange, Fault, Server
from sync_agent.sandbox.github import GithubState, github
from sync_agent.sandbox.github.access import App
from tests.support.theatre import MONDAY

KEY = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    .decode()
)


def test_an_app_gets_one_token_an_hour_and_proves_itself_by_githubs_clock() -> None:
    state, clock, skew = GithubState(), Clock(MONDAY), timedelta(hours=-1)
    state.add_user("dana")
    state.add_repository("acme/shop")
    for number in range(3):
        state.create("acme/shop", f"Item {number}", at=MONDAY - timedelta(days=1), by="dana")
    hub = github(state, clock, token="unused-token", me="dana", app=App(7, 11))
    hub.faults.add(Fault(path="access_tokens", status=401, body='{"message": "\'exp\' is in the past"}', times=1))
    with Server(hub.app) as server:
        connector = installed_connectors()["github"]
        app = {"id": 7, "installation": 11, "private_key": {"env": "KEY"}}
        options = connector.options.model_validate(
            {"url": server.url, "auth": {"app": app}, "repositories": ["acme/shop"]}
        )
        context = Runtime({"KEY": KEY, "BAD": "no key"}, lambda: clock.now() + skew, threading.Event())
        source = connector.open("github", options, context)
        found = [item for batch in source.reader.read(None) for item in batch.items]
        assert len(found) == 3
        assert tokens(hub.journal.exchanges) == 2, "the first proof was of the wrong hour"
        clock.advance(timedelta(minutes=45))
        list(source.reader.read(None))
        assert tokens(hub.journal.exchanges) == 2
        clock.advance(timedelta(minutes=10))
        list(source.reader.read(None))
        assert tokens(hub.journal.exchanges) == 3, "a token is not used to its very end"
        assert next(iter(source.probe.check())).text == "logged in as App goal-agent"
        bad = options.model_copy(
            update={"auth": options.auth.model_validate({"app": {**app, "private_key": {"env": "BAD"}}})}
        )
        with pytest.raises(Unauthorised, match="no private key in PEM form"):
            list(connector.open("github", bad, context).reader.read(None))


def tokens(exchanges: list[Exchange]) -> int:
    return sum("access_tokens" in exchange.path for exchange in exchanges)
