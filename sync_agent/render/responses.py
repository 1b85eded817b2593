"""Replies to mails that people wrote to the agent: what would have been right, or what became of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sync_agent.ask.fields.lines import template
from sync_agent.ask.hearing import SECRET, Misheard
from sync_agent.ask.identity.ids import about_id
from sync_agent.ask.identity.links import DIGEST
from sync_agent.ask.identity.reply_addresses import AGENT, ASKED, Replies
from sync_agent.model import EMAIL, Message, MessageKind, Organisation, Person, Reason, ReasonKind
from sync_agent.model.asking import Answer, Door, Known
from sync_agent.render.asking.misheard import say_mistakes, say_why
from sync_agent.render.markup.document import Block, Command, Heading, Strong, bullets, link, paragraph
from sync_agent.render.message import REFERENCE, REPLY, footer, mail
from sync_agent.words import say_count

OUR_LINES = (REFERENCE.casefold(), REPLY.casefold())
"""Beginnings of lines, folded, that occur only in our mails."""
_LONGEST_QUOTE = 500


class MailResponseKind(StrEnum):
    """What the reply is about."""

    MISHEARD = "misheard"
    CONFIRM = "confirm"
    RECEIPT = "receipt"
    UNSUBSCRIBED = "unsubscribed"
    NOT_UNSUBSCRIBED = "not unsubscribed"


@dataclass(frozen=True, slots=True)
class MailResponse:
    """What a person is told of the mail that came from `origin`, about a `goal` ("": none). `link` is where they
    confirm their `answer` or take it back; `ended` what they get no more: a goal's id, or DIGEST. `said` is what was
    entered in a form. `attachments` were not read.
    """

    kind: MailResponseKind
    person: Person
    origin: str
    misheard: Misheard | None = None
    answer: Answer | None = None
    goal: str = ""
    link: str | None = None
    ended: str = ""
    said: str = ""
    attachments: int = 0


def respond(response: MailResponse, organisation: Organisation, replies: Replies | None) -> Message:
    """The reply. Its key is that of the mail it answers: nothing is answered twice."""
    title, blocks = _WORDINGS[response.kind](response, organisation)
    reply = replies.to(_subject(response), response.person.id) if replies else None
    form = response.answer is not None and response.answer.door is Door.FORM
    reason = Reason(ReasonKind.ANSWERED if form else ReasonKind.WROTE)
    return Message(
        key=f"{'receipt' if form else 'reply'}/{response.person.id}/{response.origin}",
        kind=MessageKind.REPLY,
        channel=EMAIL,
        payload=mail((title, tuple(blocks)), footer(reason, response.person, organisation), reply=reply),
        reason=reason,
        person=response.person.id,
        address=response.person.email,
        reply=reply,
    )


def _subject(response: MailResponse) -> str:
    """What an answer to the reply is about: the same as before."""
    heard = response.misheard.heard if response.misheard else None
    if response.answer:
        return response.answer.ask
    if heard and heard.ask:
        return heard.ask
    if heard and heard.several:
        return about_id(ASKED)
    return about_id(heard.about if heard and heard.about else AGENT)


def _misheard(response: MailResponse, organisation: Organisation) -> tuple[str, Iterator[Block]]:
    found = response.misheard
    assert found is not None
    goal = next((g for g in organisation.goals if g.id == response.goal), None)
    title = f"Your mail was not understood{f': {goal.objective}' if goal else ''}"
    return title, _what_would_be_right(found, response)


def _what_would_be_right(found: Misheard, response: MailResponse) -> Iterator[Block]:
    why = say_why(found.why)
    yield paragraph(Strong(f"{why[0].upper()}{why[1:]}. Nothing has been noted."))
    yield from bullets([said] for said in say_mistakes(found.mistakes, found.sheet))
    if found.heard.text:
        yield paragraph(f"You wrote: “{_short(found.heard.text)}”")
    if response.attachments:
        yield paragraph(f"The mail came with {say_count(response.attachments, 'attachment')}; the agent reads none.")
    if found.sheet:
        yield Heading("What would be right")
        yield from bullets([Strong(label), f": {notation}"] for label, notation in template(found.sheet))
        if found.sheet.shortcuts:
            yield paragraph("Or just: ", *_either([each.words for each in found.sheet.shortcuts]), ".")
        yield paragraph(f"{REPLY} write it above the quoted text.")
    if found.why not in SECRET:
        yield paragraph("The same words are not answered a second time.")


def _either(words: list[str]) -> Iterator[Command | str]:
    for number, each in enumerate(words):
        if number:
            yield " or "
        yield Command(each)


def _confirm(response: MailResponse, organisation: Organisation) -> tuple[str, Iterator[Block]]:
    return f"Please confirm your answer{_about(response, organisation)}", _to_confirm(response)


def _about(response: MailResponse, organisation: Organisation) -> str:
    return next((f": {goal.objective}" for goal in organisation.goals if goal.id == response.goal), "")


def _to_confirm(response: MailResponse) -> Iterator[Block]:
    yield paragraph(Strong("Your answer counts once you confirm that it is yours."))
    vouched = response.answer is not None and response.answer.known is Known.ALIGNED_MAIL
    why = "a mail is not enough for it" if vouched else "nobody vouches for the address that it came from"
    yield paragraph(f"It weighs much, and {why}.")
    yield from _quoted(response)
    if response.link:
        yield paragraph("Was it you? ", link("Confirm it", response.link), ". If it was not, there is nothing to do.")
    else:
        yield paragraph(
            "Answer in a comment on one of the goal's issues, or tell whoever runs the agent, who can note it for you. "
            "If it was not you, there is nothing to do."
        )


def _receipt(response: MailResponse, organisation: Organisation) -> tuple[str, Iterator[Block]]:
    return f"Your answer has been noted{_about(response, organisation)}", _to_take_back(response)


def _to_take_back(response: MailResponse) -> Iterator[Block]:
    yield paragraph(Strong("Your answer has been noted."))
    yield from _quoted(response)
    if response.link:
        yield paragraph("Was it not you? ", link("This was not me", response.link), " takes it back.")
    else:
        yield paragraph("If it was not you, tell whoever runs the agent.")


def _quoted(response: MailResponse) -> Iterator[Block]:
    if response.answer and response.answer.raw:
        yield paragraph(f"You wrote: “{_short(response.answer.raw)}”")
    elif response.said:
        yield paragraph(f"By form, in your name: “{_short(response.said)}”")


def _unsubscribed(response: MailResponse, organisation: Organisation) -> tuple[str, Iterator[Block]]:
    goal = next((g.objective for g in organisation.goals if g.id == response.ended), response.ended)
    digest = response.ended == DIGEST
    what = "your digest" if digest else f"alerts and reminders about “{goal}”"
    rest = (
        "Alerts about your goals still reach you."
        if digest
        else "Your digest still shows the goal, and you are still asked where a decision of yours is needed."
    )
    done = paragraph(Strong(f"Done: you no longer get {what} by mail."))
    again = paragraph("To get them again, ask whoever runs the agent.")
    return "These mails have ended", iter((done, paragraph(rest), again))


def _not_unsubscribed(_response: MailResponse, _organisation: Organisation) -> tuple[str, Iterator[Block]]:
    first = paragraph(Strong("Nothing has been ended: the agent cannot tell which mails you mean."))
    how = paragraph("Reply with the word ", Command("unsubscribe"), " to one of the mails that you do not want.")
    rest = paragraph("Mails that ask for a decision of yours, or concern the agent itself, cannot be ended.")
    return "Which mails do you mean?", iter((first, how, rest))


_WORDINGS = {
    MailResponseKind.MISHEARD: _misheard,
    MailResponseKind.CONFIRM: _confirm,
    MailResponseKind.RECEIPT: _receipt,
    MailResponseKind.UNSUBSCRIBED: _unsubscribed,
    MailResponseKind.NOT_UNSUBSCRIBED: _not_unsubscribed,
}


def _short(text: str) -> str:
    line = " ".join(text[: _LONGEST_QUOTE * 2].split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[: _LONGEST_QUOTE - 1]}…"
