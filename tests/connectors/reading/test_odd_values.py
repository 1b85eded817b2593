"""One odd value costs at most the item, or the field, that it stands in."""

import copy
import gzip
import json
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Batch, Runtime
from connectors.github.client import GithubClient
from connectors.github.options import GithubOptions
from connectors.github.read import rest
from connectors.github.read.decoder import Decoder
from connectors.http.answers import parse
from connectors.jira.client import JiraClient
from connectors.jira.fields import Fields, Statuses
from connectors.jira.items import ItemMaker
from connectors.jira.options import JiraOptions
from connectors.jira.read.changes import ChangeMaker
from connectors.jira.read.cursor import JiraCursor
from connectors.jira.read.reader import JiraReader, _Makers
from connectors.reading.gaps import Unreadable, read_what_can_be
from connectors.reading.guard import Unguarded
from connectors.reading.keyset import Position
from sync_agent.model import ItemKind

_DEEP: Any = "end"
for _ in range(1500):
    _DEEP = {"content": [_DEEP]}
ODD = (
    None, True, False, 0, -1, 5, 10**30, 1e308, -1e308, math.nan, math.inf, "", " ", "\ufeff", "\ufffd", "\x07\x1b[31m",
    "0001-01-01", "0001-01-01T00:00:00.000+0000", "9999-12-31", "9999-12-31T23:59:59.999-1200", "x" * 1_000_000, [], {},
    [5], [None], [[]], [{}], {"name": 5}, {"content": 5}, {"content": [5]}, {"nodes": 5}, {"nodes": [5]}, _DEEP,
)  # fmt: skip
ISSUE = {
    "id": "1", "key": "SHOP-1",
    "fields": {
        "summary": "Pay", "created": "2026-09-01T10:00:00.000+0000", "updated": "2026-09-02T10:00:00.000+0000",
        "status": {"id": "3", "name": "Done", "statusCategory": {"key": "done"}},
        "issuetype": {"name": "Story", "subtask": False},
        "project": {"key": "SHOP"}, "resolution": {"name": "Done"}, "resolutiondate": "2026-09-02T10:00:00.000+0000",
        "statuscategorychangedate": "2026-09-02T10:00:00.000+0000",
        "duedate": "2026-10-01", "assignee": {"accountId": "a", "displayName": "A"}, "reporter": {"name": "b"},
        "priority": {"name": "High"}, "labels": ["fast"], "components": [{"name": "till"}], "points": 3,
        "fixVersions": [{"id": "7", "name": "1.0", "releaseDate": "2026-12-01"}], "parent": {"key": "SHOP-9"},
        "issuelinks": [{"type": {"inward": "is blocked by"}, "inwardIssue": {"key": "SHOP-3"}}],
        "description": {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "hm"}]}]},
        "sprint": [{"id": 4, "name": "Sprint 4", "startDate": "2026-09-01", "endDate": "2026-09-14"}],
    },
    "changelog": {"histories": [{
        "id": "5", "created": "2026-09-02T10:00:00.000+0000", "author": {"accountId": "a"},
        "items": [{"field": "status", "fieldId": "status", "from": "1", "fromString": "To Do", "to": "3",
                   "toString": "Done"},
                  {"field": "resolution", "fieldId": "resolution", "from": None, "fromString": None, "to": "1",
                   "toString": "Done"}],
    }]},
}  # fmt: skip
RECORD = {
    "id": 11, "node_id": "I_11", "number": 11, "title": "Search", "html_url": "https://github.com/a/b/issues/11",
    "body": "Blocked by #3", "state": "open", "created_at": "2026-09-01T10:00:00Z", "draft": False,
    "updated_at": "2026-09-02T10:00:00Z", "closed_at": None, "user": {"login": "dana"}, "type": {"name": "Bug"},
    "assignees": [{"login": "noor"}], "labels": [{"name": "p1"}],
    "milestone": {"node_id": "M_1", "title": "Search", "due_on": "2026-10-01T00:00:00Z", "state": "open"},
}  # fmt: skip
FIELDS = Fields(points=("points",), sprint=("sprint",), names={})


_RUNTIME = Runtime({}, lambda: datetime(2026, 11, 24, tzinfo=UTC))
_AT_JIRA = JiraOptions.model_validate(
    {"url": "https://jira.example.org", "auth": {"token": {"env": "T"}}, "projects": ["SHOP"]}
)
_AT_GITHUB = GithubOptions.model_validate({"auth": {"token": {"env": "T"}}, "repositories": ["a/b"]})


def read_jira(records: list[Any]) -> Batch:
    client = JiraClient("tracker", _AT_JIRA, _RUNTIME)
    client.__dict__["myself"] = {"accountId": "bot"}  # Asked once, and known now.
    reader, statuses = JiraReader(client), Statuses({}, {}, {})
    items = ItemMaker("tracker", FIELDS, statuses, ("is blocked by",), "https://jira.example.org")
    makers = _Makers(statuses, items, ChangeMaker("tracker", FIELDS, ("is blocked by",)))
    placed = [raw for raw in records if reader._is_placed(raw)]
    batch = reader._batch(makers, placed, JiraCursor(Position(), ("SHOP",)))
    return Batch(batch.items, batch.changes, batch.timeboxes, gaps={**reader._unplaced, **batch.gaps})


