"""The page behind the link in a mail. Opening it changes nothing, for mail scanners do; its button does."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sync_agent.ask.links import DIGEST, Links

_PAGE = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>Your mails</title>
<style>
body {{ font: 16px/1.5 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; max-width: 36rem;
  margin: 3rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.4rem; }}
button {{ font: inherit; padding: .5rem 1.1rem; }}
</style></head>
<body><main><h1>Your mails</h1><p>{text}</p>
<form method="post" action="{action}"><button>{button}</button></form></main></body></html>
"""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What the pages need: the signed links of today's configuration (None: there are none), and what ends and resumes
    mails for a person and subject.
    """

    links: Callable[[], Links | None]
    end: Callable[[str, str], None]
    resume: Callable[[str, str], None]


def routes(subscriptions: Subscriptions, headers: dict[str, str]) -> list[Route]:
    """`/unsubscribe/TOKEN` and `/subscribe/TOKEN`."""

    def page(action: str, request: Request, text: str, button: str) -> Response:
        # Relative: a proxy may show us below a path of its own.
        address = f"../{action}/{request.path_params['token']}"
        body = _PAGE.format(text=escape(text), action=escape(address), button=escape(button))
        return HTMLResponse(body, headers=headers)

    def answer(request: Request, act: Callable[[Request, str, str], Response]) -> Response:
        links = subscriptions.links()
        found = links.verified(request.path_params["token"]) if links else None
        return (
            act(request, *found)
            if found
            else Response(
                "This link is not valid. Use the one in your newest mail, or ask whoever runs the agent.", 404, headers
            )
        )

    def ask(request: Request, _person: str, subject: str) -> Response:
        return page("unsubscribe", request, f"Stop mailing you {_words(subject)}?", "Stop these mails")

    def end(request: Request, person: str, subject: str) -> Response:
        subscriptions.end(person, subject)
        text = f"Done: you no longer get {_words(subject)} by mail. {_REST[subject == DIGEST]}"
        return page("subscribe", request, text, "Send them again")

    def resume(request: Request, person: str, subject: str) -> Response:
        subscriptions.resume(person, subject)
        return page("unsubscribe", request, f"Done: you get {_words(subject)} by mail again.", "Stop these mails")

    return [
        Route("/unsubscribe/{token}", lambda request: answer(request, ask)),
        Route("/unsubscribe/{token}", lambda request: answer(request, end), methods=["POST"]),
        Route("/subscribe/{token}", lambda request: answer(request, resume), methods=["POST"]),
    ]


_REST = {
    False: "Your digest still shows the goal, and you are still asked where a decision of yours is needed.",
    True: "Alerts about your goals still reach you.",
}


def _words(subject: str) -> str:
    return "your digest" if subject == DIGEST else f"alerts and reminders about the goal {subject}"
