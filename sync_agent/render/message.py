"""Turns a notice into a message in its target's own markup."""

from collections.abc import Callable, Mapping
from datetime import datetime

from connectors.contract import Markup
from sync_agent.model import Health, Message, MessageKind, Notice, Organisation, Payload, Person, Picture, Reason, Role
from sync_agent.render.gist import gist
from sync_agent.render.markup.adf import adf
from sync_agent.render.markup.chat import chat, harmless
from sync_agent.render.markup.document import Document, Mention, clean, paragraph
from sync_agent.render.markup.mail import html, text
from sync_agent.render.markup.markdown import markdown
from sync_agent.render.markup.wiki import wiki
from sync_agent.render.phrases import WORST_FIRST
from sync_agent.render.reasons import say_reason
from sync_agent.render.wordings import WORDINGS

MARKUPS: Mapping[Markup, Callable[[Document], str]] = {
    Markup.MARKDOWN: markdown,
    Markup.WIKI: wiki,
    Markup.ADF: adf,
}
_SUBJECT = 120


def render(
    notice: Notice, organisation: Organisation, markup: Markup | None, now: datetime, picture: Picture | None = None
) -> Message:
    """Returns the message. `markup` is that of comments at its place; None makes a mail, which may hold a `picture`."""
    subject, document = WORDINGS[notice.kind](notice, organisation, now)
    why = footer(notice.reason, notice.person, organisation)
    if markup is None:
        words = text(document, why)
        page = html(document, subject, why, _health(notice), picture)
        payload = Payload(words, clean(f"[Goals] {subject}", _SUBJECT), page, picture)
    elif markup is Markup.CHAT:
        title = harmless(f"Goals: {subject}", _SUBJECT)
        payload = Payload(chat(document, why, title), title)
    else:
        if notice.person:  # A comment for one person, in place of a mail that could not be delivered.
            document = (paragraph(Mention(notice.person.name, notice.person.accounts[notice.channel])), *document)
        payload = Payload(MARKUPS[markup](document))
    return Message(
        key=notice.key,
        kind=notice.kind,
        channel=notice.channel,
        payload=payload,
        reason=notice.reason,
        goal=notice.goals[0][0].id if len(notice.goals) == 1 else None,
        person=notice.person.id if notice.person else None,
        place=notice.place,
        address=notice.person.email if notice.person and markup is None else None,
        edits=notice.edits,
        thread=notice.thread,
        gist=gist(notice, document),
    )


def _health(notice: Notice) -> Health | None:
    """Returns the worst health of its goals; None if it is not about goals."""
    found = [assessment.health for _, assessment in notice.goals]
    return min(found, key=WORST_FIRST.index) if found and notice.kind is not MessageKind.OPERATIONS else None


def footer(reason: Reason, person: Person | None, organisation: Organisation) -> str:
    """Says why somebody gets a mail."""
    role = f" You are listed as {_ROLES[person.role]}." if person else ""
    return f"Why you got this: {say_reason(reason)}.{role} Sent by the goal sync agent of {clean(organisation.name)}."


_ROLES: Mapping[Role, str] = {
    Role.OWNER: "a goal owner",
    Role.SENIOR_LEADER: "a senior leader",
    Role.TECHNICAL_EXPERT: "a technical expert",
    Role.BUSINESS_PARTNER: "a business partner",
    Role.CUSTOMER_REPRESENTATIVE: "a customer representative",
    Role.IT_OPS: "IT operations",
}
