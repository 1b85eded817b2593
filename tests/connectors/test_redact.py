"""A secret is blanked in every spelling in which a server may send it back, and errors have an end."""

import base64
import json
import os
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Mail, Runtime
from connectors.errors import ConnectorError, Forbidden, Refused, SecretMissing, Unauthorised
from connectors.mail import SmtpMailer
from connectors.mail.options import EmailOptions
from connectors.options import Secret
from connectors.redact import Keyring
from sync_agent.sandbox.mail import MailServer
from tests.support.builders import NOW

SECRETS = st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_categories=("Cc", "Cf")), min_size=8)


def spellings(secret: str) -> list[str]:
    pair = f"bot@example.org:{secret}".encode()
    return [
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
        json.dumps(secret).replace("/", "\\/")[1:-1],
        base64.b64encode(pair).decode(),
        base64.urlsafe_b64encode(pair).decode(),
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(f"\0bot@example.org\0{secret}".encode()).decode(),
    ]


@given(SECRETS)
def test_every_spelling_of_a_known_secret_is_blanked(secret: str) -> None:
    keyring = Keyring()
    keyring.learn("a place", secret, "bot@example.org")
    for said in spellings(secret):
        assert keyring.clean(f"<{said}>") in ("<[secret]>", "<[secret]=>", "<[secret]==>"), said


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Basic cGxhbnRlZDpwbGFudGVk",
        "'authorization': 'token planted'",
        "https://planted:planted@proxy.example.org/",
        "https://m.example.org/q?a=1&api_key=planted",
        "eyJplanted1.planted22.planted3",
        "ghp_plantedplantedplantedplanted",
    ],
)
def test_what_looks_like_a_secret_is_blanked_in_any_error(text: str) -> None:
    assert "planted" not in str(ConnectorError(f"jira: {text}", text, text))
    assert "cGxhbnRl" not in str(ConnectorError(f"jira: {text}", text, text))


def test_a_secret_that_was_replaced_stays_blanked_and_the_new_one_is_at_once(tmp_path: Path) -> None:
    file = tmp_path / "token"
    context = Runtime({}, lambda: NOW)
    for text in ("the-first-token", "the-second-token"):
        file.write_text(f"\ufeff{text}\n", encoding="utf-8")
        assert context.reveal(Secret(file=file)) == text
    assert context.keyring.clean("the-first-token the-second-token") == "[secret] [secret]"
    file.unlink()
    with pytest.raises(SecretMissing, match=r"cannot read the secret file .*token: No such file"):
        context.reveal(Secret(file=file))


def test_a_secret_that_the_agent_may_not_read_says_who_the_agent_is(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("secret")
    file.chmod(0)
    user = os.geteuid()
    os.seteuid(user or 65534)  # Root may read everything.
    try:
        with pytest.raises(SecretMissing, match=rf"Permission denied; make it readable .*uid {user or 65534}"):
            Secret(file=file).reveal({})
    finally:
        os.seteuid(user)


def test_an_error_is_one_line_of_bounded_length_and_keeps_its_parts() -> None:
    error = Forbidden("jira: PUT /x: 403", "no\x1b[2J\n" * 200_000, "ask them").with_fix("or leave it")
    assert str(error).isprintable()
    assert len(str(error)) < 400
    assert (error.message, error.fix) == ("jira: PUT /x: 403", "ask them; or leave it")


@pytest.mark.parametrize("hostile", ["eyJ" * 300_000, "://" * 300_000, "Authorization:" * 70_000, "key=&" * 200_000])
def test_hostile_text_costs_linear_time(hostile: str) -> None:
    keyring = Keyring()
    keyring.learn("a place", "planted-token", "bot")
    assert len(keyring.clean(hostile)) <= len(hostile)


def test_a_mail_server_that_echoes_the_login_makes_no_leak(tmp_path: Path) -> None:
    login = ("bot", "planted-mail-password")
    plain = base64.b64encode(b"\0bot\0planted-mail-password").decode()
    with MailServer(tmp_path, login=login) as server:
        server.refuse["dana@example.org"] = f"550 5.1.1 AUTH PLAIN {plain} planted-mail-password no such user"
        options = EmailOptions.model_validate(
            {
                "host": "127.0.0.1",
                "port": server.port,
                "security": "none",
                "from": "goals@example.org",
                "username": "bot",
                "password": {"env": "MAIL"},
            }
        )
        environ = {"MAIL": login[1]}
        mailer = SmtpMailer(options, Runtime(environ, lambda: NOW))
        with pytest.raises(Refused) as refused:
            mailer.send(Mail("<1@x>", NOW, "dana@example.org", "S", "t", "<p>t</p>"))
        assert "planted" not in str(refused.value)
        assert plain not in str(refused.value)
        assert "no such user" in refused.value.said
        environ.clear()
        with pytest.raises(Unauthorised, match="the environment variable MAIL is empty or not set"):
            mailer.send(Mail("<1@x>", NOW, "dana@example.org", "S", "t", "<p>t</p>"))
