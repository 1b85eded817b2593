"""The measurement of a pull measures what it says: all items of a crowd, and what was edited meanwhile."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.pull import budgets
from benchmarks.pull.__main__ import measured
from benchmarks.pull.crowd import CHANGES, END, Crowd, Order
from benchmarks.pull.served import Task, read_json, served


@pytest.mark.parametrize("task", [Task("jira-cloud", 230), Task("jira-server", 230), Task("github", 230, 3)])
def test_ours_knows_everything_as_it_is_in_few_requests(task: Task, tmp_path: Path) -> None:
    with served(task, edits=4) as tracker:
        run = measured("ours", tracker, tmp_path, "--found", str(tmp_path / "found"))
        truth = tracker.truth()
    assert read_json(tmp_path / "found") == truth
    assert sum(mark != "calm" for mark in truth.values()) == 4
    assert run.requests <= budgets.full(task) + budgets.changed(task, 4) + 1
    assert run.megabytes > 1


@given(st.integers(0, 60), st.dictionaries(st.integers(0, 59), st.integers(0, 90)), st.integers(-5, 400), st.booleans())
def test_a_crowd_lists_what_a_list_of_all_items_would(
    size: int, edits: dict[int, int], days: int, descending: bool
) -> None:
    crowd = Crowd(size)
    for number, later in edits.items():
        if number < size:
            crowd.edit(number, int(END.timestamp()) + later)
    since = crowd.created(0) + days * 86_400
    for by, order in (
        ("updated", Order("updated", descending, updated_since=since)),
        ("created", Order("created", descending, created_since=since)),
    ):
        moment = crowd.updated if by == "updated" else crowd.created
        expected = sorted((moment(n), n) for n in range(size) if moment(n) >= since)
        assert list(crowd.listed(order)) == [n for _, n in (expected[::-1] if descending else expected)]


def test_items_that_are_left_out_come_again_once_they_change() -> None:
    crowd = Crowd(10)
    last = crowd.updated(9)
    assert last == crowd.created(9) + CHANGES * 86_400
    order = Order(updated_since=last, without=frozenset({9}), unless_updated_after=last)
    assert list(crowd.listed(order)) == []
    crowd.edit(9, last + 60)
    assert list(crowd.listed(order)) == [9]
