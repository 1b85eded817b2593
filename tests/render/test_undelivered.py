"""Whoever runs the agent hears what cannot be delivered, each once and in a way that reaches them."""

from dataclasses import replace

from connectors.contract import Markup
from sync_agent.decide import AvailableChannels, failures
from sync_agent.model import EMAIL, Channel, Message, Organisation, Person
from sync_agent.render import render
from tests.support.messages.notices import DANA, DEMO, FAILED, NOTICES, NOW, OPS

CHATS = AvailableChannels(email=True, chats=frozenset({"ops-room"}))


def run_by(*people: Person) -> Organisation:
    return replace(DEMO, people={person.id: person for person in (DANA, *people)})


def told(organisation: Organisation, options: AvailableChannels) -> list[Message]:
    notices = failures(FAILED, organisation, options, NOW).notices
    return [render(n, organisation, Markup.MAIL if n.channel == EMAIL else Markup.CHAT, NOW) for n in notices]


def test_who_has_no_mail_hears_of_it_in_their_chat() -> None:
    (message,) = told(run_by(replace(OPS, email=None, chat="ops-room")), CHATS)
    assert (message.channel.name, message.address) == ("ops-room", None)
    assert message.payload.subject == "Goals: 2 messages cannot be delivered"
    assert "unlock the conversation" in message.payload.body
    assert "dna@\u200bexample.org" in message.payload.body


def test_without_a_mail_server_the_chat_is_told() -> None:
    (message,) = told(run_by(replace(OPS, chat="ops-room")), replace(CHATS, email=False))
    assert message.channel.name == "ops-room"


def test_a_chat_is_told_once_however_many_it_reaches_and_a_mail_comes_to_each() -> None:
    night = replace(OPS, id="night", email="night@example.org")
    both = [replace(person, chat="ops-room") for person in (OPS, night)]
    assert [m.channel.name for m in told(run_by(*both), replace(CHATS, email=False))] == ["ops-room"]
    assert [m.address for m in told(run_by(*both), CHATS)] == ["ops@example.org", "night@example.org"]


def test_what_is_said_in_a_chat_is_for_the_chat_whoever_is_named_first() -> None:
    message = render(replace(NOTICES["alert-mail"], channel=Channel.chat("team")), DEMO, Markup.CHAT, NOW)
    assert (message.person, message.address, message.target) == ("dana", None, "team")
