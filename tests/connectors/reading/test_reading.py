"""A pull loses nothing while people go on working, and costs little when they do not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.contract import Batch
from connectors.errors import ConnectorError, Forbidden
from connectors.jira.items import plain
from connectors.reading.keyset import Entry, Page, Position, millis, walk
from connectors.reading.references import written_links
from sync_agent.model import Place
from sync_agent.sandbox.core import Exchange, Fault
from tests.support.theatre import MONDAY, Theatre, theatre
from tests.support.trackers.readings import containers, keys, read, scoped, source


@dataclass
class MovingList:
    """A list sorted by last change, in which an entry is edited after each page. `steady`: its marks name places.
    `coarse`: it knows times by the second only, as an index may, and the entries tell milliseconds all the same.
    """

    edits: list[int]
    size: int
    steady: bool = False
    coarse: bool = False
    entries: dict[str, int] = field(default_factory=lambda: {f"i{n}": n * 240 for n in range(40)})

    asked: int = 0
    listed: dict[str, int] = field(default_factory=dict)

    def fetch(self, since: int, mark: Any, left_out: Sequence[str]) -> Page:
        self.asked += 1
        self.listed = dict(self.entries)
        places = sorted((self._cut(at), key) for key, at in self.entries.items() if self._cut(at) >= self._cut(since))
        found = [(at, key) for at, key in places if at > self._cut(since + 999) or key not in left_out]
        start = sum(place <= mark for place in found) if mark and self.steady else mark or 0
        page = [(self.entries[key], key) for _, key in found[start : start + self.size]]
        last = found[min(start + self.size, len(found)) - 1] if found else None
        if self.edits:
            self.entries[f"i{self.edits.pop(0)}"] = max(self.entries.values()) + 2000
        following = start + self.size
        more = (last if self.steady else following) if following < len(found) else None
        without = None if self.steady else left_out
        return Page(tuple(Entry(key, at, {}) for at, key in page), more, self.steady, without)

    def _cut(self, at: int) -> int:
        return at // 1000 * 1000 if self.coarse else at


@settings(max_examples=200)
@given(st.lists(st.integers(0, 39), max_size=30), st.integers(1, 15), st.booleans(), st.booleans())
def test_no_entry_is_missed_whatever_is_edited_meanwhile(
    edits: list[int], size: int, steady: bool, coarse: bool
) -> None:
    moving = MovingList(edits, size, steady, coarse)
    seen: dict[str, int] = {}
    for entries in walk(moving.fetch, 0, {}):
        seen.update((entry.id, entry.updated) for entry in entries)
    assert seen == moving.listed


@pytest.mark.parametrize("steady", [True, False])
def test_every_page_is_full_of_news(steady: bool) -> None:
    moving = MovingList([], 10, steady)
    assert [len(entries) for entries in walk(moving.fetch, 0, {})] == [10, 10, 10, 10]
    assert moving.asked == 4


@pytest.mark.parametrize("steady", [True, False])
def test_entries_that_share_one_instant_are_all_read(steady: bool) -> None:
    moving = MovingList([], 7, steady, entries={f"i{n}": 5 for n in range(40)})
    assert [len(entries) for entries in walk(moving.fetch, 0, {})] == [7, 7, 7, 7, 7, 5]


def test_a_list_rests_once_nothing_new_came_for_the_overlap_by_the_servers_own_clock() -> None:
    overlap, noon = timedelta(minutes=15), MONDAY + timedelta(hours=3)
    entries = [Entry(f"i{n}", millis(noon) + n * 1000, {}) for n in range(200)]
    position = Position().after(entries, overlap, server_time=noon + timedelta(hours=1))
    assert len(position.seen) == 200
    soon = position.at_rest(overlap, noon + timedelta(hours=1, minutes=15))
    assert soon == position, "an edit may show up late"
    late = position.at_rest(overlap, noon + timedelta(hours=1, minutes=16))
    assert late.seen == {}
    assert late.knows(entries[199])
    news = Entry("i7", entries[199].updated + 900_000, {})
    assert not late.knows(news)
    assert late.after([news], overlap).seen == {"i7": news.updated}


def test_an_entry_from_the_future_hides_nothing_that_changes_before() -> None:
    overlap, now = timedelta(minutes=15), MONDAY
    odd = Entry("odd", millis(now + timedelta(days=400)), {})
    position = Position().after([odd], overlap, server_time=now)
    assert not position.knows(Entry("usual", millis(now + timedelta(minutes=1)), {}))


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


# Jira's kind does not matter to them.
github_alone = pytest.mark.parametrize("stage", ["cloud"], indirect=True)


@pytest.mark.parametrize("name", ["jira", "github"])
def test_only_what_changed_is_read_again(stage: Theatre, name: str) -> None:
    whole, cursor = read(stage, name, None)
    assert len(keys(whole)) == {"jira": 11, "github": 8}[name]
    assert keys(read(stage, name, cursor)[0]) == []
    at = MONDAY + timedelta(hours=1)
    stage.jira_state.edit("SHOP-3", at=at, by="noor", priority="High")
    stage.github_state.edit("acme/shop", 3, at=at, by="noor", label="P1")
    stage.clock.set(at + timedelta(minutes=1))
    changed, cursor = read(stage, name, cursor)
    assert keys(changed) == [{"jira": "SHOP-3", "github": "acme/shop#3"}[name]]
    assert keys(read(stage, name, cursor)[0]) == []


def test_a_cursor_that_nobody_understands_reads_everything(stage: Theatre) -> None:
    assert len(keys(read(stage, "jira", "what?")[0])) == 11


def test_a_hidden_project_is_named_and_the_others_are_read(stage: Theatre) -> None:
    stage.jira_state.hidden.add("PLAT")
    batches, _ = read(stage, "jira", None)
    assert list(batches[-1].unreadable) == ["PLAT"]
    assert len(keys(batches)) == 11


def test_a_source_with_nothing_to_read_is_an_error(stage: Theatre) -> None:
    stage.jira_state.hidden |= {"PLAT", "SHOP"}
    stage.github_state.hidden.add("acme/shop")
    for name in ("jira", "github"):
        with pytest.raises(ConnectorError):
            read(stage, name, None)


def test_histories_tell_the_same_on_cloud_and_data_center(stage: Theatre) -> None:
    stage.jira_state.edit(
        "SHOP-8", at=MONDAY, by="dana", status="In Progress", assignee="dana", labels=["a", "b"], flagged=True,
        fixVersions=["1.0"], points=3.0, duedate="2026-12-01", blocked_by="SHOP-9", summary="New",
    )  # fmt: skip
    batches, _ = read(stage, "jira", None)
    changes = {
        (c.field.value, c.before, c.after)
        for b in batches
        for c in b.changes
        if c.item == stage.jira_state.issue("SHOP-8")["id"]
    }
    assert changes == {
        ("status", "To Do", "In Progress"),
        ("category", "todo", "doing"),
        ("assignees", None, "dana"),
        ("labels", None, "a"),
        ("labels", None, "b"),
        ("flagged", None, "flagged"),
        ("versions", None, "1.0"),
        ("points", None, "3.0"),
        ("due", None, "2026-12-01"),
        ("links", None, "blocked_by SHOP-9"),
        ("title", "Step 6", "New"),
    }
    item = next(i for b in batches for i in b.items if i.key == "SHOP-8")
    assert (item.points, item.flagged, item.versions, item.parent) == (3.0, True, ("1.0",), "SHOP-1")


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("Blocked by SHOP-77", ["SHOP-77"]),
        ("some text\n- **Blocked by:** #12, acme/other#3", ["acme/shop#12", "acme/other#3"]),
        ("depends on https://jira.example.org/browse/PLAT-4.", ["https://jira.example.org/browse/PLAT-4"]),
        ("We were not blocked by anything like SHOP-1", []),
        (None, []),
        ("Blocked by " + "SHOP-1 " * 100_000, ["SHOP-1"]),
        ("<!-- Which work is this\nBlocked by: #1\n-->\nBlocked by #2", ["acme/shop#2"]),
        ("<!-- hint -->\nBlocked by #2", ["acme/shop#2"]),
        ("Say so like this:\n```md\nBlocked by: #1\n```\nDepends on #2", ["acme/shop#2"]),
        ("{code:title=x}\nBlocked by: SHOP-1\n{code}\nDepends on SHOP-2", ["SHOP-2"]),
        ("{noformat}Blocked by: SHOP-1{noformat}\nDepends on SHOP-2", ["SHOP-2"]),
        ("~~~\nBlocked by #1", []),
        ("### Blocked by\n\n#12\n\n### Steps\n\n- #13", ["acme/shop#12"]),
        ("### Blocked by\n\n_No response_\n\n### Steps\n\n- #13", []),
        ("h3. Is blocked by\n* SHOP-1\n* SHOP-2\nand SHOP-3", ["SHOP-1", "SHOP-2"]),
        ("## Depends on\n\n1. #12\n\n2. [ ] #13\n## Then\n3. #14", ["acme/shop#12", "acme/shop#13"]),
        ("- Blocked by:\n  - #12\n  - #13\n- Then: #14", ["acme/shop#12", "acme/shop#13"]),
        ("- Blocked by #12\n- Fixes #14", ["acme/shop#12"]),
        ("- [ ] Blocked by #12\n- [x] Blocked by #13\n1. blocked by #14", ["acme/shop#12", "acme/shop#14"]),
        ("#12 is blocked by #13", []),
        ("- Blocked by:\n- #12\n- Then: #14", ["acme/shop#12"]),
        ("### Blocked by\n\n- [X] #12\n- [ ] #13\n- [x] #14\n- [ ] #15", ["acme/shop#13", "acme/shop#15"]),
    ],
)
def test_blockers_are_read_from_lines_that_say_so(text: str | None, targets: list[str]) -> None:
    assert [link.target for link in written_links(text, "acme/shop")] == targets


def test_lists_and_checklists_in_a_document_of_jira_are_read_as_such() -> None:
    def node(kind: str, *content: Any, **attributes: str) -> dict[str, Any]:
        texts = [{"type": "text", "text": each} if isinstance(each, str) else each for each in content]
        return {"type": kind, "attrs": attributes, "content": texts}

    bullets = [node("listItem", node("paragraph", key)) for key in ("AB-1", "AB-2")]
    tasks = [node("taskItem", f"Blocked by {key}", state=state) for key, state in (("AB-3", "TODO"), ("AB-4", "DONE"))]
    document = node("doc", node("heading", "Blocked by"), node("bulletList", *bullets), node("taskList", *tasks))
    assert [link.target for link in written_links(plain(document), "AB")] == ["AB-1", "AB-2", "AB-3"]


def test_code_in_a_document_of_jira_says_nothing() -> None:
    def block(kind: str, text: str) -> dict[str, Any]:
        return {"type": kind, "content": [{"type": "text", "text": text}]}

    document = {
        "type": "doc",
        "content": [block("codeBlock", "Blocked by: AB-1"), block("paragraph", "Depends on AB-2")],
    }
    assert [link.target for link in written_links(plain(document), "AB")] == ["AB-2"]


@github_alone
def test_a_host_without_graphql_is_read_over_rest_and_tells_the_same(stage: Theatre) -> None:
    stage.github_state.edit(
        "acme/shop", 7, at=MONDAY, by="noor", label="P1", assignee="noor", title="New", state="closed"
    )
    stage.clock.advance(timedelta(minutes=1))
    whole, _ = read(stage, "github", None)
    stage.github.faults.add(Fault(path="/graphql", status=404))
    over_rest, cursor = read(stage, "github", None)

    def told(batches: list[Batch]) -> tuple[set[object], set[object]]:
        items = {
            (i.key, i.status, i.category, i.labels, i.assignees[:1] and i.assignees[0].id, i.finished)
            for b in batches
            for i in b.items
        }
        return items, {change for b in batches for change in b.changes}

    assert told(over_rest) == told(whole)
    assert keys(read(stage, "github", cursor)[0]) == []


@github_alone
def test_a_query_that_is_too_large_is_asked_in_smaller_pages(stage: Theatre) -> None:
    stage.github.faults.add(Fault(path="/graphql", status=502, after=2, times=3))
    assert len(keys(read(stage, "github", None)[0])) == 8


@pytest.mark.parametrize(
    ("stage", "name"), [("cloud", "jira"), ("server", "jira"), ("cloud", "github")], indirect=["stage"]
)
def test_of_a_thousand_items_none_is_lost_while_one_is_edited_after_every_answer(stage: Theatre, name: str) -> None:
    """And the whole pull keeps within the fewest requests that the APIs allow."""
    at = MONDAY - timedelta(days=1)
    for number in range(990):
        stage.jira_state.create("SHOP", "Story", f"Story {number}", at=at + timedelta(seconds=number), by="dana")
        stage.github_state.create("acme/shop", f"Issue {number}", at=at + timedelta(seconds=number), by="dana")
    edits = iter(range(1, 400))

    def work_on(_exchange: Exchange) -> None:
        number, later = next(edits), MONDAY + timedelta(minutes=next(edits))
        stage.jira_state.edit(f"SHOP-{number}", at=later, by="noor", labels=[f"edit {number}"])
        stage.github_state.edit("acme/shop", number, at=later, by="noor", label=f"edit {number}")

    sandbox = stage.jira if name == "jira" else stage.github
    sandbox.after = work_on
    first, cursor = read(stage, name, None)
    requests = len(sandbox.journal.exchanges)
    sandbox.after = lambda _exchange: None
    second, _ = read(stage, name, cursor)
    newest = {item.key: item for batch in (*first, *second) for item in batch.items}
    assert len(newest) == {"jira": 1001, "github": 998}[name]
    for key, found in newest.items():
        if name == "jira":
            assert list(found.labels) == stage.jira_state.issue(key)["fields"]["labels"], key
        else:
            record = stage.github_state.repositories["acme/shop"][int(key.partition("#")[2])].record
            assert list(found.labels) == [label["name"] for label in record["labels"]], key
    assert requests <= 11 + 2 + 5


@github_alone
def test_a_pattern_means_every_repository_that_fits_and_new_ones(stage: Theatre) -> None:
    at = MONDAY - timedelta(days=1)
    for name in ("acme/shop-api", "acme/shop-web", "acme/tools", "other/shop-x"):
        stage.github_state.add_repository(name)
        stage.github_state.create(name, "An issue", at=at, by="dana")
    found, cursor = read(scoped(stage, "Acme/shop-*"), "github", None)
    assert containers(found) == {"acme/shop-api", "acme/shop-web"}
    assert containers(read(stage, "github", cursor)[0]) == set()
    stage.github_state.add_repository("acme/shop-new")
    stage.github_state.create("acme/shop-new", "An issue", at=at, by="dana")
    assert containers(read(stage, "github", cursor)[0]) == {"acme/shop-new"}


@github_alone
def test_a_pattern_of_nobody_is_named_and_the_others_are_read(stage: Theatre) -> None:
    found, _ = read(scoped(stage, "nobody/*", "acme/shop"), "github", None)
    assert containers(found) == {"acme/shop"}
    assert "there is no organisation or user nobody" in found[-1].unreadable["nobody/*"]


@github_alone
def test_an_archived_repository_is_read_and_said_to_be_closed_for_comments(stage: Theatre) -> None:
    stage.github_state.add_repository("acme/shop-old", archived=True)
    stage.github_state.create("acme/shop-old", "An issue", at=MONDAY - timedelta(days=1), by="dana")
    found, _ = read(scoped(stage, "acme/shop-*"), "github", None)
    assert containers(found) == {"acme/shop-old"}
    scoped(stage, "acme/shop-old")
    texts = [finding.text for finding in source(stage, "github").probe.check()]
    assert "is archived: it can be read, but not commented on" in texts
    with pytest.raises(Forbidden, match="report on an issue of another repository"):
        source(stage, "github").writer.create(Place("github", "acme/shop-old#1"), "key", "A word")


@github_alone
def test_types_parents_and_dependencies_of_issues_are_read_with_their_history(stage: Theatre) -> None:
    hub = stage.github_state
    hub.add_repository("acme/else")
    hub.create("acme/else", "Waited for", at=MONDAY - timedelta(days=2), by="dana")
    hub.edit("acme/shop", 8, at=MONDAY, by="noor", type="Bug", parent=7, blocked_by="acme/else#1")
    found, _ = read(stage, "github", None)
    item = next(item for batch in found for item in batch.items if item.key == "acme/shop#8")
    assert (item.type, item.parent) == ("Bug", "acme/shop#7")
    assert [(link.kind.value, link.target) for link in item.links] == [("blocked_by", "acme/else#1")]
    changes = {(c.field.value, c.after) for batch in found for c in batch.changes if c.item == item.id}
    assert {("type", "Bug"), ("parent", "acme/shop#7"), ("links", "blocked_by acme/else#1")} <= changes


@github_alone
def test_more_labels_blockers_and_events_than_come_with_an_issue_are_all_read(stage: Theatre) -> None:
    hub = stage.github_state
    labels = [f"label-{number:02}" for number in range(70)]
    hub.edit("acme/shop", 8, at=MONDAY, by="noor", labels=labels)
    for number in range(45):
        blocker = hub.create("acme/shop", f"Blocker {number}", at=MONDAY, by="dana")
        hub.edit("acme/shop", 8, at=MONDAY, by="noor", blocked_by=blocker)
    found, _ = read(stage, "github", None)
    item = next(item for batch in found for item in batch.items if item.key == "acme/shop#8")
    assert list(item.labels) == labels
    assert [link.target for link in item.links] == [f"acme/shop#{number}" for number in range(9, 54)]
    changes = [c for batch in found for c in batch.changes if c.item == item.id]
    assert sum(c.field.value == "labels" for c in changes) == 70
    assert sum(c.field.value == "links" for c in changes) == 45
    assert len(stage.github.journal.exchanges) == 3 + 1 + 1 + 2, "labels, blockers and twice events for one issue"


def test_a_first_pull_that_was_broken_off_goes_on_from_both_ends(stage: Theatre) -> None:
    at = MONDAY - timedelta(days=400)
    for number in range(900):
        stage.jira_state.create("SHOP", "Story", f"Story {number}", at=at + timedelta(hours=number), by="dana")
    whole = len(stage.jira_state.issues)
    began = source(stage, "jira").reader.read(None)
    cursor = next(began).cursor
    stage.jira.journal.clear()
    rest, _ = read(stage, "jira", cursor)
    # A first part is a thousand issues, or all that there are.
    assert len(keys(rest)) < whole
    assert len(stage.jira.journal.exchanges) < whole // 100


def test_many_issues_of_one_instant_are_read_from_both_ends(stage: Theatre) -> None:
    """An import gives thousands of issues the same time of creation."""
    at = MONDAY - timedelta(days=400)
    for number in range(700):
        same = at + timedelta(days=number // 300)
        stage.jira_state.create("SHOP", "Story", f"Story {number}", at=same, by="dana")
    batches, _ = read(stage, "jira", None)
    assert set(keys(batches)) == {raw["key"] for raw in stage.jira_state.issues.values()}


@github_alone
def test_lists_without_news_are_not_read(stage: Theatre) -> None:
    _, cursor = read(stage, "github", None)
    stage.github_state.edit("acme/shop", 1, at=MONDAY + timedelta(minutes=1), by="noor", label="news")
    stage.github.journal.clear()
    read(stage, "github", cursor)
    asked = [exchange.request for exchange in stage.github.journal.exchanges]
    assert not any("pullRequests(first: $size" in request for request in asked)
