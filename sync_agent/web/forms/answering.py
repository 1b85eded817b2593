"""`/answer/TOKEN`: the question with its form, and what was heard."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from starlette.responses import Response

from sync_agent.ask.fields.forms import form
from sync_agent.ask.fields.mistakes import FieldMistake
from sync_agent.ask.hearing import Misheard, Unheard
from sync_agent.ask.kinds import every_kind
from sync_agent.hear import Hearing, Result
from sync_agent.hear.forms import Found
from sync_agent.model.asking import Answer, Door, Heard, Known, State
from sync_agent.render.asking.misheard import say_mistake
from sync_agent.render.rounds.promises import ANSWERED, CLOSED
from sync_agent.store import StoreError
from sync_agent.web.drawing import page, plain_page
from sync_agent.web.forms.visit import NOT_OURS, Visit
from sync_agent.web.forms.words import Words

_NOTHING_SENT = "Nothing was filled in, so nothing was changed."
_NOT_KEPT = "This could not be kept just now. What you entered is still here: please send it again in a minute."
_NOT_THEIRS = {
    Unheard.NO_SUCH_ASK: (
        "This question is not known",
        "It may be of another installation, or of a kind that is not asked any more. There is nothing to do for you.",
    ),
    Unheard.ASKED_OF_OTHERS: (
        "This question is not asked of you any more",
        "Somebody else answers it now. There is nothing to do for you.",
    ),
    Unheard.NOBODY: (
        "You are not among the people here any more",
        "Whoever runs the agent can tell you more; there is nothing else to do for you.",
    ),
}


def answer_page(visit: Visit) -> Response:
    """The page for somebody who follows the link or sends the form."""
    found = visit.door.find(visit.token.subject, visit.token.person, visit.now)
    if isinstance(found, Unheard):
        return plain_page(*_NOT_THEIRS[found], status=404)
    if found.ask.anonymous and (over := _cast_or_closed(visit, found)):
        return over
    if visit.submitted is None:
        return _withdrawn(found) if found.state is State.WITHDRAWN else _form(visit, found)
    if visit.nonce is None:
        return _form(visit, found, NOT_OURS, status=400)
    try:
        result = visit.door.hear(_heard(visit))
    except StoreError:
        return _form(visit, found, _NOT_KEPT, status=503)
    if found.ask.anonymous and result.hearing in (Hearing.KNOWN, Hearing.IGNORED):
        return _over(found, ANSWERED if result.hearing is Hearing.KNOWN else CLOSED)
    if isinstance(result.found, Answer):
        return _thanks(visit, found, result, result.found)
    return _again(visit, found, result.found)


def _cast_or_closed(visit: Visit, found: Found) -> Response | None:
    """The page for whoever cannot answer an anonymous survey any more."""
    if found.state is State.ANSWERED:
        return _over(found, ANSWERED)
    return _over(found, CLOSED) if visit.now >= found.ask.closes else None


def _over(found: Found, text: str) -> Response:
    return plain_page(Words(found.situation).title(found.ask), text)


def _heard(visit: Visit) -> Heard:
    return Heard(
        visit.origin,
        Door.FORM,
        visit.now,
        Known.LINK,
        visit.token.person,
        ask=visit.token.subject,
        submitted=visit.entered,
    )


def _again(visit: Visit, found: Found, misheard: Misheard) -> Response:
    """The form once more, with the mistakes beside their fields."""
    if misheard.why in _NOT_THEIRS:
        return plain_page(*_NOT_THEIRS[misheard.why], status=404)
    filled = any(text.strip() for said in visit.entered.values() for text in said)
    note = "" if filled and misheard.mistakes else _NOTHING_SENT
    return _form(visit, found, note, misheard.mistakes, status=422)


def _form(
    visit: Visit, found: Found, note: str = "", mistakes: Sequence[FieldMistake] = (), status: int = 200
) -> Response:
    words, ask = Words(found.situation), found.ask
    return page(
        "answer.html",
        status,
        title=words.title(ask),
        ask=ask,
        words=words,
        reader=visit.token.person,
        person=words.name(visit.token.person),
        notices=list(_notices(visit, found, words)),
        last_day=words.day(ask.closes - timedelta(microseconds=1)) if visit.now < ask.closes else "",
        said=words.answer(found.answer, ask.sheet) if found.answer else (),
        note=note,
        controls=form(ask.sheet, visit.entered, mistakes),
        loose=[say_mistake(mistake) for mistake in mistakes if not mistake.field],
        wrong=bool(mistakes),
        nonce=visit.shown_nonce,
        action=f"../answer/{visit.text}",
        say=say_mistake,
    )


def _notices(visit: Visit, found: Found, words: Words) -> Iterator[str]:
    """What they should know before they answer."""
    ask, asked = found.ask, found.ask.instead_of or found.ask.person
    if ask.anonymous:
        yield from words.promises(ask)
    if visit.token.person != asked:
        yield f"You answer for {words.name(asked)}. One answer is enough, theirs or yours."
    if found.answer:
        who = "You" if found.answer.person == visit.token.person else words.name(found.answer.person)
        yield f"{who} answered on {words.day(found.answer.at)}. What you send now takes its place."
    elif ask.settled and ask.settled <= visit.now:
        yield f"This was answered elsewhere on {words.day(ask.settled)}: there is nothing that you have to do."
    if visit.now >= ask.closes:
        carries_on = every_kind()[ask.kind].carries_on
        counts = "counts for the question that is open now, if there is one" if carries_on else "does not count"
        yield f"This question closed on {words.day(ask.closes)}. What you send is kept and shown, and {counts}."


def _withdrawn(found: Found) -> Response:
    title = Words(found.situation).title(found.ask)
    return plain_page(title, "This question is not asked any more. There is nothing to do for you.", status=410)


def _thanks(visit: Visit, found: Found, result: Result, answer: Answer) -> Response:
    words = Words(found.situation)
    return page(
        "heard.html",
        title="Heard, thank you" if result.hearing is Hearing.KEPT else "This was sent before",
        subject=words.title(found.ask),
        notices=list(_after(visit, found, result, answer)),
        said=words.answer(answer, found.ask.sheet),
        again="" if found.ask.anonymous else f"../answer/{visit.text}",
    )


def _after(visit: Visit, found: Found, result: Result, answer: Answer) -> Iterator[str]:
    """What happens with the answer, if that is not obvious."""
    if result.hearing is Hearing.KNOWN:
        yield "This form had arrived already, so sending it again has changed nothing. What was heard then:"
    if answer.late:
        yield "The question had closed: your answer is kept and shown, and does not count."
    elif answer.ask != visit.token.subject:
        yield "The question had closed: your answer counts for the one that is open now."
    if found.state is State.WITHDRAWN:
        yield "The question is not asked any more. Your answer is kept."
