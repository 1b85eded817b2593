"""A notice → a message in its target's own markup."""

from collections.abc import Callable, Mapping
from datetime import datetime

from connectors.contract import Markup
from sync_agent.model import (
    ChannelKind,
    Gist,
    Health,
    Message,
    MessageKind,
    Notice,
    Organisation,
    Payload,
    Person,
    Picture,
    Reason,
    Role,
)
from sync_agent.model.judgement import WORST_FIRST
from sync_agent.render.gist import gist
from sync_agent.render.markup.adf import adf
from sync_agent.render.markup.chat import chat, harmless
from sync_agent.render.markup.document import Document, Mention, clean, paragraph
from sync_agent.render.markup.mail import html, text
from sync_agent.render.markup.markdown import markdown
from sync_agent.render.markup.wiki import wiki
from sync_agent.render.plain import plain_gist, plain_words
from sync_agent.render.reasons import say_reason
from sync_agent.render.wordings import WORDINGS, Wording

MARKUPS: Mapping[Markup, Callable[[Document], str]] = {
    Markup.MARKDOWN: markdown,
    Markup.WIKI: wiki,
    Markup.ADF: adf,
}
_SUBJECT = 120


def render(
    notice: Notice, organisation: Organisation, markup: Markup, now: datetime, picture: Picture | None = None
) -> Message:
    """The message. `markup` is what its channel is written in; a mail may have a `picture` in it."""
    subject, document = WORDINGS[notice.kind](notice, organisation, now)
    why = footer(notice.reason, notice.person, organisation)
    payload = _payload(notice, markup, (subject, document), why, picture)
    return _message(notice, payload, gist(notice, document))


def render_plainly(notice: Notice, organisation: Organisation, markup: Markup) -> Message:
    """The message where `render` fails: no detail of the notice is looked at."""
    payload = _payload(notice, markup, plain_words(notice), _sent_by(organisation), None)
    return _message(notice, payload, plain_gist(notice))


def _payload(notice: Notice, markup: Markup, wording: Wording, why: str, picture: Picture | None) -> Payload:
    subject, document = wording
    if markup is Markup.MAIL:
        page = html(document, subject, why, _health(notice), picture)
        return Payload(text(document, why), clean(f"[Goals] {subject}", _SUBJECT), page, picture)
    if markup is Markup.CHAT:
        title = harmless(f"Goals: {subject}", _SUBJECT)
        return Payload(chat(document, why, title), title)
    if markup is Markup.TEXT:
        return Payload(text(document, why), clean(f"Goals: {subject}", _SUBJECT))
    if notice.person:  # A comment for one person: what would have been a mail had it arrived.
        document = (paragraph(Mention(notice.person.name, notice.person.accounts[notice.channel.name])), *document)
    return Payload(MARKUPS[markup](document))


def _message(notice: Notice, payload: Payload, gist: Gist | None) -> Message:
    return Message(
        key=notice.key,
        kind=notice.kind,
        channel=notice.channel,
        payload=payload,
        reason=notice.reason,
        goal=notice.goals[0][0].id if len(notice.goals) == 1 else None,
        person=notice.person.id if notice.person else None,
        place=notice.place,
        address=notice.person.email if notice.person and notice.channel.kind is ChannelKind.MAIL else None,
        edits=notice.edits,
        thread=notice.thread,
        gist=gist,
    )


def _health(notice: Notice) -> Health | None:
    """The worst of its goals; None where it is not about how goals stand."""
    found = [assessment.health for _, assessment in notice.goals]
    return min(found, key=WORST_FIRST.index) if found and notice.kind is not MessageKind.OPERATIONS else None


def footer(reason: Reason, person: Person | None, organisation: Organisation) -> str:
    """Why somebody gets a mail."""
    role = f" You are listed as {_ROLES[person.role]}." if person else ""
    return f"Why you got this: {say_reason(reason)}.{role} {_sent_by(organisation)}"


def _sent_by(organisation: Organisation) -> str:
    return f"Sent by the goal sync agent of {clean(organisation.name)}."


_ROLES: Mapping[Role, str] = {
    Role.OWNER: "a goal owner",
    Role.SENIOR_LEADER: "a senior leader",
    Role.TECHNICAL_EXPERT: "a technical expert",
    Role.BUSINESS_PARTNER: "a business partner",
    Role.CUSTOMER_REPRESENTATIVE: "a customer representative",
    Role.IT_OPS: "IT operations",
}
