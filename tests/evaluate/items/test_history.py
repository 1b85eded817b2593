"""Time travel: every later change is undone."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_agent.evaluate import as_of
from sync_agent.model import Account, Field, ItemLink, LinkKind, StatusCategory
from tests.support.builders import NOW, START, change, done, facts, item

EARLIER = NOW - timedelta(days=10)
LATER = NOW - timedelta(days=5)


@pytest.mark.parametrize(
    ("field", "before", "after", "now", "then"),
    [
        (Field.STATUS, "To Do", "Done", {"status": "Done"}, {"status": "To Do"}),
        (Field.CATEGORY, "doing", "done", {"category": StatusCategory.DONE}, {"category": StatusCategory.DOING}),
        (Field.RESOLUTION, None, "Fixed", {"resolution": "Fixed"}, {"resolution": None}),
        (Field.POINTS, "3", "8", {"points": 8.0}, {"points": 3.0}),
        (Field.POINTS, None, "8", {"points": 8.0}, {"points": None}),
        (Field.PARENT, "SHOP-1", None, {"parent": None}, {"parent": "SHOP-1"}),
        (Field.KEY, "OLD-1", "SHOP-2", {}, {"key": "OLD-1"}),
        (Field.CONTAINER, "OLD", "SHOP", {}, {"container": "OLD"}),
        (Field.MILESTONE, None, "M1", {"milestone": "M1"}, {"milestone": None}),
        (Field.FLAGGED, None, "flagged", {"flagged": True}, {"flagged": False}),
        (Field.FLAGGED, "flagged", None, {"flagged": False}, {"flagged": True}),
        (Field.LABELS, None, "b", {"labels": ("a", "b")}, {"labels": ("a",)}),
        (Field.VERSIONS, "1.0", None, {"versions": ()}, {"versions": ("1.0",)}),
        (
            Field.ASSIGNEES, "noor", "dana",
            {"assignees": (Account("dana", "D"),)}, {"assignees": (Account("noor", "noor"),)},
        ),
        (
            Field.LINKS, None, "blocked_by SHOP-9",
            {"links": (ItemLink(LinkKind.BLOCKED_BY, "SHOP-9"),)}, {"links": ()},
        ),
    ],
)  # fmt: skip
def test_a_later_change_is_undone(
    field: Field, before: str, after: str, now: dict[str, Any], then: dict[str, Any]
) -> None:
    known = facts(item("SHOP-2", **now), changes=(change("SHOP-2", LATER, field, before, after),))
    past = as_of(known, EARLIER).histories["jira", "SHOP-2"].item
    assert {name: getattr(past, name) for name in then} == then
    present = as_of(known, NOW).histories["jira", "SHOP-2"].item
    assert {name: getattr(present, name) for name in now} == now


def test_an_item_that_did_not_exist_yet_is_not_there() -> None:
    assert as_of(facts(item("SHOP-2", created=LATER)), EARLIER).histories == {}


def test_an_item_finished_twice_was_finished_the_first_time_then() -> None:
    first, reopened, again = START + timedelta(days=3), START + timedelta(days=6), START + timedelta(days=20)
    moves = (
        change("SHOP-2", first, Field.CATEGORY, "todo", "done"),
        change("SHOP-2", reopened, Field.CATEGORY, "done", "todo"),
        change("SHOP-2", again, Field.CATEGORY, "todo", "done"),
    )
    known = facts(done("SHOP-2", again), changes=moves)
    assert as_of(known, first + timedelta(days=1)).histories["jira", "SHOP-2"].item.finished == first
    assert not as_of(known, reopened + timedelta(days=1)).histories["jira", "SHOP-2"].item.done


@given(st.lists(st.tuples(st.integers(1, 50), st.sampled_from(["a", "b", "c"])), max_size=12))
def test_labels_put_on_and_off_are_what_they_were_at_every_moment(moves: list[tuple[int, str]]) -> None:
    held: list[str] = []
    changes, states = [], []
    for step, (hours, label) in enumerate(sorted(moves)):
        at = START + timedelta(hours=hours, minutes=step)
        if label in held:
            held = [each for each in held if each != label]
            changes.append(change("SHOP-2", at, Field.LABELS, label, None))
        else:
            held = [*held, label]
            changes.append(change("SHOP-2", at, Field.LABELS, None, label))
        states.append((at, set(held)))
    known = facts(item("SHOP-2", labels=tuple(held)), changes=tuple(changes))
    for at, expected in states:
        assert set(as_of(known, at).histories["jira", "SHOP-2"].item.labels) == expected
