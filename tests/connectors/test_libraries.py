"""The two client libraries are used by their public names alone; a new version that takes one away is named here."""

import ast
import inspect
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
import requests
from github import Auth, Github, Requester
from jira.client import TokenAuth
from jira.resilientsession import ResilientSession

_CONNECTORS = Path(__file__).parents[2] / "connectors"
_PYGITHUB = f"PyGithub {version('PyGithub')}; see connectors/github/library.py and decision 75"
_JIRA = f"jira {version('jira')}; see connectors/jira/client.py and decision 75"


def _private(path: Path) -> Iterator[str]:
    """Names with an underscore that are asked of anything but `self` and the like: another's inside."""
    for node in ast.walk(ast.parse(path.read_text())):
        private = isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__")
        if private and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")):
            yield f"{path}:{node.lineno}: {node.attr}"


@pytest.mark.parametrize("connector", ["github", "jira"])
def test_no_private_name_of_a_library_is_used(connector: str) -> None:
    paths = list((_CONNECTORS / connector).rglob("*.py"))
    assert paths
    assert [name for path in paths for name in _private(path)] == []


def test_pygithub_takes_a_connection_of_ours() -> None:
    parameters = list(inspect.signature(Requester.Requester.requestJson).parameters)
    assert parameters[:7] == ["self", "verb", "url", "parameters", "headers", "input", "cnx"], _PYGITHUB
    assert {"getresponse", "request", "close"} <= vars(Requester.HTTPSRequestsConnectionClass).keys(), _PYGITHUB
    assert isinstance(Github.requester, property), _PYGITHUB


def test_pygithub_logs_in_as_its_auth_says() -> None:
    class Said(Auth.Auth):
        token_type = "Bearer"
        token = "t"

    headers: dict[str, str] = {}
    Said().authentication(headers)
    assert headers == {"Authorization": "Bearer t"}, _PYGITHUB


def test_the_session_of_jira_is_one_of_requests() -> None:
    session = ResilientSession(max_retries=0)
    assert isinstance(session, requests.Session), _JIRA
    assert "application/json" in session.headers["Accept"], _JIRA
    asked = requests.Request("GET", "https://jira.example.org", auth=TokenAuth("t"))
    assert session.prepare_request(asked).headers["Authorization"] == "Bearer t", _JIRA
