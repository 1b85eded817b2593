"""Which items a selector means."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from sync_agent.evaluate import Index
from sync_agent.model import Account, Facts, ItemKind, ItemLink, LinkKind, Selector, StatusCategory, WorkItem
from tests.support.builders import cancelled, done, facts, item

ITEMS = (
    item("SHOP-1", type="Epic", labels=("Beta",)),
    item(
        "SHOP-2", parent="SHOP-1", components=("Cart",), versions=("1.0",), priority="High",
        assignees=(Account("noor", "Noor H"),),
    ),
    item("SHOP-3", parent="SHOP-2", type="Bug", sprints=("Sprint 4",), due=date(2026, 12, 1)),
    done("SHOP-4", milestone="M1"),
    item("PLAT-1", kind=ItemKind.PULL_REQUEST),
)  # fmt: skip


@pytest.mark.parametrize(
    ("selector", "keys"),
    [
        (Selector("jira", projects=("shop",)), "SHOP-1 SHOP-2 SHOP-3 SHOP-4"),
        (Selector("jira", projects=("SHOP", "PLAT")), "PLAT-1 SHOP-1 SHOP-2 SHOP-3 SHOP-4"),
        (Selector("jira", epics=("SHOP-1",)), "SHOP-2 SHOP-3"),
        (Selector("jira", items=("shop-4", "PLAT-1")), "PLAT-1 SHOP-4"),
        (Selector("jira", types=("bug", "epic")), "SHOP-1 SHOP-3"),
        (Selector("jira", labels=("beta",)), "SHOP-1"),
        (Selector("jira", components=("cart",)), "SHOP-2"),
        (Selector("jira", versions=("1.0",)), "SHOP-2"),
        (Selector("jira", milestones=("m1",)), "SHOP-4"),
        (Selector("jira", sprints=("sprint 4",)), "SHOP-3"),
        (Selector("jira", priorities=("high", "highest")), "SHOP-2"),
        (Selector("jira", assignees=("noor",)), "SHOP-2"),
        (Selector("jira", assignees=("noor h",)), "SHOP-2"),
        (Selector("jira", statuses=("closed",)), "SHOP-4"),
        (Selector("jira", projects=("SHOP",), statuses=("open",)), "SHOP-1 SHOP-2 SHOP-3"),
        (Selector("jira", statuses=("to do",)), "PLAT-1 SHOP-1 SHOP-2 SHOP-3"),
        (Selector("jira", kind=ItemKind.PULL_REQUEST), "PLAT-1"),
        (Selector("jira", query="rank > 3"), "SHOP-3"),
        (Selector("jira", projects=("SHOP",), types=("Bug",), labels=("beta",)), ""),
        (Selector("github", projects=("SHOP",)), ""),
    ],
)
def test_a_selector_finds_what_matches_every_key(selector: Selector, keys: str) -> None:
    known = facts(*ITEMS, queries={("jira", "rank > 3"): frozenset({"SHOP-3"})})
    assert sorted(h.item.key for h in Index(known).select(selector)) == keys.split()


def scope(known: Facts, *selectors: Selector) -> list[str]:
    return sorted(h.item.key for h in Index(known).scope(selectors))


def test_an_item_that_two_selectors_find_counts_once() -> None:
    assert scope(facts(*ITEMS), Selector("jira", items=("SHOP-2",)), Selector("jira", items=("SHOP-2",))) == ["SHOP-2"]


def test_cancelled_work_leaves_the_scope() -> None:
    cancelled = replace(ITEMS[3], category=StatusCategory.CANCELLED)
    assert scope(facts(*ITEMS[:3], cancelled), Selector("jira", projects=("SHOP",))) == ["SHOP-3"]


def test_an_epic_without_stories_counts_itself() -> None:
    assert scope(facts(ITEMS[0]), Selector("jira", projects=("SHOP",))) == ["SHOP-1"]


def test_parents_in_a_ring_end() -> None:
    ring = (item("SHOP-1", parent="SHOP-2"), item("SHOP-2", parent="SHOP-1"))
    assert scope(facts(*ring), Selector("jira", epics=("SHOP-1",))) == ["SHOP-1", "SHOP-2"]


def test_an_item_is_found_by_key_or_address_across_sources() -> None:
    index = Index(facts(*ITEMS))
    for name in (
        "SHOP-2",
        "shop-2",
        "https://jira.example.org/browse/SHOP-2",
        "https://jira.example.org/browse/SHOP-2/",
    ):
        found = index.find("github", name)
        assert found is not None
        assert found.item.key == "SHOP-2"
    assert index.find("jira", "SHOP-99") is None


SHOP = Selector("jira", projects=("SHOP",))


def test_a_story_that_was_cancelled_takes_its_sub_tasks_with_it() -> None:
    known = facts(
        cancelled("SHOP-1", subtask=False),
        done("SHOP-2", parent="SHOP-1", subtask=True),
        item("SHOP-3", parent="SHOP-1", subtask=True),
        item("SHOP-4", subtask=False),
        done("SHOP-5", parent="SHOP-4", subtask=True),
    )
    assert scope(known, SHOP) == ["SHOP-4"]
    assert scope(known, replace(SHOP, leaves=True)) == ["SHOP-5"]


def test_stories_of_a_cancelled_epic_are_what_they_are() -> None:
    known = facts(
        cancelled("SHOP-1", type="Epic", subtask=False),
        done("SHOP-2", parent="SHOP-1", subtask=False),
        item("SHOP-3", parent="SHOP-1", subtask=False),
    )
    assert scope(known, SHOP) == ["SHOP-2", "SHOP-3"]


@pytest.mark.parametrize("middle", [item, done, cancelled])
def test_everything_above_an_item_steps_aside_for_it(middle: Callable[..., WorkItem]) -> None:
    known = facts(
        item("SHOP-1", subtask=False),
        middle("SHOP-2", parent="SHOP-1", subtask=False),
        done("SHOP-3", parent="SHOP-2", subtask=False),
    )
    assert scope(known, SHOP) == ["SHOP-3"]


def test_parents_that_go_round_in_circles_are_no_parents() -> None:
    known = facts(
        item("SHOP-1", parent="SHOP-2", subtask=False),
        item("SHOP-2", parent="SHOP-1", subtask=False),
        item("SHOP-3", parent="SHOP-3", subtask=True),
    )
    assert scope(known, SHOP) == ["SHOP-1", "SHOP-2", "SHOP-3"]


@pytest.mark.parametrize(
    ("issue", "pull", "keys"),
    [
        (item, item, ["SHOP-1"]),
        (done, done, ["SHOP-1"]),
        (cancelled, item, []),
        (cancelled, done, ["SHOP-2"]),
        (cancelled, cancelled, []),
    ],
)
def test_a_pull_request_counts_where_its_issue_does_not_and_it_was_merged(
    issue: Callable[..., WorkItem], pull: Callable[..., WorkItem], keys: list[str]
) -> None:
    closes = (ItemLink(LinkKind.IMPLEMENTS, "SHOP-1"),)
    known = facts(issue("SHOP-1"), pull("SHOP-2", kind=ItemKind.PULL_REQUEST, links=closes))
    assert scope(known, SHOP) == keys