def read_github(records: list[Any]) -> Batch:
    client = GithubClient("tracker", _AT_GITHUB, _RUNTIME)
    client.__dict__["login"] = "bot"
    decoder = Decoder(client, None, Unguarded())
    entries = [entry for raw in records if (entry := decoder.entry(raw, rest.node))]
    made = decoder.made("a/b", ItemKind.ISSUE, [entry.raw for entry in entries])
    return Batch(made.items, made.changes, made.boxes, gaps={**decoder.unplaced, **made.gaps})


def _paths(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield (*before, step)
        yield from _paths(each, (*before, step))


def _spoilt(record: Any, path: tuple[Any, ...], odd: Any) -> Any:
    copied = copy.deepcopy(record)
    holder = copied
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = odd
    return copied


def _check(read: Any, good: list[Any], record: Any, path: tuple[Any, ...], odd: Any) -> None:
    alone, found = read(good), read([*good, _spoilt(record, path, odd)])
    assert set(alone.items) <= set(found.items)
    assert set(alone.changes) <= set(found.changes)
    assert len(found.items) - len(alone.items) in (0, 1)
    assert len(found.items) > len(alone.items) or len(found.gaps) > len(alone.gaps)  # Never lost without a word.


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
@pytest.mark.parametrize(("read", "record"), [(read_jira, ISSUE), (read_github, RECORD)], ids=["jira", "github"])
def test_an_odd_value_in_any_field_stops_no_other_item(
    read: Any, record: Mapping[str, Any], odd: Any, quiet: None
) -> None:
    other = {**record, "id": "2", "key": "SHOP-2", "number": 12, "node_id": "I_12"}
    for path in _paths(record):
        _check(read, [other], record, path, odd)


@pytest.mark.parametrize(("name", "read"), [("jira", read_jira), ("github", read_github)])
def test_and_in_recorded_records(shared: Path, name: str, read: Any, quiet: None) -> None:
    file = shared / "data" / f"{name}-records.ndjson.gz"
    if not file.exists():
        pytest.skip(f"{file.name} is not beside this repository")
    with gzip.open(file) as lines:
        records = [json.loads(line) for _, line in zip(range(40), lines, strict=False)]
    records = [raw.get("record", raw) for raw in records]

    @given(st.data())
    @settings(max_examples=60, deadline=None, database=None)
    def spoil(data: st.DataObject) -> None:
        record = data.draw(st.sampled_from(records[5:]))
        _check(
            read, records[:5], record, data.draw(st.sampled_from(list(_paths(record)))), data.draw(st.sampled_from(ODD))
        )

    spoil()


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tracebacks of thousands of odd values say nothing here."""
    monkeypatch.setattr("connectors.reading.gaps.log", SimpleNamespace(error=lambda *_args, **_more: None))


def test_a_field_that_cannot_be_read_is_left_out_and_named() -> None:
    found = read_jira([_spoilt(ISSUE, ("fields", "duedate"), "9999-12-31")])
    assert found.items[0].due is None
    assert found.items[0].points == 3
    assert str(found.gaps["1"]) == (
        "SHOP-1 cannot be read in part: duedate: found '9999-12-31', not a day between 1970 and 2200"
    )


def test_a_version_of_the_year_one_has_no_day_and_is_named() -> None:
    found = read_jira([_spoilt(ISSUE, ("fields", "fixVersions", 0, "releaseDate"), "0001-01-01")])
    assert found.items[0].versions == ("1.0",)
    assert [gap.key for gap in found.gaps.values()] == ["version 1.0 of SHOP"]


def test_a_mistake_of_ours_is_no_item_without_a_word() -> None:
    def broken(_raw: Mapping[str, Any]) -> int:
        raise ZeroDivisionError

    with pytest.raises(Unreadable, match="ZeroDivisionError"):
        read_what_can_be(partial(broken), {"a": 1}, (("a",),))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('\ufeff{"a": 1}', {"a": 1}),
        (r'{"a": "\ud800x"}', {"a": "\ufffdx"}),
        (r'{"a": "\ud83d\ude00 \\ud800"}', {"a": "😀 \\ud800"}),
        (r'{"a": "b\u0000c"}', {"a": "b\ufffdc"}),
        ('{"a": 1e400, "b": 1}', {"a": math.inf, "b": 1}),
        ('{"a": "tab\there"}', {"a": "tab\there"}),
        ('{"a": ' + "9" * 5000 + "}", {"a": math.inf}),
    ],
)
def test_json_that_is_nearly_good_is_read(text: str, found: Any) -> None:
    assert parse(text) == found


@pytest.mark.parametrize("text", ["", '{"a": ', "[" * 100_000, "<html>"])
def test_what_is_no_json_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse(text)
