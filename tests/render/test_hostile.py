"""Whatever trackers say, every kind of message in every markup holds only our own markup, links and mentions."""

import functools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from connectors.contract import Markup
from sync_agent.decide import AvailableChannels, failures
from sync_agent.render import render
from tests.support.hostile import COMMANDS, HOSTILE, Page, bodies, spoilt
from tests.support.messages.notices import DANA, DEMO, FAILED, NOOR, NOTICES, NOW, OPS

ACCOUNTS = {"dana", "noor"}
# Where GitHub sees an address, which goes on through backslashes to the next space or `<`, and so frees what is behind.
# https://github.com/github/cmark-gfm/blob/master/extensions/autolink.c
ADDRESS = re.compile(r"://|www\.", re.IGNORECASE)


def without(body: str, parts: Iterable[str]) -> str:
    return functools.reduce(lambda left, part: left.replace(part, ""), parts, body)


def pages(text: str, title: str) -> Iterator[tuple[str, str, str]]:
    """(subject, text, HTML) of every mail."""
    for notice in (n for n in NOTICES.values() if not n.place):
        payload = render(*spoilt(notice, text, title), Markup.MAIL, NOW).payload
        yield payload.subject or "", payload.body, payload.html or ""
    failed = [replace(each, target=title, error=text) for each in FAILED]
    for notice in failures(failed, DEMO, AvailableChannels(), NOW + timedelta(days=1)).notices:
        payload = render(notice, DEMO, Markup.MAIL, NOW).payload
        yield payload.subject or "", payload.body, payload.html or ""


# Issues at the tracker, and pages of the agent.
OURS = ("https://jira.example.org/", "https://goals.example.org/")


def names_no_other_host(words: str) -> bool:
    hosts = re.findall(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", words, re.IGNORECASE)
    return "://" not in words and set(hosts) <= {"jira.example.org"}


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE)
def test_mails_hold_our_tags_and_our_links_only(text: str, title: str) -> None:
    for subject, plain, html in pages(text, title):
        for words, address in Page(html).links:
            assert address.startswith(OURS)
            assert names_no_other_host(words)
        # An @ behind the slash is part of the path; the host ends before it (RFC 3986, 3.2).
        ours = re.sub(r"<https://(?:jira|goals)\.example\.org/[^<>\s]*>", "", plain)
        for part in (ours, re.sub(r"<[^>]*>", "", html.partition("</head>")[2])):
            assert not re.search(r"(?:[a-z]://(?!\u200b)|\bwww\.\w|\bmailto:)", part, re.IGNORECASE)
        for part in (
            subject,
            re.sub(r"(?<=:)\u200b(?=//)|(?<=www)\u200b(?=\.)|(?<=mailto)\u200b(?=:)", "", plain, flags=re.IGNORECASE),
        ):
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
                    assert "://" not in node["text"]
                    assert mark["attrs"]["href"].startswith(OURS)
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
                assert address.startswith(OURS)
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
            assert address.startswith(OURS)
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
        live = re.sub(r"<https://(?:jira|goals)\.example\.org/[^<>@!\s]*>", "", payload.body)
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
