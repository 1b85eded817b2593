"""What those who run the agent are told of the agent itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from sync_agent.decide.addressing import Options, directly
from sync_agent.decide.audience import operators
from sync_agent.model import EMAIL, Goal, Message, MessageKind, Organisation, Payload, Person
from sync_agent.render.chat import chat, harmless
from sync_agent.render.document import Document
from sync_agent.render.mail import html, text
from sync_agent.render.render import footer


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell; the fields are those of a message."""

    key: str
    thread: str
    reason: str
    title: str
    document: Document


def to_operators(
    news: News, organisation: Organisation, options: Options, goals: Iterable[Goal] = ()
) -> tuple[Message, ...]:
    """One message for each operator, by mail or else in their chat, for each chat once. Where there is no operator, for
    the owners of the `goals` concerned.
    """
    told: dict[str, Message] = {}
    for person in operators(organisation, goals, lambda each: bool(directly(options, each))):
        way = directly(options, person)[0]
        where = person.id if way == EMAIL else f"chat/{way}"
        told.setdefault(where, _message(news, where, way, person, organisation))
    return tuple(told.values())


def _message(news: News, where: str, way: str, person: Person, organisation: Organisation) -> Message:
    why, heading = footer(news.reason, person, organisation), harmless(f"Goals: {news.title}")
    return Message(
        key=f"{news.key}/{where}",
        kind=MessageKind.OPERATIONS,
        channel=way,
        payload=Payload(text(news.document, why), f"[Goals] {news.title}", html(news.document, news.title, why))
        if way == EMAIL
        else Payload(chat(news.document, why, heading), heading),
        reason=news.reason,
        person=person.id,
        address=person.email if way == EMAIL else None,
        thread=news.thread,
    )
