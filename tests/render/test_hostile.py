"""Whatever trackers say, every kind of message in every markup holds only our own markup, links and mentions."""

import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Markup
from sync_agent.decide import Options, failures
from sync_agent.model import Evidence, Notice, Organisation, Place, Problem, ProjectMark
from sync_agent.render import render, render_mark
from tests.render.test_messages import DANA, DEMO, FAILED, GOAL, NOOR, NOTICES, NOW, OPS, SEARCH

URL = "https://jira.example.org/browse/SHOP-77"
ACCOUNTS = {"dana", "noor"}
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
# Where GitHub sees an address, which goes on through backslashes to the next space or `<`, and so frees what is behind.
# https://github.com/github/cmark-gfm/blob/master/extensions/autolink.c
ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)
COMMANDS = (
    "sync-agent ack",
    "sync-agent silence 3d",
    "sync-agent validate --online",
    "sync-agent outbox",
    "sync-agent outbox retry --all",
    "sync-agent outbox drop",
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


def without(body: str, parts: Iterable[str]) -> str:
    return functools.reduce(lambda left, part: left.replace(part, ""), parts, body)


def bodies(markup: Markup, text: str, title: str) -> Iterator[str]:
    for notice in (n for n in NOTICES.values() if n.place):
        yield render(*spoilt(notice, text, title), markup, NOW).payload.body
    notice, organisation = spoilt(NOTICES["alert"], text, title)
    goal, found = notice.goals[0]
    for mark in (
        Problem(Place("jira", "SHOP"), goal.id, goal, notice.alerts, ("SHOP-1",)),
        ProjectMark(Place("github", "acme/4"), found.health, ((goal, found),)),
    ):
        yield json.loads(render_mark(mark, organisation, markup).payload.body)["text"]


def pages(text: str, title: str) -> Iterator[tuple[str, str, str]]:
    """(subject, text, HTML) of every mail."""
    for notice in (n for n in NOTICES.values() if not n.place):
        payload = render(*spoilt(notice, text, title), None, NOW).payload
        yield payload.subject or "", payload.body, payload.html or ""
    failed = [replace(each, target=title, error=text) for each in FAILED]
    for notice in failures(failed, DEMO, Options(), NOW + timedelta(days=1)).notices:
        payload = render(notice, DEMO, None, NOW).payload
        yield payload.subject or "", payload.body, payload.html or ""


class Page(HTMLParser):
    """What a browser would find."""

    ALLOWED = frozenset(
        re.findall(r"\w+", "html head meta title style body table tr td th p h1 h2 ul li strong code a")
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
        raise AssertionError("a comment")


def names_no_other_host(words: str) -> bool:
    hosts = re.findall(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", words, re.IGNORECASE)
    return "://" not in words and set(hosts) <= {"jira.example.org"}


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE)
def test_mails_hold_our_tags_and_our_links_only(text: str, title: str) -> None:
    for subject, plain, html in pages(text, title):
        for words, address in Page(html).links:
            assert address.startswith("https://jira.example.org/")
            assert names_no_other_host(words)
        for part in (subject, plain):
            assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ud800-\udfff]", part)
        assert "\n" not in subject
        assert len(subject) <= 120


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE)
def test_documents_hold_our_nodes_links_and_mentions_only(text: str, title: str) -> None:
    for body in bodies(Markup.ADF, text, title):
        for node in walk(json.loads(body)):
            assert node["type"] in {"doc", "paragraph", "heading", "bulletList", "listItem", "text", "mention"}
            if node["type"] == "mention":
                assert node["attrs"]["id"] in ACCOUNTS
            for mark in node.get("marks", ()):
                assert mark["type"] in {"strong", "link", "code"}
                assert mark["type"] != "code" or node["text"] in COMMANDS
                if mark["type"] == "link":
                    assert mark["attrs"]["href"].startswith("https://jira.example.org/")
                    assert names_no_other_host(node["text"])


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE)
def test_wiki_text_holds_our_macros_links_and_mentions_only(text: str, title: str) -> None:
    for body in bodies(Markup.WIKI, text, title):
        typed = ("{{" + command.replace("-", "\\-") + "}}" for command in COMMANDS)
        live = re.sub(r"\\[{}\[\]*_?\-+^~|!#@]", "", without(body, typed))
        assert not re.search(r"[{}!]", live)
        assert "\\" not in live
        for inside in re.findall(r"\[([^\]]*)\]", live):
            words, bar, address = inside.rpartition("|")
            if not bar:
                assert inside.removeprefix("~") in ACCOUNTS
            else:
                assert address.startswith("https://jira.example.org/")
                assert names_no_other_host(words)
        outside = re.sub(r"\[[^\]]*\]", "", live)
        assert "://" not in outside
        assert not re.search(r"^(h[1-35-6]|bq)\.", outside, re.MULTILINE)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE)
def test_markdown_holds_our_links_and_mentions_only(text: str, title: str) -> None:
    for body in bodies(Markup.MARKDOWN, text, title):
        typed = (f"`{command}`" for command in COMMANDS)
        live = re.sub(r"\\[\\`*_{}\[\]()<>#+\-.!|~&$]", "", without(body, typed))
        for address in re.findall(r"\]\(([^)]*)\)", live):
            assert address.startswith("https://jira.example.org/")
        outside = re.sub(r"\]\([^)]*\)", "]", live)
        assert not re.search(r"[<>`{}!$&]", outside)
        assert not ADDRESS.search(re.sub(r"\]\([^)]*\)", "]", body))
        assert set(re.findall(r"@([^\s\u200b]+)", outside)) <= ACCOUNTS
        assert not re.search(r"(?:#|\bGH-)\d", outside)
        assert not body.startswith("<!--")


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE)
def test_chats_hold_our_addresses_and_no_mentions(text: str, title: str) -> None:
    for notice in NOTICES.values():
        payload = render(*spoilt(notice, text, title), Markup.CHAT, NOW).payload
        live = re.sub(r"<https://jira\.example\.org/[^<>@!\s]*>", "", payload.body)
        for part in (live, payload.subject or ""):
            assert not re.search(r"[<>\[\]`|\\\x00-\x09\x0b-\x1f]", part)
            assert not re.search(r"[@!&#](?!\u200b)", part)
            assert not re.search(r"(?:://(?!\u200b)|\bwww\.\w)", part)


@pytest.mark.parametrize("person", [DANA, NOOR, OPS])
def test_a_comment_for_one_person_mentions_that_person_alone(person: Any) -> None:
    notice = replace(NOTICES["alert"], mentions=(), person=replace(person, accounts={"jira": "dana"}))
    found = [n for n in walk(json.loads(render(notice, DEMO, Markup.ADF, NOW).payload.body)) if n["type"] == "mention"]
    assert [node["attrs"]["id"] for node in found] == ["dana"]


def walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("content", []) for inner in walk(child))]
