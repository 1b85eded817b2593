"""The server's quota, our own ceiling and the number of requests at once."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from connectors.contract import Runtime
from connectors.errors import Throttled
from connectors.http.options import HttpOptions
from connectors.http.pace import RateLimiter

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RESET = {"x-ratelimit-limit": "5000", "x-ratelimit-resource": "graphql", "x-ratelimit-reset": "2026-11-24T09:30:00Z"}


class Hand:
    """A clock in the test's hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Hand:
    return Hand()


def pace(clock: Hand, **options: float) -> RateLimiter:
    return RateLimiter(Runtime({}, clock), HttpOptions.model_validate(options))


def ask(pace: RateLimiter) -> None:
    with pace.turn():
        pass


def test_below_the_reserve_requests_wait_for_the_reset(clock: Hand) -> None:
    polite = pace(clock, reserve=0.1)
    polite.learn({**RESET, "x-ratelimit-remaining": "500"})
    ask(polite)
    polite.learn({**RESET, "x-ratelimit-remaining": "499"})
    with pytest.raises(Throttled, match=r"499 of 5,000 requests are left until 09:30:00 UTC; the last 10%") as refused:
        ask(polite)
    assert refused.value.until == NOW + timedelta(minutes=30)
    clock.now += timedelta(minutes=30)
    ask(polite)


def test_without_a_reserve_everything_is_used(clock: Hand) -> None:
    greedy = pace(clock, reserve=0)
    greedy.learn({**RESET, "x-ratelimit-remaining": "1"})
    ask(greedy)


@pytest.mark.parametrize(
    "headers",
    [{}, {"x-ratelimit-limit": "0", "x-ratelimit-remaining": "0"}, {"x-ratelimit-limit": "many"}],
    ids=["none", "no reset", "no number"],
)
def test_a_server_without_limits_is_not_waited_for(clock: Hand, headers: dict[str, str]) -> None:
    free = pace(clock)
    free.learn(headers)
    ask(free)
    assert free.usage.quotas == {}


def test_a_ceiling_holds_for_any_hour(clock: Hand) -> None:
    slow = pace(clock, requests_per_hour=3)
    for _ in range(3):
        ask(slow)
        clock.now += timedelta(minutes=10)
    with pytest.raises(Throttled, match="`requests_per_hour`") as refused:
        ask(slow)
    assert refused.value.until == NOW + timedelta(hours=1)
    clock.now = NOW + timedelta(hours=1)
    ask(slow)
    with pytest.raises(Throttled):
        ask(slow)
    assert slow.usage.requests == 4


def test_a_refusal_holds_back_everybody_until_its_time(clock: Hand) -> None:
    polite = pace(clock)
    polite.learn({}, refused_until=NOW + timedelta(seconds=30))
    with pytest.raises(Throttled):
        ask(polite)
    clock.now += timedelta(seconds=30)
    ask(polite)


def test_requests_at_once_shrink_when_refused_and_grow_again(clock: Hand) -> None:
    polite = pace(clock, concurrency=4)

    def at_once() -> int:
        """How many turns can be taken before one has to wait."""
        free, ended = 0, threading.Event()
        taken = threading.Semaphore(0)

        def hold() -> None:
            with polite.turn():
                taken.release()
                ended.wait(10)

        threads = [threading.Thread(target=hold) for _ in range(6)]
        for thread in threads:
            thread.start()
        while taken.acquire(timeout=0.3):
            free += 1
        ended.set()
        for thread in threads:
            thread.join()
        return free

    assert at_once() == 4
    polite.learn({}, refused_until=NOW)
    assert at_once() == 2
    for _ in range(100):
        polite.learn({})
    assert at_once() == 4
