"""Webhooks: what is posted, how it is signed, and what each answer means. Verified by the code of the guide."""

import base64
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.contract import Level, Parcel, Runtime
from connectors.errors import ConnectorError, NotFound, Refused, SecretMissing, Throttled, Unauthorised, Unavailable
from connectors.webhook import WebhookOptions, channel
from connectors.webhook.signature import headers, key_of
from sync_agent.model import Channel, Message, MessageKind, Payload, Reason, ReasonKind
from sync_agent.outbox import deliver, enqueue
from sync_agent.sandbox.certificates import Certificates
from sync_agent.sandbox.core import Clock, Sandbox, Server, Tls
from sync_agent.store import Store
from tests.support.deliveries import channels
from tests.support.webhooks import GUIDE, NOW, guides

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()
NEWS = Message(
    "alert/fast/4d8752f9/chat/ops", MessageKind.ALERT, Channel.chat("ops"),
    Payload("Blocked by “SHOP-77”", "Goals: fast"), Reason(ReasonKind.FIRST), goal="fast",
    thread="goal/fast/blocked/SHOP-77/1",
)  # fmt: skip


@dataclass
class Receiver:
    """Takes posts, and answers what it is told to."""

    answers: list[Response] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def post(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        return self.answers.pop(0) if self.answers else Response(status_code=204)


class Impatient(threading.Event):
    """Never waits."""

    def wait(self, timeout: float | None = None) -> bool:
        return False


@pytest.fixture
def receiver() -> Iterator[tuple[Receiver, str]]:
    told = Receiver()
    sandbox = Sandbox([Route("/goals", told.post, methods=["POST"])], Clock(NOW))
    with Server(sandbox.app) as server:
        yield told, f"{server.url}/goals"


def webhook(url: str, secret: str = SECRET, **options: Any) -> Any:
    said = WebhookOptions.model_validate({"url": url, "secret": {"env": "S"}, **options})
    return channel.open("ops", said, Runtime({"S": secret}, lambda: NOW, Impatient()))


def sent(hook: Any, message: Message = NEWS) -> str:
    found: str = hook.deliver(Parcel(message, NOW - timedelta(hours=1)), lambda _: None).external_id
    return found


def test_a_message_is_posted_as_the_guide_says_and_verified_by_its_code(receiver: tuple[Receiver, str]) -> None:
    told, url = receiver
    identifier = sent(webhook(url))
    ((said, body),) = told.got
    guides()(said, body, SECRET)
    assert said["content-type"] == "application/json"
    assert said["webhook-id"] == identifier
    document = orjson.loads(body)
    assert document == {
        "version": 1, "id": identifier, "kind": "alert", "at": "2026-11-24T08:00:00+00:00", "channel": "ops",
        "goal": "fast", "thread": "goal/fast/blocked/SHOP-77/1", "reason": "first judged", "title": "Goals: fast",
        "text": "Blocked by “SHOP-77”",
    }  # fmt: skip
    for key in document:
        assert f"`{key}`" in GUIDE, key


def test_a_body_that_was_changed_a_wrong_secret_and_an_old_post_are_refused(receiver: tuple[Receiver, str]) -> None:
    told, url = receiver
    sent(webhook(url))
    ((said, body),) = told.got
    wrong = [
        (guides(), {**said}, body.replace(b"SHOP-77", b"SHOP-78"), SECRET),
        (guides(), {**said}, body, SECRET.swapcase().replace("WHSEC", "whsec")),
        (guides(), {**said, "webhook-id": "msg_another"}, body, SECRET),
        (guides(), {**said, "webhook-timestamp": str(int(NOW.timestamp()) + 1)}, body, SECRET),
        (guides(NOW + timedelta(minutes=6)), {**said}, body, SECRET),
        (guides(NOW - timedelta(minutes=6)), {**said}, body, SECRET),
    ]
    for verify, changed, text, secret in wrong:
        with pytest.raises(ValueError, match=r"too old|not signed"):
            verify(changed, text, secret)


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of its specification's libraries."""
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    found = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}', key)
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=300), st.text(min_size=1).filter(lambda text: not text.startswith("whsec_")))
def test_any_body_and_any_secret_verify(body: bytes, secret: str) -> None:
    guides()(dict(headers("msg_1", NOW, body, key_of(secret))), body, secret)


