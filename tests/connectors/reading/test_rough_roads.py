"""Pulls over bad roads: broken answers, wrong clocks, odd time zones, names and fields that change."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Batch, Level
from connectors.errors import ConnectorError, Malformed, Refused
from sync_agent.model import Place, StatusCategory, WorkItem
from sync_agent.sandbox.core import Exchange, Fault, Sandbox
from sync_agent.sandbox.jira import jql
from sync_agent.sandbox.jira.state import POINTS
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre
from tests.support.trackers.readings import scoped, source
from tests.support.trackers.rough_roads import patiently

HOUR = timedelta(hours=1)


@pytest.fixture(params=["cloud", "server"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path, kind=request.param) as made:
        yield made


def items(batches: list[Batch]) -> dict[str, WorkItem]:
    return {item.key: item for batch in batches for item in batch.items}


def sandbox(stage: Theatre, name: str) -> Sandbox:
    return stage.jira if name == "jira" else stage.github


@pytest.mark.parametrize("name", ["jira", "github"])
@pytest.mark.parametrize("fault", [{"reset": True}, {"cut": True}], ids=["reset", "half"])
def test_an_answer_that_breaks_off_is_asked_for_again(stage: Theatre, name: str, fault: dict[str, bool]) -> None:
    whole = items(list(source(stage, name).reader.read(None)))
    for after in range(4):
        sandbox(stage, name).faults.add(Fault(after=after, times=1, **fault))
    opened, _ = patiently(stage, name)
    assert items(list(opened.reader.read(None))) == whole


@pytest.mark.parametrize("name", ["jira", "github"])
def test_answers_that_keep_breaking_off_end_the_pull_with_a_reason(stage: Theatre, name: str) -> None:
    sandbox(stage, name).faults.add(Fault(cut=True))
    opened, patience = patiently(stage, name)
    with pytest.raises(ConnectorError, match="broke off"):
        list(opened.reader.read(None))
    assert len(patience.waits) <= 6


@pytest.mark.parametrize(
    ("stage", "zone"),
    [
        ("cloud", "Etc/GMT+12"), ("cloud", "Asia/Kolkata"), ("cloud", "Australia/Lord_Howe"),
        ("server", "Etc/GMT-14"), ("server", "America/New_York"), ("server", "Europe/Berlin"),
    ],
    indirect=["stage"],
)  # fmt: skip
def test_no_account_time_zone_and_no_change_of_the_clocks_loses_an_edit(stage: Theatre, zone: str) -> None:
    """Edits every twenty minutes over the nights in which clocks are changed, and a pull every hour."""
    stage.jira_state.users["bot"]["timeZone"] = zone
    reader = source(stage, "jira").reader
    for night in (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 31, 22, tzinfo=UTC)):
        stage.clock.set(night)
        cursor = list(reader.read(None))[-1].cursor
        for number in range(1, 25):
            at = night + timedelta(minutes=20 * number)
            stage.clock.set(at)
            stage.jira_state.edit("SHOP-3", at=at - timedelta(seconds=30), by="noor", labels=[f"edit-{number}"])
            if number % 3 == 0:
                batches = list(reader.read(cursor))
                cursor = batches[-1].cursor
                found = items(batches)
                assert list(found) == ["SHOP-3"], "and nothing is read twice"
                assert found["SHOP-3"].labels == (f"edit-{number}",)
                assert found["SHOP-3"].updated == at - timedelta(seconds=30)


@pytest.mark.parametrize("skew", [-HOUR, HOUR], ids=["slow", "fast"])
@pytest.mark.parametrize("name", ["jira", "github"])
def test_a_host_whose_clock_is_wrong_by_an_hour_loses_nothing(stage: Theatre, name: str, skew: timedelta) -> None:
    opened, patience = patiently(stage, name, skew)
    cursor = list(opened.reader.read(None))[-1].cursor
    for number in range(5):
        at = MONDAY + timedelta(minutes=15 * number, seconds=1)
        stage.clock.set(at)
        patience.now = at + skew
        stage.jira_state.edit("SHOP-3", at=at, by="noor", labels=[f"l{number}"])
        stage.github_state.edit(REPOSITORY, 3, at=at, by="noor", labels=[f"l{number}"])
        batches = list(opened.reader.read(cursor))
        cursor = batches[-1].cursor
        (found,) = items(batches).values()
        assert found.labels == (f"l{number}",)


@pytest.mark.parametrize("skew", [-HOUR, HOUR], ids=["slow", "fast"])
def test_a_rate_limit_is_waited_for_by_the_servers_clock(stage: Theatre, skew: timedelta) -> None:
    """The reset is in two minutes, whatever this host thinks that the time is."""
    reset = int((stage.clock.now() + timedelta(minutes=2)).timestamp())
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-limit": "5000", "x-ratelimit-reset": str(reset)}
    stage.github.faults.add(Fault(status=403, times=1, headers=headers, body='{"message": "API rate limit exceeded"}'))
    opened, patience = patiently(stage, "github", skew)
    assert len(items(list(opened.reader.read(None)))) == 8
    assert patience.waits == [pytest.approx(120, abs=1)]


def many_at_once(stage: Theatre, count: int) -> None:
    """As after an import: all of them bear the same time."""
    for number in range(count):
        stage.jira_state.create("PLAT", "Story", f"Imported {number}", at=MONDAY - HOUR, by="dana")


@pytest.fixture
def few_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than that of one instant are paged through by tokens."""
    for module in ("connectors.reading.keyset", "connectors.jira.read.sweep"):
        monkeypatch.setattr(f"{module}.MOST_LEFT_OUT", 50)


