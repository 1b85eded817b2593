"""Mail addresses and names in all scripts."""

from datetime import UTC, datetime

import pytest

from connectors.mail.compose import in_ascii
from sync_agent.model.printable import printable

NOW = datetime(2026, 10, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("address", "known_as"),
    [
        ("dana@example.org", "dana@example.org"),
        ("dana@bücher.example", "dana@xn--bcher-kva.example"),
        ("dana@Bücher.Example", "dana@xn--bcher-kva.example"),
        ("dana@straße.example", "dana@xn--strae-oqa.example"),
        ("dana@例え.テスト", "dana@xn--r8jz45g.xn--zckzah"),
        ("björn@bücher.example", "björn@xn--bcher-kva.example"),
        ("dana@\u202ebücher.example", "dana@\u202ebücher.example"),
    ],
)
def test_a_domain_is_written_as_every_server_knows_it(address: str, known_as: str) -> None:
    assert in_ascii(address) == known_as


@pytest.mark.parametrize("text", ["می\u200cخواهم", "👩\u200d💻 ships", "क्\u200dष", "👨\u200d👩\u200d👧"])
def test_joiners_within_words_and_emoji_are_kept(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("pay\u200dpal", "paypal"), ("\u200dstart", "start"), ("a\u202eb", "ab"), ("می\u202eخ", "میخ"), ("é\u200b", "é")],
)
def test_what_hides_or_turns_text_is_dropped(text: str, shown: str) -> None:
    assert printable(text) == shown
