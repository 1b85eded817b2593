"""Judging only what changed, with only what it needs, finds the same as judging everything with everything."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.evaluate import as_of, evaluate
from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.items.burn_up import burn_up
from sync_agent.judge.due import briefs
from sync_agent.judge.judge import Judged, judge_now, judge_past, keep
from sync_agent.judge.load import course_facts, facts_for
from sync_agent.model import (
    Assessment,
    Change,
    Facts,
    Field,
    ItemLink,
    KeptState,
    KeyResult,
    LinkKind,
    Match,
    Measure,
    Organisation,
    Period,
    Rename,
    RouteNode,
    Selector,
    SignalKind,
    SourceState,
    StatusCategory,
    WorkItem,
)
from sync_agent.store import Store
from sync_agent.store.facts.census import mark_removed
from sync_agent.store.facts.facts import load_background, load_facts, save_changes, save_items, save_query, save_source
from sync_agent.store.facts.touched import claim_touched
from tests.support.builders import NOW, START, change, doing, done, goal, item, organisation

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.temporary() as made:
        with made.begin() as connection:
            save_source(connection, SourceState("jira", complete_at=NOW), "cursor")
        yield made


def of(**fields: object) -> tuple[KeyResult, ...]:
    return (KeyResult("work", "Work", (Selector("jira", **fields),)),)  # type: ignore[arg-type]


CHECKOUT = goal("checkout", key_results=of(epics=("SHOP-1",)))
RELEASE = goal("release", key_results=of(projects=("PAY",), versions=("1.0",)))
LATE = goal("late", key_results=of(labels=("Late",)), depends_on=("checkout",))
ORGANISATION = organisation(CHECKOUT, RELEASE, LATE)


def save(store: Store, *items: WorkItem, changes: tuple[Change, ...] = ()) -> None:
    with store.begin() as connection:
        save_items(connection, items)
        save_changes(connection, changes)


def cycle(store: Store, now: datetime = NOW, organised: Organisation = ORGANISATION) -> Judged:
    with store.begin() as connection:
        claim_touched(connection, "agent", now)
    with store.read() as connection:
        judged = judge_now(connection, organised, now, HOUR, judge="agent")
    with store.begin() as connection:
        keep(connection, judged)
    return judged


def epic() -> WorkItem:
    return item("SHOP-1", type="Epic")


def test_nothing_is_judged_again_while_nothing_changes(store: Store) -> None:
    save(store, epic(), item("SHOP-2", parent="SHOP-1"))
    assert cycle(store).fresh == {"checkout", "release", "late"}
    assert cycle(store, NOW + HOUR / 2).fresh == frozenset()


def test_nothing_is_judged_again_because_somebody_else_is_told(store: Store) -> None:
    cycle(store)
    routed = replace(ORGANISATION, routes=(RouteNode("quiet", Match(goal=frozenset({"late", "checkout"}))),))
    assert cycle(store, NOW + HOUR / 2, routed).fresh == frozenset()


def test_judgements_at_hand_are_taken_only_while_they_are_the_ones_that_are_stored(store: Store) -> None:
    save(store, epic(), item("SHOP-2", parent="SHOP-1"))
    first = cycle(store)
    with store.read() as connection:
        again = judge_now(connection, ORGANISATION, NOW + HOUR / 2, HOUR, first.assessments)
    assert all(mine is its for mine, its in zip(again.assessments, first.assessments, strict=True))
    second = cycle(store, NOW + HOUR)
    with store.read() as connection:
        later = judge_now(connection, ORGANISATION, NOW + HOUR * 1.5, HOUR, first.assessments)
    assert (later.assessments, later.fresh) == (second.assessments, frozenset())


def test_a_touched_item_is_judged_with_its_goal_and_what_waits_for_that(store: Store) -> None:
    save(store, epic(), item("SHOP-2", parent="SHOP-1"))
    cycle(store)
    save(store, doing("SHOP-2", parent="SHOP-1", updated=NOW))
    assert cycle(store, NOW + HOUR / 2).fresh == {"checkout", "late"}


def test_an_item_read_again_unchanged_touches_nothing(store: Store) -> None:
    save(store, epic(), item("SHOP-2", parent="SHOP-1"))
    cycle(store)
    save(store, item("SHOP-2", parent="SHOP-1"))
    assert cycle(store, NOW + HOUR / 2).fresh == frozenset()


def test_a_change_that_is_told_after_its_item_is_judged(store: Store) -> None:
    """As where a history is read in a later pull: what the item is does not differ, how it came to be so does."""
    found, dropped = item("SHOP-2"), change("SHOP-2", NOW - DAY, Field.LABELS, "late", None)
    save(store, found)
    cycle(store)
    save(store, found, changes=(dropped,))
    assert cycle(store, NOW + HOUR / 2).fresh == {"late"}
    save(store, found, changes=(dropped,))
    assert cycle(store, NOW + HOUR / 2).fresh == frozenset()


def test_items_touched_more_often_than_others_leave_none_of_them_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync_agent.store.facts.touched._MANY", 3)
    save(store, epic())
    cycle(store)
    for number in range(4):
        save(store, item("OPS-1", priority=f"P{number}", updated=NOW + number * HOUR / 60))
    save(store, item("SHOP-2", parent="SHOP-1", updated=NOW))
    assert cycle(store, NOW + HOUR / 2).fresh == {"checkout", "late"}


def test_what_is_touched_counts_until_it_was_judged_and_kept(store: Store) -> None:
    save(store, epic())
    cycle(store)
    save(store, item("SHOP-2", parent="SHOP-1", updated=NOW))
    with store.read() as connection:
        assert judge_now(connection, ORGANISATION, NOW, HOUR).fresh == {"checkout", "late"}  # and never kept
    assert cycle(store).fresh == {"checkout", "late"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(item("PAY-9", labels=("late",)), item("PAY-9", updated=NOW), id="a label is taken away"),
        pytest.param(item("PAY-9"), item("PAY-9", labels=("LATE",), updated=NOW), id="a label is added"),
    ],
)
def test_an_item_that_comes_or_goes_touches_the_goal(store: Store, before: WorkItem, after: WorkItem) -> None:
    save(store, before, changes=(change("PAY-9", START, Field.LABELS, "late", None),) if before.labels else ())
    cycle(store)
    taken = (change("PAY-9", NOW, Field.LABELS, "late", None),) if before.labels else ()
    save(store, after, changes=taken)
    assert cycle(store, NOW + HOUR / 2).fresh == {"late"}


def test_an_epic_that_moves_takes_its_items_along(store: Store) -> None:
    story, task = item("SHOP-2", parent="SHOP-1"), item("SHOP-3", parent="SHOP-2")
    save(store, epic(), story, task)
    cycle(store)
    save(store, replace(task, title="Another", updated=NOW))
    assert cycle(store).fresh == {"checkout", "late"}


def test_an_item_that_blocks_a_goal_from_outside_touches_it(store: Store) -> None:
    waits = doing("SHOP-2", parent="SHOP-1", links=(ItemLink(LinkKind.BLOCKED_BY, "OPS-7"),))
    save(store, epic(), waits, item("OPS-7"))
    (checkout, _, _) = cycle(store).assessments
    assert any(signal.subject == "OPS-7" for signal in checkout.signals)
    save(store, done("OPS-7", at=NOW, updated=NOW))
    judged = cycle(store)
    assert judged.fresh == {"checkout", "late"}
    assert not any(signal.subject == "OPS-7" for signal in judged.assessments[0].signals)


def test_an_item_that_left_the_scope_of_its_source_touches_its_goal(store: Store) -> None:
    story = item("SHOP-2", parent="SHOP-1")
    save(store, epic(), story)
    cycle(store)
    with store.begin() as connection:
        mark_removed(connection, [replace(story, removed=NOW)], NOW)
    assert cycle(store).fresh == {"checkout", "late"}


def test_what_a_query_finds_touches_its_goal_when_it_comes_and_when_it_goes(store: Store) -> None:
    asked = organisation(goal("asked", key_results=of(query="filter = 7")), RELEASE)
    save(store, item("SHOP-2"))
    cycle(store, organised=asked)
    for found in (frozenset({"SHOP-2"}), frozenset[str]()):
        with store.begin() as connection:
            save_query(connection, "jira", "filter = 7", found)
        assert cycle(store, organised=asked).fresh == {"asked"}


def test_other_words_of_a_goal_and_another_state_of_its_source_are_judged_at_once(store: Store) -> None:
    cycle(store)
    sooner = replace(RELEASE, period=Period(date(2026, 10, 1), date(2026, 11, 30)))
    assert cycle(store, organised=organisation(CHECKOUT, sooner, LATE)).fresh == {"release"}
    with store.begin() as connection:
        save_source(connection, SourceState("jira", NOW, failing_since=NOW, error="refused"), "cursor")
    assert cycle(store, organised=organisation(CHECKOUT, sooner, LATE)).fresh == {"checkout", "release", "late"}


def test_a_goal_that_comes_back_is_judged_by_what_happened_meanwhile(store: Store) -> None:
    save(store, epic(), item("SHOP-2", parent="SHOP-1"))
    cycle(store)
    save(store, done("SHOP-2", parent="SHOP-1"))
    cycle(store, NOW + HOUR / 4, organisation(RELEASE))
    assert "checkout" in cycle(store, NOW + HOUR / 2).fresh


@pytest.mark.parametrize("later", [HOUR, timedelta(hours=15)])
def test_everything_is_judged_again_after_the_configured_time_and_when_a_day_begins(
    store: Store, later: timedelta
) -> None:
    cycle(store)
    with store.read() as connection:
        every = HOUR if later == HOUR else 10 * DAY
        assert judge_now(connection, ORGANISATION, NOW + later, every).fresh == {"checkout", "release", "late"}


KEYS = [f"{project}-{number}" for project in ("SHOP", "PAY", "OPS") for number in range(1, 6)]
MOMENTS = st.integers(-60, -1).map(lambda days: NOW + days * DAY)


@st.composite
def work_items(draw: st.DrawFn) -> tuple[WorkItem, tuple[Change, ...]]:
    """An item as it is and some of how it came to be so."""
    key = draw(st.sampled_from(KEYS))
    category = draw(st.sampled_from(StatusCategory))
    changed = draw(st.lists(st.tuples(MOMENTS, st.sampled_from(["late", "early"])), max_size=2))
    found = item(
        key,
        created=NOW - 100 * DAY,
        category=category,
        finished=draw(MOMENTS) if category.closed else None,
        updated=NOW + draw(st.integers(0, 20)) * timedelta(minutes=1),
        parent=draw(st.sampled_from([None, *KEYS])),
        labels=draw(st.sampled_from([(), ("late",), ("early",)])),
        versions=draw(st.sampled_from([(), ("1.0",)])),
        links=draw(st.sampled_from([(), (ItemLink(LinkKind.BLOCKED_BY, "OPS-1"),)])),
    )
    return found, tuple(change(key, at, Field.LABELS, label, None) for at, label in changed)


def its_own(found: Assessment) -> tuple[object, ...]:
    """What does not hang on the pace of the team, whose other work touches no goal and counts within the hour."""
    blocked = tuple(signal for signal in found.signals if signal.kind is SignalKind.BLOCKED)
    done = tuple((state.id, state.done, state.total) for state in found.key_results)
    return found.goal, found.progress, found.scope, found.commitments, done, blocked


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(work_items(), max_size=6), min_size=1, max_size=4))
def test_step_by_step_the_same_is_found_as_all_at_once(steps: list[list[tuple[WorkItem, tuple[Change, ...]]]]) -> None:
    with Store.temporary() as store:
        with store.begin() as connection:
            save_source(connection, SourceState("jira", complete_at=NOW), "cursor")
        for step in steps:
            for found, changes in step:
                save(store, found, changes=changes)
            stands = cycle(store)
        with store.read() as connection:
            judged = judge_now(connection, ORGANISATION, NOW, timedelta(0))
            facts = load_facts(connection)
            past = judge_past(connection, ORGANISATION, NOW - 30 * DAY)
            everything = facts_for(connection, ORGANISATION, ORGANISATION.goals, NOW)
    before = {a.goal: KeptState(a.health, a.better_since) for a in judged.assessments}
    whole = evaluate(ORGANISATION, facts, NOW, before)
    assert judged.assessments == whole
    assert [its_own(a) for a in stands.assessments] == [its_own(a) for a in whole]
    assert evaluate(ORGANISATION, everything, NOW, before) == judged.assessments
    whole_past = evaluate(ORGANISATION, as_of(facts, NOW - 30 * DAY), NOW - 30 * DAY)
    assert past == whole_past


def test_a_course_is_drawn_from_the_goals_own_items_and_from_counts_of_its_team(store: Store) -> None:
    """A project may hold a hundred thousand others, and each week of the course looks at all that is loaded."""
    by_points = goal(key_results=(replace(of(epics=("SHOP-1",))[0], measure=Measure.POINTS),))
    others = [done(f"SHOP-{n}", points=3, created=START, updated=NOW) for n in range(10, 15)]
    estimated, unestimated = item("SHOP-2", parent="SHOP-1", points=8), item("SHOP-3", parent="SHOP-1")
    save(store, epic(), estimated, unestimated, *others)
    calendar = Calendar.of(ORGANISATION)
    with store.read() as connection:
        facts = course_facts(connection, load_background(connection), by_points, calendar, NOW)
    assert {key for _, key in facts.histories} == {"SHOP-1", "SHOP-2", "SHOP-3"}, "with the epic that is named"
    assert [week.points for week in burn_up(by_points, facts, calendar, NOW)][-1] == (8 + 3, 0)


def test_goals_judged_a_few_at_a_time_share_their_team_as_if_judged_at_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first is judged before anybody knows what the second wants: it is judged again in the same cycle."""
    monkeypatch.setattr("sync_agent.judge.judge._GOALS_AT_ONCE", 1)
    both = tuple(goal(name, key_results=of(projects=("PAY",), labels=(name,))) for name in ("red", "blue"))
    finished = [done(f"PAY-{n}", NOW - (1 + n) * DAY, labels=("red", "blue"), created=START) for n in range(40)]
    items = [item(f"PAY-{100 + n}", labels=(name,)) for n, name in enumerate(["red"] * 20 + ["blue"] * 20)]
    save(store, *finished, *items)
    judged = cycle(store, organised=organisation(*both))
    with store.read() as connection:
        known = load_facts(connection)
    whole = evaluate(organisation(*both), known, NOW)
    assert [each.forecast for each in judged.assessments] == [each.forecast for each in whole]
    assert [claim.granted for each in judged.assessments for claim in each.claims] == [
        pytest.approx(0.55, rel=0.05)
    ] * 2
    assert cycle(store, NOW + HOUR / 2, organisation(*both)).fresh == frozenset()