@pytest.mark.usefixtures("few_left_out")
def test_a_page_token_that_expired_is_asked_for_anew(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        many_at_once(stage, 450)
        expired = '{"errorMessages": ["The provided next page token is invalid or expired."], "errors": {}}'
        stage.jira.faults.add(Fault(path="/search/jql", status=400, after=4, times=1, body=expired))
        assert len(items(list(source(stage, "jira").reader.read(None)))) == 461
        refused = [exchange for exchange in stage.jira.journal.exchanges if exchange.status == 400]
        assert ["nextPageToken" in exchange.request for exchange in refused] == [True]


def test_a_site_that_fails_over_long_lists_of_ids_is_asked_without(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        many_at_once(stage, 450)
        stage.jira_state.limits.listed = 250
        opened, _ = patiently(stage, "jira")
        cursor = list(opened.reader.read(None))[-1].cursor
        for number in range(450):
            stage.jira_state.edit(f"PLAT-{number + 1}", at=MONDAY, by="noor", labels=["late"])
        stage.clock.advance(HOUR)
        assert len(items(list(opened.reader.read(cursor)))) == 450


@pytest.mark.parametrize("left_out", [1000, 50])
def test_a_site_that_sorts_times_by_the_second_loses_nothing(
    stage: Theatre, monkeypatch: pytest.MonkeyPatch, left_out: int
) -> None:
    """Within a second its order is that of the keys, and pages end anywhere in it."""
    for module in ("connectors.reading.keyset", "connectors.jira.read.sweep"):
        monkeypatch.setattr(f"{module}.MOST_LEFT_OUT", left_out)
    exact = jql._date
    monkeypatch.setattr(jql, "_date", lambda raw, name: (at := exact(raw, name)) and at.replace(microsecond=0))

    def spread(number: int) -> timedelta:
        return timedelta(milliseconds=number * 797 % 3000)

    names = [
        stage.jira_state.create("PLAT", "Story", f"Story {number}", at=MONDAY - HOUR + spread(number), by="dana")
        for number in range(450)
    ]
    opened = source(stage, "jira")
    batches = list(opened.reader.read(None))
    assert set(names) <= set(items(batches))
    for number, key in enumerate(names):
        stage.jira_state.edit(key, at=MONDAY + spread(number), by="noor", labels=["late"])
    stage.clock.advance(HOUR)
    batches = list(opened.reader.read(batches[-1].cursor))
    assert set(items(batches)) == set(names)
    assert items(list(opened.reader.read(batches[-1].cursor))) == {}


@pytest.mark.usefixtures("few_left_out")
@pytest.mark.parametrize("changed", [False, True], ids=["created", "changed"])
def test_more_issues_of_one_instant_than_data_center_pages_through_are_said(tmp_path: Path, changed: bool) -> None:
    with theatre(tmp_path, kind="server") as stage:
        cursor = list(source(stage, "jira").reader.read(None))[-1].cursor if changed else None
        many_at_once(stage, 450)
        stage.jira_state.limits.reach = 300
        with pytest.raises(Refused, match=r"very same instant.*jira\.search\.platform\.max\.result\.window"):
            list(source(stage, "jira").reader.read(cursor))
        assert len(stage.jira.journal.exchanges) < 20


@pytest.mark.usefixtures("few_left_out")
def test_a_page_token_that_is_never_accepted_ends_the_pull(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        many_at_once(stage, 450)
        stage.jira.faults.add(Fault(path="/search/jql", status=400, after=4, body='{"errorMessages": ["expired"]}'))
        with pytest.raises(ConnectorError, match="expired"):
            list(source(stage, "jira").reader.read(None))
        assert len(stage.jira.journal.exchanges) < 20


@pytest.mark.usefixtures("few_left_out")
def test_a_page_token_that_repeats_is_an_error_rather_than_a_loss(tmp_path: Path) -> None:
    """And no walk without an end."""
    with theatre(tmp_path) as stage:
        many_at_once(stage, 450)
        seen: list[str] = []

        def remember(exchange: Exchange) -> None:
            if exchange.path.endswith("/search/jql") and "nextPageToken" in exchange.request and not seen:
                seen.append(exchange.answer)
                stage.jira.faults.add(Fault(path="/search/jql", body=exchange.answer))

        stage.jira.after = remember
        with pytest.raises(Malformed, match="same page token"):
            list(source(stage, "jira").reader.read(None))


def test_short_pages_are_not_the_last(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        many_at_once(stage, 60)
        stage.jira_state.limits.page = 7
        assert len(items(list(source(stage, "jira").reader.read(None)))) == 71


def test_data_center_is_read_beyond_what_its_search_can_reach(tmp_path: Path) -> None:
    """As with more than 10,000 issues, in small: pages begin where the last one ended, not at a number."""
    with theatre(tmp_path, kind="server") as stage:
        for number in range(700):
            at = MONDAY - timedelta(days=1) + timedelta(seconds=number)
            stage.jira_state.create("SHOP", "Story", f"Story {number}", at=at, by="dana")
        stage.jira_state.limits.reach = 300
        assert len(items(list(source(stage, "jira").reader.read(None)))) == 711


def test_a_history_that_is_longer_than_what_comes_with_the_issue_is_read_whole(stage: Theatre) -> None:
    stage.jira_state.limits.inline = 20
    for number in range(130):
        stage.jira_state.edit("SHOP-3", at=MONDAY - timedelta(minutes=200 - number), by="noor", summary=f"T {number}")
    batches = list(source(stage, "jira").reader.read(None))
    identifier = stage.jira_state.issue("SHOP-3")["id"]
    titles = [c.after for b in batches for c in b.changes if c.item == identifier and c.field.value == "title"]
    assert titles == [f"T {number}" for number in range(130)]


def test_an_issue_that_is_deleted_before_its_history_is_read_stops_no_other(tmp_path: Path) -> None:
    with theatre(tmp_path, kind="server") as stage:
        stage.jira_state.limits.inline = 1
        stage.jira.faults.add(Fault(path=f"/issue/{stage.jira_state.issue('SHOP-3')['id']}$", status=404))
        batches = list(source(stage, "jira").reader.read(None))
        assert len(items(batches)) == 11, "it stays until a reading shows that it is gone"
        assert stage.jira_state.issue("SHOP-3")["id"] not in {c.item for batch in batches for c in batch.changes}


def test_a_site_that_takes_no_post_is_asked_by_get_and_says_so_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with theatre(tmp_path, kind="server") as stage:
        stage.jira.faults.add(Fault(path="/search", method="POST", status=405))
        opened = source(stage, "jira")
        cursor = list(opened.reader.read(None))[-1].cursor
        stage.clock.advance(HOUR)
        stage.jira_state.edit("SHOP-9", at=stage.clock.now(), by="noor", status="Done")
        assert items(list(opened.reader.read(cursor)))["SHOP-9"].category is StatusCategory.DONE
        assert opened.reader.locate({"10016": "SHOP-3"})
        assert "status 'Done': counts as done" in [finding.text for finding in opened.probe.check()]
    assert capsys.readouterr().out.count("no POST is taken; asking by GET") == 1


def test_statuses_and_types_that_appear_later_count_as_jira_says(stage: Theatre) -> None:
    reader = source(stage, "jira").reader
    cursor = list(reader.read(None))[-1].cursor
    stage.jira_state.add_status("Acceptance", "indeterminate")
    stage.jira_state.add_status("Live", "done")
    stage.clock.advance(HOUR)
    at = stage.clock.now() - timedelta(minutes=5)
    stage.jira_state.edit("SHOP-8", at=at, by="noor", status="Acceptance", issuetype="Chore")
    stage.jira_state.edit("SHOP-9", at=at, by="noor", status="Live")
    batches = list(reader.read(cursor))
    found = items(batches)
    assert {key: (item.type, item.category.value) for key, item in found.items()} == {
        "SHOP-8": ("Chore", "doing"),
        "SHOP-9": ("Story", "done"),
    }
    categories = {c.after for b in batches for c in b.changes if c.field.value == "category"}
    assert {"doing", "done"} <= categories


def test_a_field_for_points_that_appears_later_is_found_by_the_next_complete_reading(stage: Theatre) -> None:
    field = stage.jira_state.fields.pop(POINTS)
    stage.jira_state.edit("SHOP-3", at=MONDAY - HOUR, by="noor", points=3.0)
    reader = source(stage, "jira").reader
    assert items(list(reader.read(None)))["SHOP-3"].points is None
    stage.jira_state.fields[POINTS] = field
    assert items(list(reader.read(None)))["SHOP-3"].points == 3.0


@pytest.mark.parametrize("value", [{"value": "5"}, "five", "NaN", ["5"]])
def test_points_that_are_no_number_any_more_are_unknown_and_said(stage: Theatre, value: Any) -> None:
    stage.jira_state.edit("SHOP-4", at=MONDAY - HOUR, by="noor", points="8")
    stage.jira_state.issue("SHOP-3")["fields"][POINTS] = value
    stage.jira_state.fields[POINTS]["schema"]["type"] = "option"
    batches = list(source(stage, "jira").reader.read(None))
    found = items(batches)
    assert (found["SHOP-3"].points, found["SHOP-4"].points) == (None, 8.0)
    (gap,) = [gap for batch in batches for gap in batch.gaps.values()]
    assert str(gap).startswith(f"SHOP-3 cannot be read in part: {POINTS}: found ")
    (warning,) = [f.text for f in source(stage, "jira").probe.check() if f.level is Level.WARNING]
    assert warning.startswith(f"the field 'Story Points' ({POINTS}) has the type option, not number")


@pytest.mark.parametrize("graphql", [True, False], ids=["graphql", "rest"])
def test_a_renamed_repository_goes_on_under_its_configured_name(tmp_path: Path, graphql: bool) -> None:
    with theatre(tmp_path) as stage:
        hub = stage.github_state
        if not graphql:
            stage.github.faults.add(Fault(path="/graphql", status=404))
        opened = source(stage, "github")
        cursor = list(opened.reader.read(None))[-1].cursor
        hub.rename(REPOSITORY, "acme/store")
        at = MONDAY + HOUR
        hub.edit("acme/store", 8, at=at, by="noor", label="late", **({"blocked_by": 7} if graphql else {}))
        stage.clock.set(at + HOUR)
        batches = list(opened.reader.read(cursor))
        found = items(batches)[f"{REPOSITORY}#8"]
        assert found.container == REPOSITORY
        if graphql:
            assert [link.target for link in found.links] == [f"{REPOSITORY}#7"]
        assert "is called acme/store now; write that" in [f.text for f in opened.probe.check()]
        assert opened.reader.locate({found.id: found.key})[found.id].fate.value == "here"
        opened.writer.create(Place("github", f"{REPOSITORY}#8"), "key", "A word")
        assert len(hub.repositories["acme/store"][8].comments) == 1
        assert len(items(list(opened.reader.read(None)))) == 8


def test_a_renamed_repository_of_a_pattern_is_read_under_its_new_name(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        scoped(stage, "acme/s*")
        cursor = list(source(stage, "github").reader.read(None))[-1].cursor
        stage.github_state.rename(REPOSITORY, "acme/store")
        found = items(list(source(stage, "github").reader.read(cursor)))
        assert {key.partition("#")[0] for key in found} == {"acme/store"}
        assert len(found) == 8


def test_a_writer_follows_nobody_to_another_host(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        elsewhere = Fault(method="POST", path="/comments", status=307, headers={"location": "https://evil.test/x"})
        stage.github.faults.add(elsewhere)
        with pytest.raises(ConnectorError, match="307"):
            source(stage, "github").writer.create(Place("github", f"{REPOSITORY}#8"), "key", "A word")
