"""The way to a server: certificates, proxies and time-outs, with a real TLS server and a real proxy on loopback."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import ValidationError

from connectors.contract import Finding, Level, Runtime, Source
from connectors.errors import Doubtful, Unavailable
from connectors.http.options import HttpOptions
from sync_agent.config import installed_connectors
from sync_agent.model import Place
from sync_agent.sandbox.certificates import Certificates
from sync_agent.sandbox.core import Fault, Server, Tls
from tests.support.agents.patience import Patience
from tests.support.servers.proxy import Proxy
from tests.support.theatre import Theatre, theatre

pytestmark = pytest.mark.parametrize("name", ["jira", "github"])
PLACES = {"jira": Place("jira", "SHOP-1"), "github": Place("github", "acme/shop#1")}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory, files: Certificates) -> Iterator[Theatre]:
    """The usual trackers, over HTTPS as well; `tls` shows everybody its certificate, `mutual` wants to see one."""
    with theatre(tmp_path_factory.mktemp("transport")) as made, ExitStack() as stack:
        for kind, tls in (("tls", Tls(files.server)), ("mutual", Tls(files.server, files.authority))):
            for name, sandbox in (("jira", made.jira), ("github", made.github)):
                made.environ[f"{kind}-{name}"] = stack.enter_context(Server(sandbox.app, tls=tls)).url
        yield made


@pytest.fixture(autouse=True)
def usual_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)


def opened(stage: Theatre, name: str, kind: str = "", **options: Any) -> tuple[Source, Patience]:
    """A source at its plain, `tls` or `mutual` address; what it would wait for is remembered."""
    settings, patience = stage.settings.sources[name], Patience()
    connector = installed_connectors()[settings.type]
    raw = settings.options.model_dump(exclude_unset=True)
    url = options.pop("url", None) or (stage.environ[f"{kind}-{name}"] if kind else raw["url"])
    # `cloud` is told by the e-mail, which stays.
    chosen = connector.options.model_validate({**raw, "url": url, "give_up_after": 300, **options})
    return connector.open(name, chosen, Runtime(stage.environ, lambda: patience.now, patience)), patience


def first(source: Source) -> Finding:
    return next(iter(source.probe.check()))


def refused(stage: Theatre, name: str, kind: str, **options: Any) -> str:
    """Why the source cannot be reached; it must be said at once."""
    source, patience = opened(stage, name, kind, **options)
    finding = first(source)
    assert finding.level is Level.ERROR
    assert patience.waits == [], "nobody is kept waiting for what will not pass"
    return finding.text


def test_a_server_with_a_certificate_of_our_own_authority(stage: Theatre, name: str, files: Certificates) -> None:
    source, _ = opened(stage, name, "tls", ca_bundle=files.authority)
    assert first(source).level is Level.OK
    assert len([item for batch in source.reader.read(None) for item in batch.items]) > 5
    assert "name the certificate of your own authority" in refused(stage, name, "tls")


def test_the_environment_does_not_go_before_the_configuration(
    stage: Theatre, name: str, files: Certificates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    source, _ = opened(stage, name, "tls", ca_bundle=files.authority)
    assert first(source).level is Level.OK


def test_a_certificate_for_another_name_or_of_yesterday(stage: Theatre, name: str, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    for made, words in (
        (authority.issue_cert("127.0.0.9"), "the certificate is for another name; check `url`"),
        (authority.issue_cert("127.0.0.1", not_after=yesterday), "the server's certificate has expired"),
    ):
        made.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "server.pem"))
        sandbox = stage.jira if name == "jira" else stage.github
        with Server(sandbox.app, tls=Tls(tmp_path / "server.pem")) as server:
            assert words in refused(stage, name, "", url=server.url, ca_bundle=tmp_path / "authority.pem")


def test_https_where_there_is_none(stage: Theatre, name: str) -> None:
    plain = stage.settings.sources[name].options.url.replace("http:", "https:")
    assert "there is no TLS at this address" in refused(stage, name, "", url=plain)


def test_a_server_that_wants_our_certificate(stage: Theatre, name: str, files: Certificates, tmp_path: Path) -> None:
    trusted = {"ca_bundle": files.authority}
    with sending_away(files) as url:
        assert "set client_certificate" in refused(stage, name, "", url=url, **trusted)
    words = "<html><center>No required SSL certificate was sent</center></html>"
    nginx = Fault(path="/myself|/user", status=400, body=words, headers={"content-type": "text/html"}, times=1)
    (stage.jira if name == "jira" else stage.github).faults.add(nginx)
    assert "set client_certificate" in refused(stage, name, "")
    whole, _ = opened(stage, name, "mutual", **trusted, client_certificate=files.client)
    assert first(whole).level is Level.OK
    key, certificate = apart(files.client, tmp_path)
    split, _ = opened(stage, name, "mutual", **trusted, client_certificate=certificate, client_key=key)
    assert first(split).level is Level.OK
    source, _ = opened(stage, name, "mutual", **trusted, client_certificate=files.client)
    assert source.writer.create(PLACES[name], "key", '{"type": "doc", "version": 1, "content": []}')


@contextmanager
def sending_away(files: Certificates) -> Iterator[str]:
    """A server that, as most do, says in TLS that it misses a certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(files.authority))
    context.load_cert_chain(files.server)
    context.verify_mode = ssl.CERT_REQUIRED

    def serve() -> None:
        with suppress(OSError):
            while True:
                raw, _ = listening.accept()
                connection = context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
                with suppress(ssl.SSLError):
                    connection.do_handshake()
                socket.socket.shutdown(connection, socket.SHUT_WR)
                while socket.socket.recv(connection, 65536):  # What is not read would reset the connection.
                    pass
                socket.socket.close(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def apart(both: Path, folder: Path) -> tuple[Path, Path]:
    """A file with a key and certificates as two."""
    begin = "-----BEGIN CERTIFICATE-----"
    key, *certificates = both.read_text().split(begin)
    (folder / "key.pem").write_text(key)
    (folder / "certificate.pem").write_text("".join(begin + each for each in certificates))
    return folder / "key.pem", folder / "certificate.pem"


def test_files_that_do_not_fit_are_named(stage: Theatre, name: str, files: Certificates, tmp_path: Path) -> None:
    key, certificate = apart(files.client, tmp_path)
    other = tmp_path / "other.pem"
    trustme.CA().issue_cert("other.example.org").private_key_pem.write_to_path(str(other))
    text = tmp_path / "text.pem"
    text.write_text("not a certificate")
    missing = tmp_path / "missing.pem"
    for options, words in (
        ({"ca_bundle": missing}, f"ca_bundle: cannot read {missing}: No such file"),
        ({"ca_bundle": text}, f"ca_bundle: {text} cannot be used"),
        ({"client_certificate": missing}, f"client_certificate: cannot read {missing}: No such file"),
        ({"client_certificate": certificate, "client_key": missing}, f"client_key: cannot read {missing}"),
        ({"client_certificate": certificate, "client_key": other}, "certificate and key have to be PEM and fit"),
        ({"client_certificate": certificate}, "certificate and key have to be PEM and fit"),
        ({"client_certificate": certificate, "client_key": encrypted(key, tmp_path)}, "is encrypted; keep it without"),
    ):
        assert words in refused(stage, name, "tls", **options)


def encrypted(key: Path, folder: Path) -> Path:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        load_pem_private_key,
    )

    loaded = load_pem_private_key(key.read_bytes(), None)
    path = folder / "encrypted.pem"
    path.write_bytes(loaded.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")))
    return path


def test_a_key_without_a_certificate_and_a_login_in_an_address_are_mistakes(name: str) -> None:
    with pytest.raises(ValidationError, match="client_key belongs to a client_certificate"):
        HttpOptions(client_key=Path("key.pem"))
    with pytest.raises(ValidationError, match=r"proxy\.url"):
        HttpOptions.model_validate({"proxy": {"url": "http://me:word@proxy.example.org:3128"}})
    with pytest.raises(ValidationError, match="go together"):
        HttpOptions.model_validate({"proxy": {"url": "http://proxy.example.org:3128", "user": "me"}})


def test_a_proxy_for_one_source(stage: Theatre, name: str, files: Certificates) -> None:
    stage.environ["PROXY_WORD"] = "w:o@rd"
    with Proxy(login="agent:w:o@rd") as proxy:
        login = {"url": proxy.url, "user": "agent", "password": {"env": "PROXY_WORD"}}
        tunnelled, _ = opened(stage, name, "tls", ca_bundle=files.authority, proxy=login)
        assert first(tunnelled).level is Level.OK
        assert proxy.asked[0].startswith("CONNECT 127.0.0.1:")
        plain, _ = opened(stage, name, proxy=login)
        assert first(plain).level is Level.OK
        assert any(" http://127.0.0.1:" in line for line in proxy.asked)
        for kind in ("tls", ""):
            wrong = refused(stage, name, kind, ca_bundle=files.authority, proxy={"url": proxy.url})
            assert "the proxy wants another login: set proxy: {url: …, user: …, password: …}" in wrong
            assert "w:o" not in wrong


def test_a_proxy_that_forbids_the_way_and_one_that_is_not_there(stage: Theatre, name: str, files: Certificates) -> None:
    with Proxy(refuse=True) as proxy:
        text = refused(stage, name, "tls", ca_bundle=files.authority, proxy={"url": proxy.url})
        assert "the proxy does not let us through" in text
    source, patience = opened(stage, name, "tls", proxy={"url": "http://127.0.0.1:9"}, give_up_after=3)
    assert "Connection refused; that is the proxy, not the server: check `proxy`" in first(source).text
    assert patience.waits, "it may come back"


def test_the_proxy_of_the_environment_counts_where_the_source_has_none(
    stage: Theatre, name: str, files: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        source, _ = opened(stage, name, "tls", ca_bundle=files.authority)
        assert first(source).level is Level.OK
        assert proxy.asked
        proxy.asked.clear()
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        source, _ = opened(stage, name, "tls", ca_bundle=files.authority)
        assert first(source).level is Level.OK
        assert proxy.asked == []
        source, _ = opened(stage, name, "tls", ca_bundle=files.authority, proxy={"url": proxy.url})
        assert first(source).level is Level.OK
        assert proxy.asked, "what the source itself says goes before NO_PROXY"


def test_connections_and_answers_have_time_outs_of_their_own(stage: Theatre, name: str) -> None:
    with socket.socket() as full, ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(3):  # Who comes now is neither let in nor sent away.
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}"
        began = time.monotonic()
        source, _ = opened(stage, name, url=url, connect_timeout=0.1, timeout=60, give_up_after=0.5)
        assert "timed out" in first(source).text
        assert time.monotonic() - began < 10
    fault = Fault(path="/myself|/user", latency=1, times=1)
    (stage.jira if name == "jira" else stage.github).faults.add(fault)
    source, _ = opened(stage, name, connect_timeout=60, timeout=0.2, give_up_after=0.5)
    assert "Read timed out. (read timeout=0.2)" in first(source).text


@contextmanager
def breaking_off(files: Certificates) -> Iterator[tuple[str, list[bytes]]]:
    """A TLS server that takes a request and goes away in the middle of the encrypted answer; what it was sent."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.server)
    taken: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                raw, _ = listening.accept()
            except OSError:
                return
            connection = context.wrap_socket(raw, server_side=True)
            taken.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{")
            socket.socket.send(connection, b"\x17\x03\x03\x00\x20" + b"\xff" * 32)  # A record that nobody can decrypt.
            socket.socket.close(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}", taken
        listening.shutdown(socket.SHUT_RDWR)


def test_a_write_is_not_repeated_when_tls_breaks_in_the_middle_of_its_answer(
    stage: Theatre, name: str, files: Certificates
) -> None:
    with breaking_off(files) as (url, taken):
        source, _ = opened(stage, name, url=url, ca_bundle=files.authority, give_up_after=0.5)
        with pytest.raises(Doubtful, match="may have been written"):
            source.writer.create(PLACES[name], "key", '{"type": "doc", "version": 1, "content": []}')
        assert len(taken) == 1
        with pytest.raises(Unavailable):
            next(iter(source.reader.read(None)))


def test_a_redirect_is_told_and_not_followed(stage: Theatre, name: str) -> None:
    elsewhere = Fault(path="/myself|/user", status=302, headers={"location": "https://login.example.org/sso"}, times=1)
    (stage.jira if name == "jira" else stage.github).faults.add(elsewhere)
    source, _ = opened(stage, name)
    assert "redirected to https://login.example.org/sso; write the address" in first(source).text
