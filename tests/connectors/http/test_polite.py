"""Both client libraries under the one policy, over real connections: what is asked again, how often, and after what."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from connectors.contract import Level
from connectors.errors import ConnectorError, Doubtful, Forbidden, Throttled
from connectors.http.policy import ATTEMPTS
from sync_agent.cli.common import PATIENCE
from sync_agent.sandbox.core import Fault, Sandbox
from tests.support.servers.connections import BODY, PLACES
from tests.support.theatre import MONDAY, Theatre, theatre
from tests.support.trackers.readings import keys
from tests.support.trackers.rough_roads import patiently

IN_A_MINUTE = str(int((MONDAY + timedelta(minutes=1)).timestamp()))
LIMITED = '{"message": "API rate limit exceeded for user ID 1."}'
SECONDARY = '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}'


@pytest.fixture(scope="module", params=["jira", "github"])
def theatre_(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with theatre(tmp_path_factory.mktemp("polite")) as made:
        yield made


@pytest.fixture
def name(request: pytest.FixtureRequest, theatre_: Theatre) -> str:
    return str(request.node.callspec.params["theatre_"])


@pytest.fixture
def stage(theatre_: Theatre) -> Theatre:
    for each in (theatre_.jira, theatre_.github):
        each.faults.clear()
        each.journal.clear()
        each.after = lambda _exchange: None
    return theatre_


def sandbox(stage: Theatre, name: str) -> Sandbox:
    return stage.jira if name == "jira" else stage.github


def written(stage: Theatre, name: str) -> int:
    """How often the tracker got a new comment, whatever it answered."""
    return sum(e.method == "POST" and "comment" in e.path for e in sandbox(stage, name).journal.exchanges)


@pytest.mark.parametrize(
    "fault",
    [
        *({"status": status, "lost": True} for status in (500, 502, 503, 504)),
        {"status": 503, "lost": True, "headers": {"retry-after": "1"}},
        {"status": 202, "lost": True},
        {"status": 408},
        {"reset": True},
        {"cut": True},
        {"latency": 0.6},
    ],
    ids=lambda fault: "-".join(f"{key}={value}" for key, value in fault.items()),
)
def test_a_write_that_may_have_happened_is_sent_once(stage: Theatre, name: str, fault: dict[str, Any]) -> None:
    arrived = threading.Event()
    sandbox(stage, name).faults.add(Fault(path="/comment", method="POST", **fault))
    sandbox(stage, name).after = lambda exchange: arrived.set() if "/comment" in exchange.path else None
    source, patience = patiently(stage, name, **({"timeout": 0.3} if "latency" in fault else {}))
    with pytest.raises(ConnectorError) as error:
        source.writer.create(PLACES[name], "key", BODY)
    assert isinstance(error.value, Doubtful), "so that it is looked for before it is tried again"
    assert arrived.wait(10)
    assert written(stage, name) == 1
    assert patience.waits == []


@pytest.mark.parametrize("fault", [{"status": 429, "body": "{}"}, {"status": 403, "body": SECONDARY}])
def test_a_write_that_was_refused_for_its_pace_is_sent_again_later(
    stage: Theatre, name: str, fault: dict[str, Any]
) -> None:
    sandbox(stage, name).faults.add(Fault(path="/comment", method="POST", times=1, **fault))
    source, patience = patiently(stage, name)
    assert source.writer.create(PLACES[name], "key", BODY)
    assert written(stage, name) == 2
    assert patience.waits == [60]


def test_a_read_is_asked_again_as_often_as_the_policy_says_and_no_library_more(stage: Theatre, name: str) -> None:
    sandbox(stage, name).faults.add(Fault(status=503))
    source, patience = patiently(stage, name)
    with pytest.raises(ConnectorError, match="503"):
        source.reader.locate({"1": "SHOP-1" if name == "jira" else "acme/shop#1"})
    assert len(sandbox(stage, name).journal.exchanges) == ATTEMPTS
    assert len(patience.waits) == ATTEMPTS - 1
    assert sum(patience.waits) < 100


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_nobody_at_a_terminal_waits_for_a_minute(stage: Theatre, name: str, status: int) -> None:
    sandbox(stage, name).faults.add(Fault(status=status))
    source, patience = patiently(stage, name, at_most=PATIENCE)
    (finding,) = source.probe.check()
    assert (finding.level, f": {status}" in finding.text) == (Level.ERROR, True)
    assert 0 < sum(patience.waits) <= PATIENCE


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (Fault(status=429, headers={"retry-after": "7"}), 7),
        (Fault(status=429, headers={"retry-after": "7.5"}), 7.5),
        (Fault(status=429, headers={"retry-after": format_datetime(MONDAY + timedelta(seconds=40), usegmt=True)}), 40),
        (Fault(status=429), 60),
        (Fault(status=429, headers={"x-ratelimit-remaining": "0", "x-ratelimit-reset": IN_A_MINUTE}), 60),
        (Fault(status=429, headers={"x-ratelimit-reset": f"{MONDAY + timedelta(seconds=90):%Y-%m-%dT%H:%M:%SZ}"}), 90),
        (Fault(status=429, headers={"x-ratelimit-reset": "2026-10-05T09:02Z", "ratelimit-reason": "jira-burst"}), 120),
        (Fault(status=429, headers={"ratelimit": '"burst";r=0;t=9', "ratelimit-policy": '"burst";q=10;w=20'}), 9),
        (Fault(status=429, headers={"ratelimit-limit": "10", "ratelimit-remaining": "0", "ratelimit-reset": "8"}), 8),
        (Fault(status=429, headers={"ratelimit": "limit=10, remaining=0, reset=5"}), 5),
        (Fault(status=403, headers={"retry-after": "11"}), 11),
        (Fault(status=403, body=SECONDARY), 60),
        (
            Fault(
                status=403,
                body=LIMITED,
                headers={"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": IN_A_MINUTE},
            ),
            60,
        ),
        (Fault(status=503, headers={"retry-after": "13"}), 13),
    ],
)
def test_every_way_to_say_slow_down_is_obeyed_and_costs_one_line(
    stage: Theatre, name: str, fault: Fault, seconds: float, capsys: pytest.CaptureFixture[str]
) -> None:
    """At any request of a pull: here at its third."""
    sandbox(stage, name).faults.add(replace(fault, after=2, times=1))
    source, patience = patiently(stage, name)
    whole = set(keys(list(source.reader.read(None))))
    assert len(whole) == {"jira": 11, "github": 8}[name]
    assert sum(patience.waits) == pytest.approx(seconds, abs=1), "and no moment more"
    lines = [line for line in capsys.readouterr().out.splitlines() if "waiting for a rate limit" in line]
    assert len(lines) == len(patience.waits)


@pytest.mark.parametrize("odd", ["", "soon", "nan", "inf", "1e99", "-1", "2026-10-05"])
def test_limits_that_make_no_sense_end_no_pull(stage: Theatre, name: str, odd: str) -> None:
    headers = {f"x-ratelimit-{part}": odd for part in ("limit", "remaining", "reset")}
    sandbox(stage, name).faults.add(Fault(status=429, headers=headers, after=2, times=1))
    source, patience = patiently(stage, name)
    assert len(set(keys(list(source.reader.read(None))))) == {"jira": 11, "github": 8}[name]
    assert len(patience.waits) == 1
    assert 1 <= patience.waits[0] <= 60


def test_a_missing_permission_is_no_rate_limit_though_jira_tells_retry_after_everywhere(
    stage: Theatre, name: str
) -> None:
    sandbox(stage, name).faults.add(Fault(path="/comment", status=403, headers={"retry-after": "0"}))
    source, patience = patiently(stage, name)
    with pytest.raises(Forbidden):
        source.writer.create(PLACES[name], "key", BODY)
    assert patience.waits == []


def test_a_limit_without_an_end_in_sight_is_left_to_the_next_cycle(stage: Theatre, name: str) -> None:
    sandbox(stage, name).faults.add(Fault(status=429, headers={"retry-after": "86400"}))
    source, patience = patiently(stage, name)
    with pytest.raises(Throttled, match="asked to wait until"):
        list(source.reader.read(None))
    assert patience.waits == []
    asked = len(sandbox(stage, name).journal.exchanges)
    with pytest.raises(Throttled):
        list(source.reader.read(None))
    assert len(sandbox(stage, name).journal.exchanges) == asked, "nobody is asked before that time"


def test_graphql_that_is_limited_with_two_hundred_is_waited_for(stage: Theatre, name: str) -> None:
    if name == "jira":
        pytest.skip("GitHub's habit")
    for errors in ([{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}], [json.loads(SECONDARY)]):
        stage.github.faults.add(Fault(path="/graphql", body=json.dumps({"errors": errors}), after=2, times=1))
        source, patience = patiently(stage, name)
        assert len(keys(list(source.reader.read(None)))) == 8
        assert patience.waits == [60]


def test_a_token_that_expires_soon_is_told(stage: Theatre, name: str) -> None:
    ends = MONDAY + timedelta(days=9)
    more: dict[str, Any] = {}
    if name == "jira":
        auth = stage.settings.sources["jira"].options.auth
        more = {"auth": auth.model_copy(update={"expires": ends.date()})}
    else:
        header = {"github-authentication-token-expiration": f"{ends:%Y-%m-%d} 02:00:00 -0700"}
        stage.github.faults.add(Fault(path="/user", status=200, body='{"login": "bot"}', headers=header))
    source, _ = patiently(stage, name, **more)
    texts = [finding.text for finding in source.probe.check()]
    assert any(text.startswith("the token expires on 2026-10-14; make a new one") for text in texts)
    assert source.usage.expires is not None
    assert source.usage.expires.date() == ends.date()
    assert source.usage.expires_soon(MONDAY)
    assert not source.usage.expires_soon(MONDAY - timedelta(days=6))
