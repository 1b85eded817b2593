"""The whole comment is heard, and what only looks like a command is not."""

from datetime import UTC, datetime

import pytest

from sync_agent.ask.texts.comments import CommentMarkup, commands
from sync_agent.ask.texts.grammar import Order, SpokenCommand, Verb, spoken, understand

ACK = (SpokenCommand("ack"),)


@pytest.mark.parametrize("line", ["sync-agent ack", "  Sync-Agent ack", "/sync-agent ack", "@sync-agent   ack "])
@pytest.mark.parametrize("markup", CommentMarkup)
def test_a_command_begins_a_line_anywhere_in_the_comment(line: str, markup: CommentMarkup) -> None:
    assert commands(f"Thank you, I have seen it.\n\n{line}", markup) == ACK
    assert commands(f"Thank you.\n{line}\n", markup) == ACK


@pytest.mark.parametrize("text", ["", "sync-agent", "please sync-agent ack", "sync-agents ack", "- sync-agent ack"])
@pytest.mark.parametrize("markup", CommentMarkup)
def test_talk_is_no_command(text: str, markup: CommentMarkup) -> None:
    assert commands(text, markup) == ()


@pytest.mark.parametrize(
    "text",
    [
        "> sync-agent ack",
        "> Answer with a comment such as\nsync-agent ack",  # Shown within the quotation.
        ">> deep\n> sync-agent ack",
        "```\nsync-agent ack\n```",
        "````\n```\nsync-agent ack\n````",
        "~~~ text\nsync-agent ack\n~~~",
        "```\nsync-agent ack",  # Never closed.
        "    sync-agent ack",
        "\tsync-agent ack",
        "  \tsync-agent ack",
        "Like this:\n\n    sync-agent ack\n\nand no other way.",
        "~~sync-agent ack~~",
        "~~no more:\nsync-agent ack~~",
        "`a\nsync-agent ack`",
        "`sync-agent ack`",
        "<!-- sync-agent ack -->",
        "<!--\nsync-agent ack\n-->",
        "see <!-- that\nsync-agent ack\n-->",
        "<del>gone\nsync-agent ack</del>",
        "<blockquote>\n\nsync-agent ack\n\n</blockquote>",
        "<pre>\nsync-agent ack\n</pre>",
        "- > quoted\nsync-agent ack",
        "1. > quoted\n   sync-agent ack",
        "- ```\n  sync-agent ack\n  ```",
        "1. - ~~~\n     sync-agent ack\n     ~~~",
        "* <!--\nsync-agent ack\n-->",
    ],
)
def test_what_github_shows_as_quoted_code_or_struck_is_no_command(text: str) -> None:
    assert commands(text, CommentMarkup.MARKDOWN) == ()
    assert commands(f"{text}\n\n", CommentMarkup.MARKDOWN) == ()


@pytest.mark.parametrize(
    "text",
    [
        "> quoted\n\nsync-agent ack",
        "1. - ```\n     x\n     ```\n\nsync-agent ack",
        "```\ncode\n```\nsync-agent ack",
        "about ~5 items\nsync-agent ack\nor ~6",
        "a ` alone\nsync-agent ack",
        "~~old~~ new\nsync-agent ack",
        "<!-- hidden -->\nsync-agent ack",
        "`a` and `b`\nsync-agent ack",
    ],
)
def test_what_stands_beside_them_is_heard(text: str) -> None:
    assert [command.words for command in commands(text, CommentMarkup.MARKDOWN)] == ["ack"]


@pytest.mark.parametrize(
    "text",
    [
        "bq. sync-agent ack",
        "{quote}\nsync-agent ack\n{quote}",
        "{code:java}\nsync-agent ack\n{code}",
        "{noformat}sync-agent ack{noformat}",
        "{code}\n{quote}\nsync-agent ack\n{code}",
        "{code}\nsync-agent ack",
    ],
)
def test_what_jira_shows_as_quoted_or_code_is_no_command(text: str) -> None:
    assert commands(text, CommentMarkup.WIKI) == ()


def test_a_command_next_to_a_quotation_of_jira_is_heard() -> None:
    assert commands("{quote}old{quote}\nsync-agent ack", CommentMarkup.WIKI) == ACK


def test_a_comment_with_the_agents_own_marker_holds_no_command() -> None:
    assert commands("sync-agent ack\n<!-- goal-sync-agent:status/x -->", CommentMarkup.MARKDOWN) == ()


def test_text_below_belongs_to_its_command_and_a_comment_may_hold_several() -> None:
    text = "sync-agent checkin 70 waiting\nfor the contract\n\n> old\n\nsync-agent ack 3d"
    assert commands(text, CommentMarkup.MARKDOWN) == (
        SpokenCommand("checkin 70 waiting", "for the contract"),
        SpokenCommand("ack 3d"),
    )


def test_a_verb_may_have_two_words_and_is_followed_by_the_answer() -> None:
    said = spoken(SpokenCommand("Silence  END"), ["silence", "silence end"])
    assert said
    assert (said.verb, said.text) == ("silence end", "")
    said = spoken(SpokenCommand("checkin checkout 70 fine", "more"), ["checkin"])
    assert said
    assert (said.verb, said.text) == ("checkin", "checkout 70 fine\nmore")
    assert spoken(SpokenCommand("chekin 70"), ["checkin"]) is None


def test_todays_commands_are_found_by_it_as_they_are() -> None:
    (command,) = commands("Hello,\n\nsync-agent silence until 2026-11-30 moving house\n", CommentMarkup.MARKDOWN)
    order = understand(command.words, datetime(2026, 11, 24, 9, tzinfo=UTC), "Europe/Berlin")
    assert order == Order(Verb.SILENCE, datetime(2026, 11, 30, 23, tzinfo=UTC), "moving house")
