"""Mail over a real SMTP server: encryption, login, refusals, and headers that machines understand."""

import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.base import Context, Level, Mail
from connectors.email import EmailOptions, SmtpMailer
from connectors.errors import Doubtful, Refused, Unauthorised, Unavailable
from sync_agent.sandbox.mail import MailServer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MAIL = Mail("alert/a", NOW, "dana@example.org", "[Goals] Blocked", "text", "<p>html</p>", thread="goal/a")


def mailer(port: int, **options: object) -> SmtpMailer:
    text = {"host": "localhost", "port": port, "security": "none", "from": "Goals <goals@example.org>", "timeout": 5}
    return SmtpMailer(EmailOptions.model_validate({**text, **options}), Context({"PW": "secret-word"}, lambda: NOW))


def test_a_mail_says_what_it_is(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        first = mailer(server.port).send(MAIL)
        second = mailer(server.port).send(MAIL)
    assert first == second
    message = server.messages[0]
    assert message["Message-ID"] == first
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"] == "Tue, 24 Nov 2026 09:00:00 +0000"
    assert message["In-Reply-To"] == message["References"]
    assert message.get_body(("plain",)).get_content().strip() == "text"
    assert message.get_body(("html",)).get_content().strip() == "<p>html</p>"


def test_a_refused_recipient_is_refused_for_good_and_a_full_mailbox_is_not(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        server.refuse["dana@example.org"] = "550 no such user"
        with pytest.raises(Refused, match="550 no such user"):
            mailer(server.port).send(MAIL)
        server.refuse["dana@example.org"] = "452 mailbox full"
        with pytest.raises(Doubtful, match="452 mailbox full"):
            mailer(server.port).send(MAIL)


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        port = server.port
    with pytest.raises(Unavailable):
        mailer(port).send(MAIL)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = [
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        str(folder / "key.pem"),
        "-out",
        str(folder / "cert.pem"),
    ]
    try:
        subprocess.run([*command, *names], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("openssl is not there to make a certificate")
    return folder


def test_starttls_and_login(tmp_path: Path, certificate: Path) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    trusted = {"security": "starttls", "ca_bundle": certificate / "cert.pem"}
    login = {"username": "bot", "password": {"env": "PW"}}
    with MailServer(tmp_path, login=("bot", "secret-word"), tls=tls) as server:
        mailer(server.port, **trusted, **login).send(MAIL)
        assert mailer(server.port, **trusted, **login).check().level is Level.OK
        with pytest.raises(Unauthorised) as caught:
            mailer(server.port, **trusted, username="other", password={"env": "PW"}).send(MAIL)
        assert "secret-word" not in str(caught.value)
        with pytest.raises(Unavailable, match="ca_bundle"):
            mailer(server.port, security="starttls", **login).send(MAIL)
    assert len(server.messages) == 1
