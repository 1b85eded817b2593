"""`/confirm/TOKEN` and `/not-me/TOKEN`: an answer in somebody's name, and one button."""

from starlette.responses import Response

from sync_agent.ask.hearing import Unheard
from sync_agent.hear.forms import LinkClaim
from sync_agent.web.drawing import page, plain_page
from sync_agent.web.forms.visit import Visit
from sync_agent.web.forms.words import Words

_NONE = (
    "There is no such answer",
    "It may have been erased, or be of another installation. There is nothing to do for you.",
)
_WHY_NOT = {
    Unheard.NOBODY: "You are not among the people here any more.",
    Unheard.WITHDRAWN: "The question is not asked any more.",
    Unheard.ASKED_OF_OTHERS: "The question is asked of somebody else by now.",
}
_PRESS = "Nothing has been changed. Press the button to do it."


def confirm_page(visit: Visit) -> Response:
    """Shows the answer. With the button it counts."""
    claim = visit.door.claim(visit.token.subject, visit.token.person, visit.now)
    pressed = visit.nonce is not None
    if claim and claim.waits and pressed:
        claim = visit.door.confirm(visit.token.subject, visit.token.person, visit.now)
    if claim is None:
        return plain_page(*_NONE, status=404)
    if claim.taken_back:
        return _shown(visit, claim, "You have taken this back", "It does not count.")
    if not claim.waits:
        late = "It came after the close: it is kept and shown, and does not count." if claim.answer.late else ""
        return _shown(visit, claim, "This is confirmed", late or "It counts as your answer.")
    if claim.why_not:
        return _shown(
            visit, claim, "This cannot be confirmed any more", f"{_WHY_NOT[claim.why_not]} It does not count."
        )
    text = f"This arrived in your name on {Words(claim.situation).day(claim.answer.at)}. Did you write it?"
    return _shown(visit, claim, "Confirm your answer", text, "Yes, this is my answer")


def not_me_page(visit: Visit) -> Response:
    """Shows an answer. The button takes it back."""
    claim = visit.door.claim(visit.token.subject, visit.token.person, visit.now)
    if claim and not claim.taken_back and not claim.waits and visit.nonce is not None:
        claim = visit.door.take_back(visit.token.subject, visit.token.person, visit.now)
    if claim is None:
        return plain_page(*_NONE, status=404)
    if claim.waits:
        return _shown(visit, claim, "This does not count yet", "It would count only if you confirmed it: do nothing.")
    if claim.taken_back:
        return _shown(visit, claim, "Taken back", f"It does not count any more. {_effect(claim)}")
    return _shown(visit, claim, "Was this not you?", _effect(claim), "This was not me: take it back")


def _effect(claim: LinkClaim) -> str:
    """Whether it may have had an effect: people were told about the goal after it arrived."""
    if claim.told is None:
        return "Nobody has been told anything of the goal since it came in."
    told = f"since it came in, people were first told something of the goal on {Words(claim.situation).day(claim.told)}"
    undone = "What they read may rest on it and is not undone; what is told from now on does not rest on it."
    return f"It may have had an effect: {told}. {undone}" if claim.taken_back else f"It may have had an effect: {told}."


def _shown(visit: Visit, claim: LinkClaim, title: str, text: str, button: str = "") -> Response:
    words = Words(claim.situation)
    unpressed = visit.submitted is not None and visit.nonce is None and bool(button)
    return page(
        "claim.html",
        400 if unpressed else 200,
        title=title,
        text=text,
        subject=words.title(claim.ask) if claim.ask else claim.answer.about.id,
        person=words.name(visit.token.person),
        said=words.answer(claim.answer, claim.ask.sheet if claim.ask else None),
        note=_PRESS if unpressed else "",
        button=button,
        nonce=visit.shown_nonce,
    )
