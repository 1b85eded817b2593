"""A past day is judged from today's histories as it would have been on that day."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.evaluate import Index, as_of
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.history import scope_as_of
from sync_agent.evaluate.items.looked_at import fields_of
from sync_agent.evaluate.items.planned import identities
from sync_agent.evaluate.kpis.measures import read_kpi
from sync_agent.model import Change, Facts, Field, KeyResult, KpiMeasure, Selector, StatusCategory, TrackerKpi, WorkItem
from tests.support.builders import EVERYTHING, change, facts, goal, item

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
OPEN = Selector("jira", projects=("SHOP",), statuses=("open",))
NAMES = {"todo": "To Do", "doing": "In Progress", "done": "Done", "cancelled": "Dropped"}


@dataclass(frozen=True)
class Event:
    """Something that happened to an item some hours after the beginning: a new status, or a flag put up or taken."""

    key: str
    hour: int
    status: str | None


def replay(events: list[Event], until: datetime) -> Facts:
    """What a tracker would say at `until` of items that were all made at the beginning."""
    items: dict[str, WorkItem] = {
        f"SHOP-{n}": item(f"SHOP-{n}", created=BEGIN, updated=BEGIN, active=BEGIN) for n in range(8)
    }
    changes: list[Change] = []
    for event in sorted(events, key=lambda each: each.hour):
        at = BEGIN + timedelta(hours=event.hour)
        if at <= until:
            items[event.key], made = happen(items[event.key], event, at)
            changes.extend(made)
    return facts(*items.values(), changes=tuple(changes))


def happen(before: WorkItem, event: Event, at: datetime) -> tuple[WorkItem, list[Change]]:
    fields: dict[str, object] = {"updated": at, "active": at}
    if event.status is None:
        was = "flagged" if before.flagged else None
        fields["flagged"] = not before.flagged
        made = [change(before.key, at, Field.FLAGGED, was, None if was else "flagged")]
    elif event.status == before.category.value:
        return before, []
    else:
        fields |= {"category": StatusCategory(event.status), "status": NAMES[event.status]}
        fields["finished"] = at if event.status in ("done", "cancelled") else None
        made = [
            change(before.key, at, Field.STATUS, before.status, NAMES[event.status]),
            change(before.key, at, Field.CATEGORY, before.category.value, event.status),
        ]
    return replace(before, **fields), made  # type: ignore[arg-type]


EVENTS = st.lists(
    st.builds(
        Event,
        key=st.sampled_from([f"SHOP-{n}" for n in range(8)]),
        hour=st.integers(1, 60 * 24),
        status=st.sampled_from(["todo", "doing", "done", "cancelled", None]),
    ),
    max_size=40,
    unique_by=lambda event: (event.key, event.hour),
)


@settings(max_examples=150, deadline=None)
@given(events=EVENTS, day=st.integers(1, 60), measure=st.sampled_from(sorted(KpiMeasure)))
def test_every_kpi_of_a_past_day_is_what_it_was_then(events: list[Event], day: int, measure: KpiMeasure) -> None:
    then = BEGIN + timedelta(days=day, hours=9)
    of = OPEN if measure in (KpiMeasure.COUNT, KpiMeasure.SHARE) else EVERYTHING
    result = KeyResult("n", "N", kpi=TrackerKpi(measure, (of,), (EVERYTHING,), 50), baseline=1, target=0)
    judged = goal(key_results=(result,))
    known_today, known_then = replay(events, BEGIN + timedelta(days=90)), replay(events, then)
    rewound = as_of(known_today, then)
    calendar = Calendar("UTC", None)
    found, wanted = (read_kpi(judged, result, k, Index(k), calendar, then) for k in (rewound, known_then))
    assert found == wanted
    assert items(rewound) == items(known_then)


@settings(max_examples=60, deadline=None)
@given(events=EVENTS, day=st.integers(1, 60), selector=st.sampled_from([OPEN, EVERYTHING]))
def test_the_scope_of_a_past_day_needs_only_the_fields_that_selectors_look_at(
    events: list[Event], day: int, selector: Selector
) -> None:
    then, known = BEGIN + timedelta(days=day, hours=9), replay(events, BEGIN + timedelta(days=90))
    whole, quick = as_of(known, then), scope_as_of(known, then, fields_of([selector]))
    assert identities(Index(quick).scope([selector])) == identities(Index(whole).scope([selector]))


def items(known: Facts) -> dict[str, WorkItem]:
    """Without the time of the last update, which trackers keep no history of."""
    return {h.item.key: replace(h.item, updated=BEGIN) for h in known.histories.values()}
