"""Every comment for Jira Cloud against Atlassian's own JSON Schema of its documents.

`npm install --no-save @atlaskit/adf-schema` puts the schema beside the code; without it these tests are skipped.
"""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from connectors.contract import Markup
from sync_agent.render import render
from tests.conftest import REPOSITORY
from tests.support.hostile import HOSTILE, bodies
from tests.support.messages.notices import DEMO, NOTICES, NOW

SCHEMA = REPOSITORY / "node_modules" / "@atlaskit" / "adf-schema" / "dist" / "json-schema" / "v1" / "full.json"
COMMENTS = [name for name, notice in NOTICES.items() if notice.place]


@pytest.fixture(scope="module")
def document() -> Draft4Validator:
    if not SCHEMA.is_file():
        pytest.skip("needs Atlassian's schema: npm install --no-save @atlaskit/adf-schema")
    return Draft4Validator(json.loads(SCHEMA.read_text("utf-8")))


@pytest.mark.parametrize("name", COMMENTS)
def test_every_comment_is_a_document_of_jira_cloud(document: Draft4Validator, name: str) -> None:
    body = json.loads(render(NOTICES[name], DEMO, Markup.ADF, NOW).payload.body)
    assert [error.message[:200] for error in document.iter_errors(body)] == []


@settings(max_examples=20, deadline=None)
@given(HOSTILE, HOSTILE | st.just(""))
def test_so_is_one_in_which_a_tracker_says_anything(document: Draft4Validator, text: str, title: str) -> None:
    for body in bodies(Markup.ADF, text, title):
        assert document.is_valid(json.loads(body))


def test_the_schema_refuses_what_is_no_document(document: Draft4Validator) -> None:
    empty_text = {"type": "paragraph", "content": [{"type": "text", "text": ""}]}
    assert not document.is_valid({"type": "doc", "version": 1, "content": [empty_text]})
