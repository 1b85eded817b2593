"""The page behind the unsubscribe link of a mail. Opening it changes nothing, because mail scanners open links; its
button does.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync_agent.ask.identity.links import DIGEST, Links
from sync_agent.web.drawing import page, plain_page


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What the pages need: the signed links of the present configuration (None if there are none), and functions that
    end and resume mails for a person and subject.
    """

    links: Callable[[], Links | None]
    end: Callable[[str, str], None]
    resume: Callable[[str, str], None]


def routes(subscriptions: Subscriptions) -> list[Route]:
    """`/unsubscribe/TOKEN` and `/subscribe/TOKEN`."""

    def shown(action: str, request: Request, text: str, button: str) -> Response:
        # Relative, because a proxy may serve us below a path of its own.
        address = f"../{action}/{request.path_params['token']}"
        return page("unsubscribe.html", title=_TITLE, text=text, action=address, button=button)

    def answer(request: Request, act: Callable[[Request, str, str], Response]) -> Response:
        links = subscriptions.links()
        found = links.verified(request.path_params["token"]) if links else None
        return act(request, *found) if found else plain_page(_TITLE, _NOT_VALID, status=404)

    def ask(request: Request, _person: str, subject: str) -> Response:
        return shown("unsubscribe", request, f"Stop mailing you {_words(subject)}?", "Stop these mails")

    def end(request: Request, person: str, subject: str) -> Response:
        subscriptions.end(person, subject)
        text = f"Done: you no longer get {_words(subject)} by mail. {_REST[subject == DIGEST]}"
        return shown("subscribe", request, text, "Send them again")

    def resume(request: Request, person: str, subject: str) -> Response:
        subscriptions.resume(person, subject)
        return shown("unsubscribe", request, f"Done: you get {_words(subject)} by mail again.", "Stop these mails")

    return [
        Route("/unsubscribe/{token}", lambda request: answer(request, ask)),
        Route("/unsubscribe/{token}", lambda request: answer(request, end), methods=["POST"]),
        Route("/subscribe/{token}", lambda request: answer(request, resume), methods=["POST"]),
    ]


_TITLE = "Your mails"
_NOT_VALID = "This link is not valid. Use the one in your newest mail, or ask whoever runs the agent."
_REST = {
    False: "Your digest still shows the goal, and you are still asked where a decision of yours is needed.",
    True: "Alerts about your goals still reach you.",
}


def _words(subject: str) -> str:
    return "your digest" if subject == DIGEST else f"alerts and reminders about the goal {subject}"
