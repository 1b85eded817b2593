"""What is tried again, how long is waited, and what each refusal means."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import requests

from connectors.contract import Runtime
from connectors.errors import (
    ConnectorError,
    Doubtful,
    Forbidden,
    Malformed,
    NotFound,
    Refused,
    Throttled,
    Unauthorised,
    Unavailable,
)
from connectors.http.options import HttpOptions
from connectors.http.policy import Policy, Response
from tests.support.agents.patience import NOW, Patience


@pytest.fixture
def patience() -> Patience:
    return Patience()


@pytest.fixture
def policy(patience: Patience) -> Policy:
    return Policy(Runtime({}, lambda: patience.now, patience), HttpOptions(give_up_after=600))


def script(*steps: Response | Exception) -> Callable[[], Response]:
    left = list(steps)

    def send() -> Response:
        step = left.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    send.left = left  # type: ignore[attr-defined]
    return send


def answer(status: int, text: str = "{}", **headers: str) -> Response:
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, text)


def test_a_read_is_tried_again_after_a_bad_gateway_and_a_broken_connection(policy: Policy, patience: Patience) -> None:
    send = script(answer(502), requests.ConnectionError("reset"), answer(200, "[1]"))
    assert policy.run("GET /x", send, repeatable=True).json("x") == [1]
    assert len(patience.waits) == 2


@pytest.mark.parametrize(
    "failure", [answer(500), answer(503), requests.ReadTimeout("slow"), requests.ConnectionError("reset")]
)
def test_a_write_that_may_have_happened_is_not_tried_again(policy: Policy, failure: Response | Exception) -> None:
    send = script(failure, answer(201))
    with pytest.raises(Doubtful):
        policy.run("POST /comment", send, repeatable=False)
    assert len(send.left) == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("failure", [requests.ConnectTimeout("no route"), answer(429, retry_after="3")])
def test_a_write_that_cannot_have_happened_is_tried_again(policy: Policy, failure: Response | Exception) -> None:
    assert policy.run("POST /comment", script(failure, answer(201)), repeatable=False).status == 201


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "17"}, 17),
        ({"retry_after": "Tue, 24 Nov 2026 09:01:30 GMT"}, 90),
        ({"retry_after": "soon"}, 60),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": str(int(NOW.timestamp()) + 45)}, 45),
        ({"x_ratelimit_remaining": "0", "x_ratelimit_reset": "2026-11-24T09:00:20Z"}, 20),
        ({}, 60),
    ],
)
def test_a_rate_limit_is_waited_out_as_the_server_says(
    policy: Policy, patience: Patience, headers: dict[str, str], seconds: float
) -> None:
    policy.run("GET /x", script(answer(429, **headers), answer(200)), repeatable=True)
    assert patience.waits == [seconds]


def test_a_refusal_with_a_rate_limit_is_no_missing_permission(policy: Policy, patience: Patience) -> None:
    limited = answer(403, '{"message": "You have exceeded a secondary rate limit"}')
    policy.run("GET /x", script(limited, answer(200)), repeatable=True)
    assert patience.waits == [60]


def test_a_wait_beyond_the_budget_is_left_to_the_next_cycle(policy: Policy, patience: Patience) -> None:
    with pytest.raises(Throttled) as caught:
        policy.run("GET /x", script(answer(429, retry_after="3600")), repeatable=True)
    assert caught.value.until == NOW + timedelta(hours=1)
    assert patience.waits == []


@pytest.mark.parametrize(
    "headers",
    [
        {"retry_after": "99999999999"},
        {"retry_after": "Fri, 31 Dec 9999 23:59:59 GMT", "date": "Mon, 23 Nov 2026 09:00:00 GMT"},
        {"x_ratelimit_remaining": "0", "x_ratelimit_limit": "9", "x_ratelimit_reset": "253402300799"},
    ],
)
def test_who_names_a_time_far_away_is_asked_again_after_a_day(
    policy: Policy, patience: Patience, headers: dict[str, str]
) -> None:
    with pytest.raises(Throttled) as caught:
        policy.run("GET /x", script(answer(429, **headers)), repeatable=True)
    assert caught.value.until == NOW + timedelta(days=1)
    patience.now += timedelta(days=1)
    assert policy.run("GET /x", script(answer(200)), repeatable=True).status == 200


def test_a_server_that_stays_down_is_given_up(policy: Policy) -> None:
    with pytest.raises(Unavailable):
        policy.run("GET /x", script(*[answer(503)] * 20), repeatable=True)


def test_stopping_abandons_a_wait_at_once(policy: Policy, patience: Patience) -> None:
    patience.set()
    with pytest.raises(ConnectorError):
        policy.run("GET /x", script(answer(503), answer(200)), repeatable=True)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Unauthorised), (403, Forbidden), (404, NotFound), (410, NotFound), (400, Refused), (422, Refused)],
)
def test_each_refusal_means_what_helps(policy: Policy, status: int, kind: type[ConnectorError]) -> None:
    with pytest.raises(kind) as caught:
        policy.run("jira: GET /x", script(answer(status, '{"errorMessages": ["No such thing"]}')), repeatable=True)
    assert str(caught.value).startswith(f"jira: GET /x: {status} No such thing")


def test_a_servers_words_are_one_line_that_does_nothing(policy: Policy) -> None:
    said = '{"message": "no\\u001b[2J such\\r\\n thing\\u202e", "errors": {"a\\u0007": "b"}}'
    for text in (said, "no\x1b[2J such\r\n thing\x07"):
        with pytest.raises(Refused) as caught:
            policy.run("GET /x", script(answer(422, text)), repeatable=True)
        assert str(caught.value).isprintable()
        assert "such" in str(caught.value)


def test_a_login_page_is_no_answer(policy: Policy) -> None:
    page = policy.run("GET /x", script(answer(200, "<html>", content_type="text/html")), repeatable=True)
    with pytest.raises(Malformed, match="text/html"):
        page.json("GET /x")


def test_somebody_at_a_terminal_waits_for_seconds_where_the_service_waits_for_minutes(patience: Patience) -> None:
    at_a_terminal = Policy(Runtime({}, lambda: patience.now, patience, 10), HttpOptions(give_up_after=600))
    with pytest.raises(Unavailable):
        at_a_terminal.run("GET /x", script(*[answer(503)] * 20), repeatable=True)
    assert 0 < sum(patience.waits) <= 10


def test_the_servers_time_is_that_of_its_last_answer_to_the_same_thread(policy: Policy) -> None:
    """What is listed here and used later must not seem to be listed when somebody else was answered."""

    def ask(second: int) -> None:
        date = f"Tue, 24 Nov 2026 09:00:{second:02} GMT"
        policy.run("it", script(Response(200, {"date": date}, "")), repeatable=True)

    ask(1)
    other = threading.Thread(target=ask, args=(40,))
    other.start()
    other.join()
    assert policy.server_time == NOW + timedelta(seconds=1)
    found: list[datetime | None] = []
    newcomer = threading.Thread(target=lambda: found.append(policy.server_time))
    newcomer.start()
    newcomer.join()
    assert found == [NOW + timedelta(seconds=40)]


def test_a_server_that_is_not_there_is_named_in_few_words(policy: Policy) -> None:
    with pytest.raises(requests.ConnectionError) as refused:
        requests.get("http://127.0.0.1:1", timeout=5)
    with pytest.raises(Unavailable) as caught:
        policy.run("jira: GET /x", script(*[refused.value] * 7), repeatable=True)
    assert "127.0.0.1:1: Failed to establish a new connection" in str(caught.value)
    assert "HTTPConnection" not in str(caught.value)


def test_a_wrong_token_says_what_may_be_wrong_with_it(policy: Policy) -> None:
    with pytest.raises(Unauthorised, match="401 No; the token is wrong or has expired, or belongs to another account"):
        policy.run("jira: GET /x", script(answer(401, '{"message": "No."}')), repeatable=True)
