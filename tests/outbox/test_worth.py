"""When a status that stands in a tracker is worth an edit."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sync_agent.model import Channel, Gist, Message, MessageKind, Payload, Place, Reason, ReasonKind
from sync_agent.outbox import difference, digest
from sync_agent.store.outbox.rows import Row, RowState

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SAID = Gist("on track", "texts", 0.42, date(2026, 12, 14))
STATUS = Message(
    "status/a/jira/A-1", MessageKind.STATUS, Channel.tracker("jira"), Payload("as of Monday"),
    Reason(ReasonKind.STATUS), place=Place("jira", "A-1"), edits=True, gist=SAID,
)  # fmt: skip
SHOWN = Row(STATUS, RowState.DELIVERED, digest(STATUS), MONDAY, MONDAY, MONDAY, external_id="1")


def plan(gist: Gist | None, later: timedelta = DAY, row: Row = SHOWN) -> tuple[str, ReasonKind]:
    new = replace(STATUS, payload=Payload("as of another day"), gist=gist)
    (planned,) = difference([new], {new.key: row}, MONDAY + later)
    return planned.action, planned.why.kind


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"news": "off track"}, ReasonKind.NEWS),
        ({"ends": date(2026, 12, 21)}, ReasonKind.FORECAST_MOVED),
        ({"ends": date(2026, 12, 7)}, ReasonKind.FORECAST_MOVED),
        ({"progress": 0.52}, ReasonKind.PROGRESS_MOVED),
        ({"progress": 0.32}, ReasonKind.PROGRESS_MOVED),
    ],
)
def test_what_matters_is_edited_at_once(change: dict[str, object], why: ReasonKind) -> None:
    assert plan(replace(SAID, rest="other texts", **change)) == ("edit", why)


def test_small_changes_wait_for_a_week_and_a_new_day_alone_for_ever() -> None:
    moved = replace(SAID, rest="other texts", progress=0.43, ends=date(2026, 12, 15))
    assert plan(moved, 6 * DAY) == ("nothing", ReasonKind.TOO_LITTLE)
    assert plan(moved, 7 * DAY) == ("edit", ReasonKind.WEEKLY)
    assert plan(SAID, 30 * DAY) == ("nothing", ReasonKind.TOO_LITTLE)


def test_small_changes_add_up() -> None:
    """Compared is what people see, not what yesterday would have been."""
    assert [plan(replace(SAID, rest="x", progress=0.42 + 0.03 * day), day * DAY)[0] for day in (1, 2, 3, 4)] == [
        "nothing", "nothing", "nothing", "edit",
    ]  # fmt: skip


@pytest.mark.parametrize("state", [RowState.WAITING, RowState.DEAD])
def test_what_is_not_there_yet_is_brought_up_to_date_for_nothing(state: RowState) -> None:
    assert plan(SAID, row=replace(SHOWN, state=state, external_id=None)) == ("create", ReasonKind.STATUS)


def test_a_status_of_an_older_version_is_edited_once() -> None:
    assert plan(SAID, row=replace(SHOWN, message=replace(STATUS, gist=None)))[0] == "edit"
