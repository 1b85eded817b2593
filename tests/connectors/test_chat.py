"""Chats through the real Apprise: what goes out, what each answer means, and that its secret is never shown."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
import responses
from hypothesis import given, settings

from connectors.chat import AppriseChat, AppriseOptions
from connectors.contract import Level, Markup, Runtime
from connectors.errors import ConnectorError, Doubtful, Refused, Throttled, Unavailable
from sync_agent.render import render
from sync_agent.sandbox.chat import ChatRoom
from sync_agent.sandbox.core import Clock, Fault, Server
from tests.support.hostile import HOSTILE, spoilt
from tests.support.messages.notices import NOTICES, NOW

SECRET = "hook-secret-0123456789"
SLACK = "slack://TAAAAAAAA/BBBBBBBBB/123456789012345678901234/%23goals"
DISCORD = "discord://1234567890/abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def open_room() -> Iterator[tuple[ChatRoom, str]]:
    made = ChatRoom(SECRET, Clock(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)))
    with Server(made.sandbox.app) as server:
        yield made, server.url.replace("http://", "json://")


@pytest.fixture
def room(open_room: tuple[ChatRoom, str]) -> tuple[ChatRoom, AppriseChat]:
    made, address = open_room
    made.posts.clear()
    made.sandbox.faults.clear()
    return made, chat(f"{address}/hooks/{SECRET}?rto=0.5&cto=1")


def chat(address: str) -> AppriseChat:
    options = AppriseOptions.model_validate({"url": {"env": "CHAT_URL"}})
    return AppriseChat("team", options, Runtime({"CHAT_URL": address}, lambda: NOW))


def test_a_message_is_posted_once_with_its_title(room: tuple[ChatRoom, AppriseChat]) -> None:
    room[1].post("Checkout: blocked", "by SHOP-77\n")
    (post,) = room[0].posts
    assert (post["title"], post["message"].strip()) == ("Checkout: blocked", "by SHOP-77")


@pytest.mark.parametrize(
    ("fault", "error", "posts"),
    [
        (Fault(status=500, lost=True), Doubtful, 1),
        (Fault(reset=True), Doubtful, 1),
        (Fault(latency=0.8), Doubtful, 1),
        (Fault(status=503), Doubtful, 0),
        (Fault(status=429), Throttled, 0),
        (Fault(status=400), Refused, 0),
        (Fault(status=403), Refused, 0),
    ],
)
def test_every_answer_means_what_can_be_known(
    room: tuple[ChatRoom, AppriseChat], fault: Fault, error: type[ConnectorError], posts: int
) -> None:
    room[0].sandbox.faults.add(fault)
    with pytest.raises(error) as told:
        room[1].post("title", "text")
    assert type(told.value) is error
    assert SECRET not in str(told.value)


def test_an_address_that_nobody_answers_is_tried_again(open_room: tuple[ChatRoom, str]) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        chat(f"json://127.0.0.1:1/hooks/{SECRET}").post("title", "text")


def test_a_webhook_that_was_revoked_is_refused_with_what_to_do(
    room: tuple[ChatRoom, AppriseChat], open_room: tuple[ChatRoom, str]
) -> None:
    with pytest.raises(Refused, match=r"\(404\); make a new webhook .* in the environment variable CHAT_URL"):
        chat(f"{open_room[1]}/hooks/old").post("title", "text")


def test_an_address_that_leads_elsewhere_is_refused_with_what_to_do(open_room: tuple[ChatRoom, str]) -> None:
    """Followed, a post would become a reading of some page, and count as delivered."""
    with responses.RequestsMock() as hooks:
        hooks.add(responses.POST, re.compile("https://discord.com/.*"), status=302, headers={"location": "/login"})
        with pytest.raises(Refused, match=r"leads elsewhere \(302\); keep the address behind all redirects"):
            chat(DISCORD).post("title", "text")


def test_what_a_service_finds_too_long_is_posted_in_parts(hurried: None) -> None:
    """Discord takes 2,000 characters."""
    taken: list[str] = []

    def discord(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        content = json.loads(request.body or "")["content"]
        if len(content) > 2000:
            return 400, {}, '{"content": ["Must be 2000 or fewer in length."]}'
        taken.append(content)
        return 204, {}, ""

    words = [f"word{number}" for number in range(900)]
    with responses.RequestsMock() as hooks:
        hooks.add_callback(responses.POST, re.compile("https://discord.com/.*"), discord)
        room = chat(DISCORD)
        room.post("Checkout: blocked", " ".join(words))
        room.post("Checkout: over", "soon")
    assert [word for post in taken[:-1] for word in post.split() if word.startswith("word")] == words
    assert "over" in taken[-1]
    assert len(taken) < 7


def test_what_is_refused_though_it_is_short_is_tried_once() -> None:
    with responses.RequestsMock() as hooks:
        hooks.add(responses.POST, re.compile("https://discord.com/.*"), status=400)
        with pytest.raises(Refused, match="make a new webhook"):
            chat(DISCORD).post("title", "text")
        assert len(hooks.calls) == 1


def test_an_address_that_makes_no_sense_is_told_without_showing_it() -> None:
    senseless = chat(f"nonsense://{SECRET}")
    (finding,) = senseless.check()
    assert finding.level is Level.ERROR
    with pytest.raises(Refused, match="does not understand the address in the environment variable CHAT_URL") as told:
        senseless.post("title", "text")
    assert SECRET not in f"{told.value} {finding.text}"


def test_the_librarys_log_and_the_address_in_it_go_nowhere(
    room: tuple[ChatRoom, AppriseChat], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    room[0].sandbox.faults.add(Fault(status=400, times=1))
    with pytest.raises(Refused):
        room[1].post("title", "text")
    room[1].post("title", "text")
    chat(f"nonsense://{SECRET}")
    assert not [record for record in caplog.records if record.name.startswith("apprise")]
    assert SECRET not in caplog.text.replace(f"/hooks/{SECRET}", "")  # urllib3's own lines, which the agent silences.


def test_without_the_library_people_are_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.chat.chat.find_spec", lambda _name: None)
    with pytest.raises(ConnectorError, match=r"pip install 'goal-sync-agent\[apprise\]'"):
        chat(SLACK)


@pytest.fixture(scope="module")
def hurried() -> Iterator[None]:
    """Without the library's pauses between two messages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("apprise.url.URLBase.throttle", lambda *_args, **_more: None)
        yield


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(HOSTILE, HOSTILE)
def test_nothing_that_a_tracker_says_mentions_or_links_in_slack_and_discord(
    hurried: None, text: str, title: str
) -> None:
    notice, organisation = spoilt(NOTICES["alert"], text, title)
    payload = render(notice, organisation, Markup.CHAT, NOW).payload
    with responses.RequestsMock() as hooks:
        hooks.add(responses.POST, "https://hooks.slack.com/services/TAAAAAAAA/BBBBBBBBB/123456789012345678901234", "ok")
        hooks.add(responses.POST, "https://discord.com/api/webhooks/1234567890/abcdefghijklmnopqrstuvwxyz", status=204)
        for address in (SLACK, DISCORD):
            chat(address).post(payload.subject or "", payload.body)
        slack, discord = (str(json.loads(call.request.body)) for call in hooks.calls)
    for sent in (slack, discord):
        assert "<!" not in sent
        assert "<@" not in sent
        assert "@everyone" not in sent
        assert "@here" not in sent
        assert "](" not in sent
        assert "://evil" not in sent
        assert not re.search(r"\bwww\.evil", sent)
    assert "allow_mentions" not in discord