@pytest.mark.parametrize(
    ("answer", "error", "posts"),
    [
        (Response(status_code=400), Refused, 1),
        (Response(status_code=410), NotFound, 1),
        (Response(status_code=401), Unauthorised, 1),
        (Response(status_code=429, headers={"retry-after": "7200"}), Throttled, 1),
        (Response(status_code=302, headers={"location": "https://elsewhere.example.org/?ticket=t"}), Unavailable, 1),
        (Response(status_code=503), Unavailable, 3),
    ],
    ids=["refused", "gone", "another secret", "too fast", "redirected", "busy"],
)
def test_each_answer_means_what_the_guide_says(
    receiver: tuple[Receiver, str], answer: Response, error: type[ConnectorError], posts: int
) -> None:
    told, url = receiver
    told.answers = [answer] * 3
    with pytest.raises(error) as found:
        sent(webhook(url))
    assert found.value.message.startswith("webhook ops: ")
    assert "ticket" not in str(found.value)
    assert len(told.got) == posts
    assert len({said["webhook-id"] for said, _ in told.got}) == 1
    if error is Unauthorised:
        assert "another secret than the one in the environment variable S" in str(found.value)


def test_an_answer_of_any_length_is_read_to_its_beginning_only(receiver: tuple[Receiver, str]) -> None:
    told, url = receiver
    told.answers = [Response(b"no " * 3_000_000, 400, media_type="text/plain")]
    with pytest.raises(Refused) as found:
        sent(webhook(url))
    assert len(str(found.value)) < 1500


def test_a_message_that_got_no_answer_comes_again_under_the_same_id_for_days(receiver: tuple[Receiver, str]) -> None:
    told, url = receiver
    told.answers = [Response(status_code=503)] * 9
    with Store.temporary() as store:
        with store.begin() as connection:
            enqueue(connection, [NEWS], NOW)
        for hour in (0, 1, 4, 9):
            at = NOW + timedelta(hours=hour)
            deliver(store, channels({}, None, {"ops": webhook(url)}), lambda at=at: at, threading.Event())
    ids, bodies = {said["webhook-id"] for said, _ in told.got}, {body for _, body in told.got}
    assert (len(told.got), len(ids), len(bodies)) == (10, 1, 1)


def test_it_goes_over_tls_that_a_certificate_of_ours_vouches_for(tmp_path: Path) -> None:
    told, made = Receiver(), Certificates.make(tmp_path)
    sandbox = Sandbox([Route("/goals", told.post, methods=["POST"])], Clock(NOW))
    with Server(sandbox.app, tls=Tls(made.server)) as server:
        with pytest.raises(Unavailable, match="ca_bundle"):
            sent(webhook(f"{server.url}/goals"))
        sent(webhook(f"{server.url}/goals", ca_bundle=str(made.authority)))
    assert len(told.got) == 1


@pytest.mark.parametrize(
    ("secret", "level", "words"),
    [
        (SECRET, Level.OK, "nothing was posted"),
        ("short", Level.WARNING, "has 5 bytes"),
        ("whsec_***", Level.ERROR, "should be base64"),
        ("", Level.ERROR, "put the secret there"),
    ],
)
def test_a_check_looks_at_the_secret_and_posts_nothing(
    receiver: tuple[Receiver, str], secret: str, level: Level, words: str
) -> None:
    told, url = receiver
    (finding,) = webhook(url, secret).check()
    assert finding.level is level
    assert words in finding.text
    assert "***" not in finding.text
    assert not told.got


def test_without_its_secret_nothing_is_posted(receiver: tuple[Receiver, str]) -> None:
    told, url = receiver
    with pytest.raises(SecretMissing):
        sent(webhook(url, ""))
    assert not told.got


def test_its_id_fits_into_a_header_whatever_the_key_is_made_of(receiver: tuple[Receiver, str]) -> None:
    told, url = receiver
    sent(webhook(url), replace(NEWS, key="alert/ünï\r\nx: y/“”"))
    assert re.fullmatch(r"msg_[0-9a-f]{32}", told.got[0][0]["webhook-id"])
