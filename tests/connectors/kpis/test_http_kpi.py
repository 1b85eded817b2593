"""Numbers over HTTP: from JSON documents and Prometheus, bounded in time and size, from allowed hosts only."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from connectors.contract import Runtime
from connectors.errors import Malformed, Refused, Unavailable
from connectors.kpis.http import KpiOptions, KpiReader
from sync_agent.model import HttpKpi, PrometheusKpi
from sync_agent.sandbox.certificates import Certificates
from sync_agent.sandbox.core import Server, Tls
from tests.support.servers.proxy import Proxy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class Metrics:
    """A server on the loopback that answers what it is told to."""

    url: str = ""
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)

    def say(self, path: str, document: Any, status: int = 200) -> str:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.answers[path] = (status, body)
        return f"{self.url}{path}"


@pytest.fixture
def metrics() -> Iterator[Metrics]:
    told = Metrics()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            told.tokens.append(self.headers.get("Authorization"))
            status, body = told.answers.get(urlsplit(self.path).path, (404, b"{}"))
            self.send_response(status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()  # No Content-Length: how much comes is known when it is there.
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()


class Impatient(threading.Event):
    """Never waits."""

    def wait(self, timeout: float | None = None) -> bool:
        return False


def reader(**options: Any) -> KpiReader:
    return KpiReader(Runtime({"T": "s3cret"}, lambda: NOW, Impatient()), KpiOptions(**options))


def value(kpi: HttpKpi | PrometheusKpi, **options: Any) -> float:
    ((at, number),) = reader(**options).read(kpi, NOW)
    assert at == NOW
    return number


@pytest.mark.parametrize(("path", "number"), [("data.value", 12.5), ("data.list.-1.v", 3), ("text", 7)])
def test_a_number_is_found_by_its_path(metrics: Metrics, path: str, number: float) -> None:
    url = metrics.say("/x.json", {"data": {"value": 12.5, "list": [{"v": 1}, {"v": 3}]}, "text": "7"})
    assert value(HttpKpi(url, path)) == number


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("data.missing", "no 'missing' of 'data.missing' in the answer; there it has value, list"),
        ("data.list.4", "no '4' of 'data.list.4' in the answer; there it has 1 elements"),
        ("data", "'data' is an object of 2, not a number"),
        ("data.value", "'data.value' is True, not a number"),
    ],
)
def test_what_is_no_number_says_which_step_failed(metrics: Metrics, path: str, words: str) -> None:
    url = metrics.say("/x.json", {"data": {"value": True, "list": [1]}})
    with pytest.raises(Malformed) as caught:
        value(HttpKpi(url, path))
    assert str(caught.value).endswith(words)


def prometheus(kind: str, result: Any) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": kind, "result": result}}


@pytest.mark.parametrize(
    ("kind", "result"),
    [("vector", [{"metric": {"job": "api"}, "value": [1764000000.1, "0.25"]}]), ("scalar", [1764000000.1, "0.25"])],
)
def test_prometheus_gives_the_value_of_a_query(metrics: Metrics, kind: str, result: Any) -> None:
    metrics.say("/prom/api/v1/query", prometheus(kind, result))
    query = 'histogram_quantile(0.95, sum by (le) (rate(latency_bucket{job="api"}[1d])))'
    assert value(PrometheusKpi(f"{metrics.url}/prom/", query)) == 0.25
    assert parse_qs(urlsplit(metrics.asked[0]).query) == {"query": [query]}


@pytest.mark.parametrize(
    ("kind", "result", "words"),
    [
        ("vector", [], "gives 0 series, not one number; use such as sum(…) or max(…): up"),
        ("vector", [{"value": [1, "1"]}, {"value": [1, "2"]}], "gives 2 series, not one number"),
        ("matrix", [{"values": []}], "gives a matrix, not one number"),
        ("vector", [{"value": [1, "NaN"]}], "the query's value is 'NaN', not a number"),
    ],
)
def test_a_query_without_one_number_says_what_it_gives(metrics: Metrics, kind: str, result: Any, words: str) -> None:
    metrics.say("/api/v1/query", prometheus(kind, result))
    with pytest.raises(Malformed) as caught:
        value(PrometheusKpi(metrics.url, "up"))
    assert words in str(caught.value)


def test_prometheus_own_words_are_passed_on(metrics: Metrics) -> None:
    metrics.say("/api/v1/query", {"status": "error", "errorType": "bad_data", "error": "unexpected end of input"}, 400)
    with pytest.raises(Refused, match="400 unexpected end of input"):
        value(PrometheusKpi(metrics.url, "sum("))


def test_an_answer_that_is_too_large_is_not_read_to_its_end(metrics: Metrics) -> None:
    url = metrics.say("/x.json", b'{"a": "' + b"x" * 1_000_000 + b'"}')
    with pytest.raises(Refused, match=r"larger than 1,000 bytes \(kpis\.max_bytes\)"):
        value(HttpKpi(url, "a"), max_bytes=1000)


def test_an_answer_that_drips_is_given_up(metrics: Metrics) -> None:
    url = metrics.say("/x.json", {"a": 1})
    clock = iter(NOW + timedelta(seconds=n) for n in range(0, 100_000, 40))
    slow = KpiReader(Runtime({}, lambda: next(clock), Impatient()), KpiOptions(timeout=30))
    with pytest.raises(Unavailable, match="took longer than 30 seconds"):
        slow.read(HttpKpi(url, "a"), NOW)


def test_only_allowed_hosts_are_asked(metrics: Metrics) -> None:
    kpi = HttpKpi(metrics.say("/x.json", {"a": 1}), "a", "env:T")
    with pytest.raises(Refused, match=r"127\.0\.0\.1 is not among kpis\.hosts"):
        value(kpi, hosts=("*.example.org",))
    assert metrics.asked == []
    assert value(kpi, hosts=("127.0.0.1",)) == 1
    assert metrics.tokens == ["Bearer s3cret"]


@pytest.mark.parametrize(
    ("pattern", "host", "allowed"),
    [
        ("m.example.org", "M.Example.org", True),
        ("*.example.org", "a.b.example.org", True),
        ("*.example.org", "example.org", False),
        ("*.example.org", "evilexample.org", False),
        ("m.example.org", "m.example.org.evil.net", False),
    ],
)
def test_a_star_covers_names_below_and_nothing_else(pattern: str, host: str, *, allowed: bool) -> None:
    assert KpiOptions(hosts=(pattern,)).allows(host) is allowed


def test_a_redirect_is_not_followed_with_the_token(metrics: Metrics) -> None:
    metrics.headers["Location"] = "http://elsewhere.example/?token=s3cret"
    url = metrics.say("/x.json", {}, 302)
    with pytest.raises(Refused, match=r"redirected to http://elsewhere\.example/; give that address"):
        value(HttpKpi(url, "a", "env:T"))


def test_a_host_that_is_down_is_waited_for_once_a_cycle(metrics: Metrics) -> None:
    broken = metrics.say("/a.json", {}, 500)
    other = metrics.say("/b.json", {"b": 1})
    asking = reader()
    for url in (broken, other):
        with pytest.raises(Unavailable):
            asking.read(HttpKpi(url, "b"), NOW)
    assert {urlsplit(path).path for path in metrics.asked} == {"/a.json"}
    assert asking.read(HttpKpi(other, "b"), NOW + timedelta(minutes=15))[0][1] == 1


def test_kpis_go_through_a_proxy_and_trust_our_own_authority(
    metrics: Metrics, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    files = Certificates.make(tmp_path)
    url = metrics.say("/numbers", {"value": 7})
    with Proxy(login="agent:word") as proxy:
        login = {"url": proxy.url, "user": "agent", "password": {"env": "T"}}
        with pytest.raises(Unavailable, match="the proxy wants another login"):
            reader(proxy=login).read(HttpKpi(url, "value"), NOW)
    with Proxy(login="agent:s3cret") as proxy:
        login = {"url": proxy.url, "user": "agent", "password": {"env": "T"}}
        assert reader(proxy=login).read(HttpKpi(url, "value"), NOW) == ((NOW, 7.0),)
        assert proxy.asked
    with Server(sample, tls=Tls(files.server, files.authority)) as secure:
        kpi = HttpKpi(f"{secure.url}/numbers", "value")
        trusted = {"ca_bundle": files.authority, "client_certificate": files.client}
        assert reader(**trusted).read(kpi, NOW) == ((NOW, 7.0),)
        for options, words in (
            ({}, "name the certificate of your own authority"),
            ({"ca_bundle": tmp_path / "none.pem"}, "kpis: ca_bundle: cannot read .*none.pem: No such file"),
            ({"client_certificate": tmp_path / "none.pem"}, "kpis: client_certificate: cannot read .*none.pem"),
        ):
            with pytest.raises(Unavailable, match=words):
                reader(**options).read(kpi, NOW)


async def sample(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"value": 7})(scope, receive, send)
