"""What GitHub's own parser makes of a comment in which everything that others wrote is hostile."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from connectors.contract import Markup
from tests.support.hostile import HOSTILE, bodies

cmarkgfm = pytest.importorskip("cmarkgfm", reason="needs GitHub's parser: pip install cmarkgfm")


class Tags(HTMLParser):
    """The tags of a page, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self.addresses.append(dict(attrs).get("href"))

    def handle_comment(self, data: str) -> None:
        self.tags.add(f"<!--{data}-->")


@settings(max_examples=300, deadline=None)
@given(HOSTILE, HOSTILE)
def test_github_finds_our_tags_and_links_only(text: str, title: str) -> None:
    for body in bodies(Markup.MARKDOWN, text, title):
        found = Tags(cmarkgfm.github_flavored_markdown_to_html(body, cmarkgfm.Options.CMARK_OPT_UNSAFE))
        assert found.tags <= {"p", "h3", "ul", "li", "strong", "a"}
        assert all(str(address).startswith("https://jira.example.org/") for address in found.addresses)
