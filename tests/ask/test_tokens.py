"""Links and reply addresses are good for one purpose and one person, and hold through a rotation of secrets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_agent.ask.identity.ids import about_id
from sync_agent.ask.identity.tokens import is_theirs, reply_token, sign, verified
from sync_agent.model.asking import About, Purpose, Token, Topic

OLD, NEW, OTHER = "o" * 32, "n" * 32, "x" * 32
texts = st.text(max_size=30)


@given(texts, texts, st.sampled_from(Purpose))
def test_a_link_is_good_for_its_purpose_alone(subject: str, person: str, purpose: Purpose) -> None:
    token = Token(purpose, subject, person)
    text = sign(token, [NEW])
    assert {each: verified(text, each, [NEW]) for each in Purpose} == {
        each: token if each is purpose else None for each in Purpose
    }


@given(texts, texts)
def test_links_hold_while_their_secret_is_among_those_that_count(subject: str, person: str) -> None:
    token = Token(Purpose.ANSWER, subject, person)
    assert verified(sign(token, [OLD]), Purpose.ANSWER, [NEW, OLD]) == token
    assert verified(sign(token, [NEW, OLD]), Purpose.ANSWER, [NEW]) == token
    assert verified(sign(token, [OLD]), Purpose.ANSWER, [NEW]) is None
    assert is_theirs(reply_token("abc", person, [OLD]), person, [NEW, OLD])
    assert not is_theirs(reply_token("abc", person, [OLD]), person, [NEW])


@given(st.text())
def test_no_other_text_is_a_token(text: str) -> None:
    assert verified(text, Purpose.ANSWER, [NEW]) is None
    assert not is_theirs(text, "dana", [NEW])


@pytest.mark.parametrize("change", [str.upper, lambda token: token.replace(token[0], token[0].upper())])
def test_a_reply_address_may_change_its_case_and_nothing_else(change: object) -> None:
    token = reply_token(about_id(About(Topic.GOAL, "checkout")), "dana", [NEW])
    assert callable(change)
    assert is_theirs(change(token), "dana", [NEW])
    assert not is_theirs(token, "ilse", [NEW])
    assert not is_theirs(f"{token}x", "dana", [NEW])
    assert len(f"goals+{token}") <= 64