def test_what_is_renamed_concerns_only_goals_that_name_it() -> None:
    """In whichever of its places, and also what it was renamed to later."""
    one, other = (goal(name, key_results=of(labels=(name,))) for name in ("bench", "pay"))

    def digests(*renames: Rename) -> list[str]:
        known = Facts({}, sources={"jira": SourceState("jira", complete_at=NOW, renames=renames)})
        return [digest for _, digest in briefs(replace(ORGANISATION, goals=(one, other)), known)]

    here, there = (Rename(Field.LABELS, "Bench", "edit-7", place) for place in ("SHOP", "PLAT"))
    again, elsewhere = Rename(Field.LABELS, "edit-7", "edit-8", "SHOP"), Rename(Field.MILESTONE, "bench", "x", "SHOP")
    nobodys = Rename(Field.LABELS, "spike", "research", "SHOP")
    steps = [digests(), digests(here), digests(here, there), digests(here, there, again)]
    assert len({mine for mine, _ in steps}) == len(steps)
    assert len({others for _, others in steps}) == 1
    assert digests(nobodys, elsewhere) == digests()


def test_a_name_that_was_replaced_by_several_was_not_renamed() -> None:
    state, one = SourceState("jira"), Rename(Field.LABELS, "bench", "edit-7", "SHOP")
    assert state.with_renames([one, one], []).renames == (one,)
    assert state.with_renames([one, replace(one, after="edit-8")], []).renames == ()
    assert state.with_renames([one, replace(one, container="PLAT", after="edit-8")], []).renames[0] == one
