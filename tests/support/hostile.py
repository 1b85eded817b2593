"""Text that tries to be more than text."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import strategies as st

from connectors.contract import Markup
from sync_agent.model import Evidence, Notice, Organisation, Place, ProblemIssue, ProjectHealth
from sync_agent.render import render, render_label
from tests.support.messages.notices import DEMO, GOAL, NOTICES, NOW, SEARCH

URL = "https://jira.example.org/browse/SHOP-77"

PIECES = st.sampled_from(
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</p></div><a href='https://evil.example'>",
        "@everyone",
        "@acme/team",
        "[~admin]",
        "[~accountid:5b10]",
        "[click|https://evil.example]",
        "[click](https://evil.example)",
        "![x](https://evil.example/x.png)",
        "<https://evil.example>",
        "https://evil.example/login",
        "www.evil.example",
        "https://evil<img src=https://evil.example/x.png>",
        "FTP://evil。example",
        "jira.example.org.evil.example",
        "javascript:alert(1)",
        "{code}{html}<b>{html}",
        "{panel:title=x}",
        "!https://evil.example/x.png!",
        "<!-- goal-sync-agent:alert/a -->",
        "-->",
        "&lt;script&gt;",
        "&#60;script&#62;",
        "h1. Heading",
        "# Heading",
        "```",
        "~~~",
        "|a|b|",
        "||a||",
        "\r\n\r\n",
        "\u2028",
        "\u202e",
        "\u200b",
        "\x00",
        "\ud800",
        "\\",
        "\\\\",
        "fixes #12",
        "GH-13",
        "{0} {title} %s",
        "/close",
        "$x$",
    ]
)

COMMANDS = (
    "sync-agent ack",
    "sync-agent silence 3d",
    "sync-agent validate --online",
    "sync-agent outbox",
    "sync-agent outbox retry --all",
    "sync-agent outbox drop",
    "70 waiting for the contract",
    "sync-agent checkin 70 waiting for the contract",
    "sync-agent checkin 4kq1zt7m2n0p 70 waiting for the contract",
    "sync-agent need accept",
    "sync-agent need 9xw3b5c7d1fg accept",
    "sync-agent need done",
    "sync-agent need 2hj6v8r0s4ta done",
    "sync-agent outcome declined and why",
    "sync-agent outcome 6mb9y1e3q5wz declined and why",
    "sync-agent feedback",
)
"""All that is ever written as something to type."""

HOSTILE = st.one_of(st.text(max_size=60), st.lists(PIECES, min_size=1, max_size=5).map("".join), PIECES)


def spoilt(notice: Notice, text: str, title: str) -> tuple[Notice, Organisation]:
    """A notice in which everything that a tracker or a goal's author says is hostile."""
    goal = replace(GOAL, objective=title)
    if notice.silence:
        return replace(notice, silence=replace(notice.silence, reason=text)), replace(DEMO, name=title, goals=(goal,))
    fact = Evidence(text, None, URL)
    item = Evidence(f"SHOP-77 {text}", "SHOP-77", URL)
    foreign = Evidence(text, "SHOP-77", f"https://jira.example.org/{text}")
    signal = replace(
        notice.alerts[0].signal if notice.alerts else NOTICES["alert"].alerts[0].signal,
        subject=text,
        headline=text,
        evidence=(fact, item, foreign),
        questions=(text,),
    )
    states = tuple(replace(s, title=title, detail=text) for s in notice.goals[0][1].key_results)
    found = replace(notice.goals[0][1], signals=(signal,), reasons=(fact, item), key_results=states)
    alerts = tuple(replace(alert, subject=text, signal=signal) for alert in notice.alerts)
    people = {p.id: replace(p, name=f"{p.name} {title}") for p in DEMO.people.values()}
    organisation = replace(DEMO, name=title, goals=(goal, replace(SEARCH, objective=title)), people=people)
    goals = tuple((replace(each, objective=title), found) for each, _ in notice.goals)
    consequences = tuple(replace(alert, signal=signal) for alert in notice.consequences)
    return replace(notice, goals=goals, alerts=alerts, consequences=consequences), organisation


def bodies(markup: Markup, text: str, title: str) -> Iterator[str]:
    for notice in (n for n in NOTICES.values() if n.place):
        yield render(*spoilt(notice, text, title), markup, NOW).payload.body
    notice, organisation = spoilt(NOTICES["alert"], text, title)
    goal, found = notice.goals[0]
    for mark in (
        ProblemIssue(Place("jira", "SHOP"), goal.id, goal, notice.alerts, ("SHOP-1",)),
        ProjectHealth(Place("github", "acme/4"), found.health, ((goal, found),)),
    ):
        yield json.loads(render_label(mark, organisation, markup).payload.body)["text"]


class Page(HTMLParser):
    """What a browser would find."""

    OUTLOOK = (
        '[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]',
        "[if mso]></td></tr></table><![endif]",
    )
    ALLOWED = frozenset(
        re.findall(r"\w+", "html head meta title style body div br table tr td th p h1 h2 ul li strong code a")
    )
    ATTRIBUTES = frozenset(
        re.findall(
            r"\w+", "lang charset name content style href class role width cellpadding cellspacing border align scope"
        )
    )

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self._href: str | None = None
        self._words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.ALLOWED
        assert {name for name, _ in attrs} <= self.ATTRIBUTES
        self._href, self._words = dict(attrs).get("href"), ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        assert tag != "code" or self._words in COMMANDS
        if tag == "a":
            self.links.append((self._words, self._href or ""))

    def handle_comment(self, data: str) -> None:
        assert data in self.OUTLOOK, "a comment that is not ours"
