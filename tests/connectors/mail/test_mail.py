"""Mail over a real SMTP server: encryption, login, refusals, and headers that machines understand."""

import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import PICTURE, Level, Mail, Runtime
from connectors.errors import ConnectorError, Doubtful, Refused, Unauthorised, Unavailable
from connectors.mail import EmailOptions, SmtpMailer
from connectors.mail.compose import compose
from sync_agent.sandbox.certificates import Certificates
from sync_agent.sandbox.mail import MailServer

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MAIL = Mail("<a@example.org>", NOW, "dana@example.org", "[Goals] Blocked", "text", "<p>html</p>", thread="goal/a")


def mailer(port: int, **options: object) -> SmtpMailer:
    text = {"host": "localhost", "port": port, "security": "none", "from": "Goals <goals@example.org>", "timeout": 5}
    return SmtpMailer(
        EmailOptions.model_validate({**text, **options}), Runtime({"PW": "secret-word", "ODD": "pässword"}, lambda: NOW)
    )


def test_a_mail_says_what_it_is(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        for _ in range(2):
            mailer(server.port).send(MAIL)
    message, again = server.messages
    assert dict(message.items()) == dict(again.items()) | {"Content-Type": message["Content-Type"]}
    assert message["Message-ID"] == "<a@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "list"
    assert message["List-Id"] == "Goals <goals.example.org>"
    assert message["List-Unsubscribe"] == "<mailto:goals@example.org?subject=unsubscribe>"
    assert message["Date"] == "Tue, 24 Nov 2026 09:00:00 +0000"
    assert message["In-Reply-To"] == message["References"]
    assert message.get_body(("plain",)).get_content().strip() == "text"
    assert message.get_body(("html",)).get_content().strip() == "<p>html</p>"


def test_an_id_depends_on_the_key_and_the_sender_alone() -> None:
    one, other = mailer(25), mailer(25, **{"from": "Other goals <goals@example.org>"})
    assert one.identify("alert/a") == mailer(26, timeout=9).identify("alert/a")
    assert len({one.identify("alert/a"), one.identify("alert/b"), other.identify("alert/a")}) == 3


def test_a_mail_that_can_be_answered_says_where_and_what() -> None:
    token, sender = "0123456789ab.abcdefghijklmnop", "Goal sync <goals@example.org>"
    plain = compose(MAIL, sender)
    assert [name for name in ("Reply-To", "References") if name in plain] == (["References"] if MAIL.thread else [])
    found = compose(replace(MAIL, reply_to=f"goals+{token}@example.org", token=token, ends=token), sender)
    assert found["Reply-To"] == f"goals+{token}@example.org"
    assert found["References"].startswith(f"<{token}.")
    assert f"<mailto:goals+{token}@example.org?subject=unsubscribe%20{token}>" in found["List-Unsubscribe"]
    one, other = (compose(replace(MAIL, token=token, thread=thread), sender)["References"] for thread in ("a", "b"))
    assert one != other, "episodes stay apart"


def test_messages_of_one_episode_share_a_thread_and_others_do_not() -> None:
    def references(thread: str | None) -> str | None:
        return compose(replace(MAIL, thread=thread), "goals@example.org")["References"]

    assert references("goal/a/1") == references("goal/a/1") != references("goal/a/2")
    assert references(None) is None


HOSTILE = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            [
                "\r\nBcc: victim@example.org",
                "\nContent-Type: text/html\n\n<script>",
                "=?utf-8?q?a=0D=0ABcc:_victim@example.org?=",
                "=?utf-8?b?DQpCY2M6IHZAZXhhbXBsZS5vcmc=?=",
                "\x00",
                "\ud800",
                "\u2028Bcc: x@y",
                "\u202e",
                "\x0b\x0c\x1c\x85",
                "é" * 90,
                "a" * 1200,
                "\r\n.\r\nMAIL FROM:<x@y>",
                "From evil",
                "--=====",
            ]
        ),
        max_size=6,
    ).map(" ".join),
)
NAMES = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence",
    "List-Id", "List-Unsubscribe", "In-Reply-To", "References", "MIME-Version", "Content-Type",
]  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(subject=HOSTILE, text=HOSTILE, html=HOSTILE)
def test_hostile_text_adds_no_header_and_no_part(subject: str, text: str, html: str) -> None:
    made = compose(replace(MAIL, subject=subject, text=text, html=html), "Goals <goals@example.org>")
    message = message_from_bytes(made.as_bytes(), policy=policy.default)
    assert sorted(message.keys()) == sorted(NAMES)
    assert "\n" not in message["Subject"]
    assert "\r" not in message["Subject"]
    assert [str(a) for a in message["To"].addresses] == ["dana@example.org"]
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert not message.defects


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(["Größe", "blocked", "…", "“The", "日本語の目標", "9", "x" * 90, "=?", "a;"]), min_size=1)
)
def test_a_subject_begins_beside_its_name_and_keeps_every_space(words: list[str]) -> None:
    subject = " ".join(words)
    raw = compose(replace(MAIL, subject=subject), "goals@example.org").as_bytes()
    (line,) = (line for line in raw.split(b"\r\n") if line.startswith(b"Subject:"))
    assert len(line) > len("Subject: ")
    assert max(map(len, raw.partition(b"\r\n\r\n")[0].split(b"\r\n"))) <= 100
    read = message_from_bytes(raw, policy=policy.default)["Subject"]
    assert read == subject.replace("=?", "= ?")


