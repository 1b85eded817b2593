"""Text from trackers stays text, in every markup; what we say stays readable."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_agent.render.markup.adf import adf
from sync_agent.render.markup.document import Bullets, Link, Mention, Strong, bullets, clean, link, paragraph
from sync_agent.render.markup.mail import html, text
from sync_agent.render.markup.markdown import markdown
from sync_agent.render.markup.wiki import wiki

NASTY = [
    "<script>alert(1)</script>",
    "@everyone @acme/team",
    "fixes #12 and GH-13",
    "[click](http://evil.example)",
    "![x](http://evil.example/x.png)",
    "{code}{panel}",
    "[~admin] !image.png!",
    "line\r\nBcc: victim@example.org",
    "\u202edesrever\u202c",
    "| a | b |",
    "# heading\n- list",
]
anything = st.one_of(st.sampled_from(NASTY), st.text(max_size=300))


@pytest.mark.parametrize("nasty", NASTY)
def test_markdown_keeps_a_title_from_acting(nasty: str) -> None:
    out = markdown((paragraph("Title: ", Strong(nasty)),))
    assert "@everyone" not in out
    assert "@acme" not in out
    assert "#12" not in out.replace("\\#", "#").replace("#\u200b", "")
    assert "<script>" not in out
    assert "](http" not in out
    assert out.count("\n") == 1


@pytest.mark.parametrize("nasty", NASTY)
def test_wiki_text_keeps_a_title_from_acting(nasty: str) -> None:
    out = wiki((paragraph("Title: ", nasty),))
    assert not re.search(r"(?<!\\)[\[{!]", out)
    assert out.count("\n") == 1


def test_a_backslash_and_an_ampersand_are_read_as_they_are_in_wiki_text() -> None:
    assert wiki((paragraph("Save to C:\\temp & more *now*"),)) == "Save to C:&#92;temp &amp; more \\*now\\*\n"


@given(anything)
def test_html_holds_no_tag_that_is_not_ours(nasty: str) -> None:
    page = html((paragraph(nasty), *bullets([[nasty]])), nasty, nasty)
    for tag in ("<script", "<img", "<a "):
        assert tag not in page.casefold()


@given(anything, anything)
def test_documents_for_jira_cloud_are_well_formed(one: str, two: str) -> None:
    tree = json.loads(adf((paragraph(one, Strong(two)), *bullets([[one, two]]))))
    assert (tree["type"], tree["version"]) == ("doc", 1)
    for node in walk(tree):
        if node["type"] == "text":
            assert node["text"]
            assert "\n" not in node["text"]
        if node["type"] == "listItem":
            assert node["content"][0]["type"] == "paragraph"


@given(anything)
def test_cleaned_text_is_one_short_line(nasty: str) -> None:
    out = clean(nasty)
    assert len(out) <= 140
    assert out == out.strip()
    assert out.isprintable() or not out


def test_only_web_addresses_become_links() -> None:
    assert isinstance(link("x", "https://example.org/a"), Link)
    for address in ("javascript:alert(1)", "data:text/html,x", "https://a b", None, ""):
        assert not isinstance(link("x", address), Link)


def test_a_mention_notifies_and_nothing_else_does() -> None:
    who = paragraph(Mention("Dana Reyes", "dana"), " look")
    assert "@dana look" in markdown((who,))
    assert "[~dana] look" in wiki((who,))
    assert {"type": "mention", "attrs": {"id": "dana", "text": "@Dana Reyes"}} in walk(json.loads(adf((who,))))
    assert "Dana Reyes look" in text((who,), "footer")


def test_a_long_list_is_cut_and_says_so() -> None:
    (block,) = bullets([[f"item {n}"] for n in range(40)])
    assert isinstance(block, Bullets)
    assert len(block.entries) == 13
    assert "and 28 more" in markdown((block,))


def walk(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(inner for child in node.get("content", []) for inner in walk(child))]
