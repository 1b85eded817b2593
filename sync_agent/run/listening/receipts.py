"""Confirms by mail what was sent by form in somebody's name, where it weighs: anybody who has read their mail could
have sent it.
"""

from datetime import datetime

from sqlalchemy import Connection

from sync_agent.ask.fields.short import write_short
from sync_agent.ask.identity.links import Links
from sync_agent.ask.identity.reply_addresses import Replies
from sync_agent.model import Organisation
from sync_agent.model.asking import Answer, Ask
from sync_agent.outbox import enqueue
from sync_agent.render import MailResponse, MailResponseKind, respond


def send_receipt(
    connection: Connection,
    answer: Answer,
    ask: Ask,
    organisation: Organisation,
    links: Links | None,
    replies: Replies | None,
    now: datetime,
) -> None:
    """Puts the mail into the outbox. Does nothing for people without an address."""
    person = organisation.people.get(answer.person)
    if person is None or not person.email:
        return
    link = links.take_back_link(answer.origin, person.id) if links else None
    said = write_short(ask.sheet.fields, answer.values)
    response = MailResponse(
        MailResponseKind.RECEIPT, person, answer.origin, answer=answer, goal=ask.goal, link=link, said=said
    )
    enqueue(connection, [respond(response, organisation, replies)], now)