@pytest.mark.parametrize("address", ["a@x.org, b@x.org", "a@x.org\r\nBcc: b@x.org", "", "nobody", "a b@x.org"])
def test_a_recipient_is_one_address_or_refused(address: str) -> None:
    with pytest.raises(Refused, match="no mail address"):
        compose(replace(MAIL, recipient=address), "goals@example.org")


def test_a_refused_recipient_is_refused_for_good_and_a_full_mailbox_is_not(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        server.refuse["dana@example.org"] = "550 no such user"
        with pytest.raises(Refused, match="550 no such user"):
            mailer(server.port).send(MAIL)
        server.refuse["dana@example.org"] = "452 mailbox full"
        with pytest.raises(Doubtful, match="452 mailbox full"):
            mailer(server.port).send(MAIL)


class Script:
    """An SMTP server for one connection. It answers each command as `answers` say, else well; `greeting` comes first,
    and `.` is the end of a mail.
    """

    def __init__(self, answers: Mapping[str, str]) -> None:
        usual = {"EHLO": "250-here\r\n250-SIZE 9000000\r\n250 AUTH PLAIN", "AUTH": "235 OK", "DATA": "354 go on"}
        self._answers = {"greeting": "220 hello", **usual, "QUIT": "221 bye", **answers}
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        client, _ = self._socket.accept()
        with client, client.makefile("rwb") as stream:
            said = "greeting"
            while said:
                stream.write(f"{self._answers.get(said, '250 OK')}\r\n".encode())
                stream.flush()
                content = said == "DATA"
                said = "." if content else (stream.readline().decode().split() or [""])[0].upper()
                while content and stream.readline().strip() != b".":
                    """The mail itself."""


LOGIN = {"username": "bot", "password": {"env": "PW"}}


@pytest.mark.parametrize(
    ("command", "answer", "error"),
    [
        ("greeting", "421 4.7.0 too many connections", Unavailable),
        ("greeting", "554 5.7.1 no service for you", Unauthorised),
        ("AUTH", "454 4.7.0 temporary failure", Unavailable),
        ("AUTH", "535 5.7.8 wrong", Unauthorised),
        ("MAIL", "451 4.3.0 try again later", Unavailable),
        ("MAIL", "421 4.3.2 shutting down", Unavailable),
        ("MAIL", "552 5.3.4 message size exceeds fixed limit", Refused),
        ("MAIL", "550 5.7.1 not you", Unauthorised),
        ("RCPT", "450 4.2.0 greylisted", Doubtful),
        ("RCPT", "421 4.3.2 shutting down", Unavailable),
        ("RCPT", "550 5.1.1 no such user", Refused),
        (".", "451 4.7.1 greylisted", Doubtful),
        (".", "421 4.3.2 shutting down", Unavailable),
        (".", "554 5.6.0 not such content", Refused),
    ],
)
def test_no_answer_about_one_mail_keeps_others_back_and_none_for_now_gives_it_up(
    command: str, answer: str, error: type[ConnectorError]
) -> None:
    """Unavailable and Unauthorised are about all mails, Refused and Doubtful about one; Refused alone is for good."""
    with Script({command: answer}) as server, pytest.raises(error) as told:
        mailer(server.port, **LOGIN).send(MAIL)
    assert type(told.value) is error
    assert answer in str(told.value) or command == "AUTH"


def test_a_password_that_cannot_be_said_is_told_with_the_fix() -> None:
    with Script({}) as server:
        (found,) = mailer(server.port, username="bot", password={"env": "ODD"}).check()
    assert found.level is Level.ERROR
    assert "other letters than ASCII" in found.text
    assert "pässword" not in found.text


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with MailServer(tmp_path) as server:
        port = server.port
    with pytest.raises(Unavailable):
        mailer(port).send(MAIL)


def test_a_long_link_to_end_mails_stays_whole(tmp_path: Path) -> None:
    link = f"https://goals.example.org/unsubscribe/{'WyJk' * 40}.abc"
    with MailServer(tmp_path) as server:
        mailer(server.port).send(replace(MAIL, unsubscribe=link))
    (raw,) = (path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    expected = f"List-Unsubscribe: <{link}>,\r\n <mailto:goals@example.org?subject=unsubscribe>\r\n"
    assert expected.replace("\r\n", "\n") in raw.decode().replace("\r\n", "\n")
    assert server.messages[0]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_starttls_and_login(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    files = Certificates.make(tmp_path_factory.mktemp("tls"))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(files.server)
    trusted = {"security": "starttls", "ca_bundle": files.authority}
    login = {"username": "bot", "password": {"env": "PW"}}
    with MailServer(tmp_path, login=("bot", "secret-word"), tls=tls) as server:
        mailer(server.port, **trusted, **login).send(MAIL)
        (found,) = mailer(server.port, **trusted, **login).check()
        assert found.level is Level.OK
        with pytest.raises(Unauthorised) as caught:
            mailer(server.port, **trusted, username="other", password={"env": "PW"}).send(MAIL)
        assert "secret-word" not in str(caught.value)
        with pytest.raises(Unavailable, match="ca_bundle"):
            mailer(server.port, security="starttls", **login).send(MAIL)
    assert len(server.messages) == 1


def test_a_picture_comes_with_the_mail_and_the_text_does_not_need_it(tmp_path: Path) -> None:
    page = f'<p>html</p><img src="cid:{PICTURE}" alt="words">'
    with MailServer(tmp_path) as server:
        mailer(server.port).send(replace(MAIL, html=page, picture=b"\x89PNG picture"))
    (message,) = server.messages
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    picture = next(part for part in message.walk() if part.get_content_type() == "image/png")
    assert picture["Content-ID"] == f"<{PICTURE}>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_content() == b"\x89PNG picture"
    assert message.get_body(("plain",)).get_content().strip() == "text"


def test_what_a_mail_answers_is_sent_as_mail_programs_read_it() -> None:
    """A long id is neither cut nor encoded: it tells the thread, and holds the token."""
    token = "t0nng2b6zasg.srew5ich3d2vrnh3"
    mail = Mail(
        "<a@example.org>", datetime(2026, 11, 24, tzinfo=UTC), "dana@example.org", "Hello", "text", "<p>text</p>",
        thread="asked/dana", token=token,
    )  # fmt: skip
    long = compose(mail, f"Goals <goals@{'department.' * 7}example.org>").as_bytes()
    assert b"List-Id: Goals\r\n <goals.department.department" in long
    assert b"=?" not in long
    raw = compose(mail, "Goals <goals@example.org>").as_bytes()
    for name in (b"References", b"In-Reply-To"):
        (line,) = [line for line in raw.splitlines() if line.startswith(name)]
        assert line.startswith(name + b": <" + token.encode())
        assert line.endswith(b"goal-sync-agent@example.org>")
