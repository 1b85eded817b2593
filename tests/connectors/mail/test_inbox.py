"""The agent's mailbox, as a Maildir and on a real IMAP server: read once, put away, nothing deleted."""

import mailbox
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from imapclient import IMAPClient

from connectors.contract import Level, MailBatch, MailInbox, Runtime
from connectors.errors import ConnectorError, Forbidden, NotFound, Unauthorised, Unavailable
from connectors.mail import EmailOptions, open_inbox
from connectors.mail.options import InboxOptions
from tests.support.servers.dovecot import MISSING, dovecot

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
EMAIL = EmailOptions.model_validate({"host": "localhost", "from": "Goal sync <goals@example.org>"})


def inbox(**options: object) -> MailInbox:
    return open_inbox(InboxOptions.model_validate(options), EMAIL, Runtime({"PW": "secret", "BAD": "x"}, lambda: NOW))


@dataclass(frozen=True)
class Mailbox:
    """A mailbox under test: how to open it, to deliver to it, and to list what lies where."""

    inbox: MailInbox
    deliver: Callable[[str], None]
    waiting: Callable[[], int]
    heard: Callable[[], int]


def of_maildir(folder: Path) -> Mailbox:
    box = mailbox.Maildir(folder)

    def deliver(text: str) -> None:
        box.add(raw(text))

    def heard() -> int:
        return len(list((folder / ".Heard").glob("cur/*")))

    return Mailbox(inbox(maildir=folder), deliver, lambda: len(box), heard)


def of_imap(port: int) -> Mailbox:
    def client() -> IMAPClient:
        found = IMAPClient("127.0.0.1", port, ssl=False)
        found.login("goals", "secret")
        return found

    def deliver(text: str) -> None:
        with client() as connection:
            connection.append("INBOX", raw(text))

    def count(folder: str) -> int:
        with client() as connection:
            exists = connection.folder_exists(folder)
            return int(connection.folder_status(folder, ["MESSAGES"])[b"MESSAGES"]) if exists else 0

    where = imap(port)
    return Mailbox(inbox(imap=where), deliver, lambda: count("INBOX"), lambda: count("Heard"))


def imap(port: int, password: str = "PW", **more: object) -> dict[str, object]:
    login = {"username": "goals", "password": {"env": password}}
    return {"host": "127.0.0.1", "port": port, "security": "none", **login, **more}


def raw(text: str) -> bytes:
    return f"From: dana@example.org\r\nMessage-ID: <{text}@example.org>\r\n\r\n{text}\r\n".encode()


@pytest.fixture(params=["maildir", "imap"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mailbox]:
    if request.param == "maildir":
        yield of_maildir(tmp_path / "mail")
    elif MISSING:
        pytest.skip(MISSING)
    else:
        with dovecot() as (port, _):
            yield of_imap(port)


def texts(batches: list[MailBatch]) -> list[str]:
    return [mail.text for batch in batches for mail in batch.mails]


def test_a_mail_is_read_put_away_and_kept(box: Mailbox) -> None:
    box.deliver("one")
    box.deliver("two")
    first = list(box.inbox.read(None))
    assert sorted(texts(first)) == ["one", "two"]
    assert first[0].mails[0].received.tzinfo is UTC
    for batch in first:
        box.inbox.put_away(batch)
    assert (box.waiting(), box.heard()) == (0, 2)

    cursor = first[-1].cursor
    assert list(box.inbox.read(cursor)) == []
    box.deliver("three")
    assert texts(list(box.inbox.read(cursor))) == ["three"]


def test_what_was_heard_is_read_again_after_the_store_was_lost(box: Mailbox) -> None:
    box.deliver("one")
    for batch in list(box.inbox.read(None)):
        box.inbox.put_away(batch)
    box.deliver("two")
    again = list(box.inbox.read(None))
    assert texts(again) == ["one", "two"]
    for batch in again:
        box.inbox.put_away(batch)
    assert (box.waiting(), box.heard()) == (0, 2)


def test_putting_away_twice_is_putting_away_once(box: Mailbox) -> None:
    box.deliver("one")
    batches = list(box.inbox.read(None))
    for batch in [*batches, *batches]:
        box.inbox.put_away(batch)
    assert (box.waiting(), box.heard()) == (0, 1)


def test_many_mails_come_in_batches_and_none_is_missing(box: Mailbox) -> None:
    for number in range(120):
        box.deliver(f"mail-{number}")
    batches = list(box.inbox.read(None))
    assert len(batches) > 1
    assert sorted(texts(batches)) == sorted(f"mail-{number}" for number in range(120))


def test_a_check_changes_nothing(box: Mailbox) -> None:
    box.deliver("one")
    assert box.inbox.check().level is Level.OK
    assert box.waiting() == 1


def test_a_folder_that_is_no_maildir_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no Maildir"):
        list(inbox(maildir=tmp_path).read(None))
    assert inbox(maildir=tmp_path).check().level is Level.ERROR


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_maildir_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    box = of_maildir(tmp_path / "mail")
    (tmp_path / "mail" / "new").chmod(0)
    with pytest.raises(Forbidden, match="must read"):
        list(box.inbox.read(None))


def test_a_server_that_is_not_there_is_said() -> None:
    with pytest.raises(Unavailable, match="check `host` and `port`"):
        list(inbox(imap=imap(1)).read(None))


def test_a_secret_that_is_missing_is_said_when_it_is_needed() -> None:
    found = inbox(imap=imap(1, "UNSET"))
    with pytest.raises(ConnectorError):
        list(found.read(None))


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_what_the_server_refuses_is_said() -> None:
    with dovecot() as (port, _):
        with pytest.raises(Unauthorised, match="`username` and `password`"):
            list(inbox(imap=imap(port, "BAD")).read(None))
        with pytest.raises(NotFound, match="the folder Nowhere"):
            list(inbox(imap=imap(port, folder="Nowhere")).read(None))


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_numbers_of_another_mailbox_are_not_trusted() -> None:
    with dovecot() as (port, _):
        box = of_imap(port)
        box.deliver("one")
        assert texts(list(box.inbox.read("1:999"))) == ["one"]
        [batch] = box.inbox.read(None)
        box.inbox.put_away(MailBatch(batch.mails, tuple(f"1:{name.split(':')[1]}" for name in batch.names)))
        assert (box.waiting(), box.heard()) == (1, 0)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"maildir": "/mail", "imap": imap(1)},
        {"maildir": "/mail", "address": "Goals <goals@example.org>"},
        {"maildir": "/mail", "heard": "../x"},
        {"imap": {"host": "x", "username": "a"}},
        {"imap": imap(1, token={"env": "T"})},
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        InboxOptions.model_validate(options)
