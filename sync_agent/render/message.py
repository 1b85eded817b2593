"""Turns a notice into a message in the markup of its target."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from connectors.contract import Markup
from sync_agent.ask.identity.reply_addresses import Replies
from sync_agent.evaluate.verdict import colour_of
from sync_agent.model import (
    AlertTold,
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
    ReplyTo,
    Role,
)
from sync_agent.model.judgement import WORST_FIRST
from sync_agent.render.gist import gist
from sync_agent.render.markup.adf import adf
from sync_agent.render.markup.chat import chat, harmless
from sync_agent.render.markup.document import Document, Mention, Paragraph, clean, paragraph
from sync_agent.render.markup.mail import html, text
from sync_agent.render.markup.markdown import markdown
from sync_agent.render.markup.wiki import wiki
from sync_agent.render.phrases import owner_name
from sync_agent.render.plain import plain_gist, plain_words
from sync_agent.render.reasons import say_reason
from sync_agent.render.wordings import WORDINGS, Wording

MARKUPS: Mapping[Markup, Callable[[Document], str]] = {
    Markup.MARKDOWN: markdown,
    Markup.WIKI: wiki,
    Markup.ADF: adf,
}
_SUBJECT = 120
# Mail programs cut mails beyond 102 kB. If a digest would be longer, it tells of this many goals in full.
_LARGEST_DIGEST = 100_000
_FEWER = (6, 3, 1, 0)
REFERENCE = "Reference for answers:"
"""The beginning of the last line of a mail that can be answered."""
REPLY = "Reply to this mail:"
"""The beginning of the sentence that says what becomes of an answer."""


def render(
    notice: Notice,
    organisation: Organisation,
    markup: Markup,
    now: datetime,
    picture: Picture | None = None,
    replies: Replies | None = None,
) -> Message:
    """The message. `markup` is that of its channel. A mail may contain a `picture`, and can be answered if there are
    `replies`.
    """
    made = _rendered(notice, organisation, markup, now, picture, replies)
    for most in _FEWER if notice.kind is MessageKind.DIGEST else ():
        if len((made.payload.html or made.payload.body).encode()) <= _LARGEST_DIGEST:
            break
        made = _rendered(replace(notice, in_full=most), organisation, markup, now, picture, replies)
    return made


def _rendered(
    notice: Notice,
    organisation: Organisation,
    markup: Markup,
    now: datetime,
    picture: Picture | None,
    replies: Replies | None,
) -> Message:
    subject, document = WORDINGS[notice.kind](notice, organisation, now)
    why = footer(notice.reason, notice.person, organisation)
    reply = replies.of(notice, notice.person.id) if replies and notice.person and markup is Markup.MAIL else None
    shown = (*document, how_to_reply(notice, organisation)) if reply and len(notice.listed) != 1 else document
    payload = _payload(notice, markup, (subject, shown), why, picture, reply)
    return _message(notice, payload, gist(notice, document), reply)


def render_plainly(notice: Notice, organisation: Organisation, markup: Markup) -> Message:
    """The message if `render` fails. It looks at no detail of the notice."""
    payload = _payload(notice, markup, plain_words(notice), _sent_by(organisation), None, None)
    return _message(notice, payload, plain_gist(notice), None)


def _payload(
    notice: Notice, markup: Markup, wording: Wording, why: str, picture: Picture | None, reply: ReplyTo | None
) -> Payload:
    subject, document = wording
    if markup is Markup.MAIL:
        return mail(wording, why, _health(notice), picture, reply, notice.ends_at)
    if markup is Markup.CHAT:
        title = harmless(f"Goals: {subject}", _SUBJECT)
        return Payload(chat(document, why, title), title)
    if markup is Markup.TEXT:
        return Payload(text(document, why), clean(f"Goals: {subject}", _SUBJECT))
    if notice.person:  # A comment for one person, instead of a mail that could not be delivered.
        document = (paragraph(Mention(notice.person.name, notice.person.accounts[notice.channel.name])), *document)
    return Payload(MARKUPS[markup](document))


def _message(notice: Notice, payload: Payload, gist: Gist | None, reply: ReplyTo | None) -> Message:
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
        reply=reply,
        alerts=() if notice.edits else tuple(map(AlertTold.of, (*notice.alerts, *notice.consequences))),
        mentioned=tuple(person.id for person in notice.mentions),
        asks=(*(each.ask.id for each in notice.listed), *(report.id for report in notice.reports)),
    )


def mail(
    wording: Wording,
    why: str,
    health: Health | None = None,
    picture: Picture | None = None,
    reply: ReplyTo | None = None,
    ends_at: str | None = None,
) -> Payload:
    """The two parts of a mail. `why` is the reason why its reader gets it; at `ends_at` they can unsubscribe. Its last
    line has the token for answers.
    """
    subject, document = wording
    last = f"{REFERENCE} {reply.token} {reply.ends}".rstrip() if reply else ""
    page = html(document, subject, why, health, picture, last, ends_at)
    return Payload(text(document, why, last, ends_at), clean(f"[Goals] {subject}", _SUBJECT), page, picture)


def how_to_reply(notice: Notice, organisation: Organisation) -> Paragraph:
    """What becomes of an answer to a mail."""
    if any(each.ask.anonymous for each in notice.listed):
        return paragraph(f"{REPLY} it answers what is not anonymous. Anything else wants a new mail.")
    written = "what answers no question" if notice.listed else "what you write"
    if len(notice.goals) != 1 or notice.kind is MessageKind.DIGEST:
        return paragraph(f"{REPLY} whoever looks after the goals reads {written}.")
    goal = notice.goals[0][0]
    owns = notice.person is not None and notice.person.id == goal.owner
    reads = "" if owns else f", and {owner_name(organisation, goal)}, who owns it, reads it"
    return paragraph(f"{REPLY} {written} is filed with the goal{reads}.")


def _health(notice: Notice) -> Health | None:
    """The health that colours a mail: the worst among its goals and their problems; None if it is about no goal."""
    found = [colour_of(*pair) for pair in notice.goals]
    return min(found, key=WORST_FIRST.index) if found and notice.kind is not MessageKind.OPERATIONS else None


def footer(reason: Reason, person: Person | None, organisation: Organisation) -> str:
    """Says why somebody gets a mail."""
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
