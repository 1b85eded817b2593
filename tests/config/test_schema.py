"""The JSON Schemas for editors agree with what is accepted."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from sync_agent.config import json_schemas

EXAMPLE = Path(__file__).parents[2] / "config"
FILES = {"sync-agent": "sync-agent.yaml", "goals": "goals/2026-q4.yaml", "round": "rounds/2027-q1.yaml"}


class PlainLoader(yaml.SafeLoader):
    """JSON has no dates."""

    yaml_implicit_resolvers = {  # noqa: RUF012  the form that PyYAML wants
        letter: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def example(name: str) -> Any:
    return yaml.load((EXAMPLE / FILES[name]).read_text(), PlainLoader)


def accepts(name: str, document: Any) -> bool:
    return Draft202012Validator(json_schemas()[name]).is_valid(document)


@pytest.mark.parametrize("name", FILES)
def test_the_schemas_are_schemas_and_accept_the_example(name: str) -> None:
    Draft202012Validator.check_schema(json_schemas()[name])
    assert accepts(name, example(name))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("sync-agent", ()),
        ("sync-agent", ("sources", "jira")),
        ("sync-agent", ("sources", "github", "auth")),
        ("sync-agent", ("people", "dana")),
        ("sync-agent", ("channels", "email")),
        ("sync-agent", ("rules",)),
        ("sync-agent", ("routes", 0)),
        ("sync-agent", ("routes", 0, "match")),
        ("goals", ()),
        ("goals", ("goals", 0)),
        ("goals", ("goals", 0, "key_results", 0)),
        ("goals", ("goals", 0, "key_results", 0, "delivers", 0)),
        ("goals", ("goals", 0, "key_results", 1, "kpi")),
    ],
)
def test_an_unknown_key_is_refused_everywhere(name: str, path: tuple[str | int, ...]) -> None:
    document = place = example(name)
    document.setdefault("routes", [{"match": {"role": "owner", "signal": ["blocked"]}, "channels": "email"}])
    if name == "goals":
        del document["routes"]
    for part in path:
        place = place[part]
    place["surprise"] = 1
    assert not accepts(name, document)


@pytest.mark.parametrize(
    ("change", "accepted"),
    [
        ({"epic": "SHOP-1"}, True),
        ({"epic": ["SHOP-1", "SHOP-2"]}, True),
        ({"repository": ["acme/checkout"]}, True),
        ({"epic": []}, False),
        ({"epic": {"key": "SHOP-1"}}, False),
    ],
)
def test_a_selector_takes_one_value_or_a_list(change: dict[str, Any], *, accepted: bool) -> None:
    document = example("goals")
    document["goals"][0]["key_results"][0]["delivers"] = {"source": "jira", **change}
    assert accepts("goals", document) is accepted


def test_only_what_takes_one_value_takes_one_value() -> None:
    """A single goal or key result without its list is a mistake, so the editor says so, too."""
    document = example("goals")
    assert not accepts("goals", {"goals": document["goals"][0]})
    document["goals"][0]["key_results"] = document["goals"][0]["key_results"][0]
    assert not accepts("goals", document)


def test_a_year_alone_is_a_period() -> None:
    document = example("goals")
    document["goals"][0]["period"] = 2026
    assert accepts("goals", document)
