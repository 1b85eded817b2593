"""What can be said about the mail server, and what is refused."""

import pytest
from pydantic import ValidationError

from connectors.mail import EmailOptions

LEAST = {"host": "smtp.example.org", "from": "Goal sync <goals@example.org>"}


def test_host_and_sender_are_enough() -> None:
    options = EmailOptions.model_validate(LEAST)
    assert (options.port, options.security, options.username, options.password) == (587, "starttls", None, None)
    assert options.sender == "Goal sync <goals@example.org>"


@pytest.mark.parametrize(
    "sender",
    ["", "Goal sync", "goals@", "@example.org", "Goal sync <goals>", "a@b.example\nBcc: c@d.example", "a b@c d"],
)
def test_a_sender_without_an_address_is_refused(sender: str) -> None:
    with pytest.raises(ValidationError, match="should be an address such as"):
        EmailOptions.model_validate({**LEAST, "from": sender})


def test_a_sender_whom_no_mail_could_come_from_is_refused() -> None:
    with pytest.raises(ValidationError, match="before the @ should be ASCII"):
        EmailOptions.model_validate({**LEAST, "from": "Ziele <größe@example.org>"})
    assert EmailOptions.model_validate({**LEAST, "from": "Größe <goals@müller.example>"})


@pytest.mark.parametrize("half", [{"username": "bot"}, {"password": {"env": "PW"}}])
def test_half_a_login_is_refused(half: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="belong together"):
        EmailOptions.model_validate({**LEAST, **half})


@pytest.mark.parametrize("change", [{"sender": "a@b.example"}, {"port": 0}, {"security": "ssl"}, {"timeout": "inf"}])
def test_what_is_not_in_the_guide_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EmailOptions.model_validate({**LEAST, **change})


def test_a_plus_address_needs_room_for_a_token() -> None:
    inbox = {"maildir": "/mail", "plus_addresses": True}
    long = {**LEAST, "from": f"{'g' * 35}@example.org"}
    with pytest.raises(ValidationError, match="leaves no room for plus_addresses; it should have 34"):
        EmailOptions.model_validate({**long, "inbox": inbox})
    short = EmailOptions.model_validate({**long, "inbox": {**inbox, "address": "goals@example.org"}})
    assert short.answers_to == "goals@example.org"
    assert EmailOptions.model_validate({**long, "inbox": {**inbox, "plus_addresses": False}})


@pytest.mark.parametrize("secret", [{"env": "A"}, [{"env": "A"}, {"file": "/b"}]])
def test_one_secret_or_several_sign_replies(secret: object) -> None:
    options = EmailOptions.model_validate({**LEAST, "inbox": {"maildir": "/mail", "secret": secret}})
    assert options.inbox
    assert options.inbox.secret[0].env == "A"
