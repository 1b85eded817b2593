"""The link in a mail: who it is for cannot be forged, opening it changes nothing, its button does."""

from dataclasses import replace

import requests

from sync_agent.ask.identity.links import Links
from sync_agent.model import Message, MessageKind
from sync_agent.web import Metrics, Subscriptions, WebServer, build_app
from tests.support.builders import NOW
from tests.support.letters import ALERT
from tests.support.pages import GOOD

LINKS = Links("https://goals.example.org/agent/", ("a secret of thirty-two characters",))


Done = list[tuple[str, str, str]]


def ask(done: Done, path: str, method: str = "POST") -> requests.Response:
    """The answer of the pages; `done` gets what they did."""

    def end(person: str, subject: str) -> None:
        done.append(("end", person, subject))

    def resume(person: str, subject: str) -> None:
        done.append(("on", person, subject))

    app = build_app(
        lambda: GOOD, lambda: Metrics().registry, lambda: NOW, lambda: 0.0, Subscriptions(lambda: LINKS, end, resume)
    )
    with WebServer(app, "127.0.0.1", 0) as server:
        return requests.request(method, f"http://127.0.0.1:{server.port}{path}", timeout=5)


def token(message: Message = ALERT) -> str:
    link = LINKS.of(message)
    assert link
    assert link.startswith("https://goals.example.org/agent/unsubscribe/")
    return link.rpartition("/")[2]


def test_opening_the_link_changes_nothing_and_a_post_ends_the_mails() -> None:
    done: Done = []
    page = ask(done, f"/unsubscribe/{token()}", "GET")
    assert (page.status_code, done) == (200, [])
    assert "the goal checkout" in page.text
    answer = ask(done, f"/unsubscribe/{token()}")
    assert (answer.status_code, done) == (200, [("end", "dana", "checkout")])
    ask(done, f"/subscribe/{token()}")
    assert done[1:] == [("on", "dana", "checkout")]


def test_a_link_that_we_did_not_make_does_nothing() -> None:
    done: Done = []
    said, _, signature = token().partition(".")
    other = token(replace(ALERT, person="noor")).partition(".")[0]
    for forged in (f"{other}.{signature}", said, f"{said}.", f"{said}.{signature[:-1]}", "x.y"):
        assert ask(done, f"/unsubscribe/{forged}").status_code == 404
    stranger = Links(LINKS.url, ("another secret",)).of(ALERT)
    assert stranger
    assert ask(done, f"/unsubscribe/{stranger.rpartition('/')[2]}").status_code == 404
    assert done == []


def test_what_asks_for_a_decision_and_what_operators_need_has_no_link() -> None:
    assert LINKS.of(replace(ALERT, kind=MessageKind.ESCALATION)) is None
    assert LINKS.of(replace(ALERT, kind=MessageKind.OPERATIONS)) is None
    assert LINKS.of(replace(ALERT, person=None)) is None
    digest = LINKS.of(replace(ALERT, kind=MessageKind.DIGEST))
    assert digest
    assert LINKS.verified(digest.rpartition("/")[2]) == ("dana", "digest")
