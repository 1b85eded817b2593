"""The past, replayed with only what was known then, and how warnings are scored; worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from sync_agent.evaluate.calendar import Calendar
from sync_agent.evaluate.forecast.record import Finishes
from sync_agent.evaluate.replay import scores
from sync_agent.evaluate.replay.backtest import JudgedDay, Replay, past_goals, replay, thin
from sync_agent.model import (
    Facts,
    Field,
    Goal,
    Health,
    History,
    Period,
    Selector,
    SourceState,
    StatusCategory,
    Timebox,
    TimeboxKind,
)
from tests.support.builders import change, doing, done, facts, goal, item, organisation

TODAY = date(2026, 11, 24)
DUE = date(2026, 11, 20)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def version(name: str, due: date, start: date | None = None) -> Timebox:
    return Timebox("jira", "SHOP", TimeboxKind.VERSION, name, name, start=start, due=due)


def five(finished: int, *, moved_out: int = 0) -> Facts:
    """A version of five items; one is finished each day before the due date, the last ones stay open or move out."""
    items, changes = [], []
    for number in range(5):
        key, when = f"SHOP-{number}", at(DUE - timedelta(days=number))
        if number < finished:
            items.append(done(key, when, versions=("1.0",)))
            changes.append(change(key, when, Field.CATEGORY, "doing", StatusCategory.DONE.value))
        elif number < finished + moved_out:
            items.append(doing(key))
            changes.append(change(key, at(DUE), Field.VERSIONS, "1.0", None))
        else:
            items.append(doing(key, versions=("1.0",)))
    return facts(*items, changes=tuple(changes), timeboxes=(version("1.0", DUE, date(2026, 11, 2)),))


def replace_created(history: History) -> History:
    return replace(history, item=replace(history.item, created=at(date(2026, 8, 1))))


def replayed(known: Facts, **options: int) -> Replay:
    (found,) = replay(organisation(*past_goals(known, TODAY)), known, TODAY, **options)  # type: ignore[arg-type]
    return found


def test_what_was_due_is_a_goal_of_the_past_and_what_is_due_is_not() -> None:
    boxes = (version("1.0", DUE), version("2.0", TODAY), version("3.0", TODAY + timedelta(days=9)))
    sprint = Timebox("jira", "SHOP", TimeboxKind.SPRINT, "7", "Sprint 7", start=date(2026, 11, 2), due=DUE)
    milestone = Timebox("github", "acme/shop", TimeboxKind.MILESTONE, "1", "M1", due=DUE)
    undated = Timebox("jira", "SHOP", TimeboxKind.VERSION, "9", "later")
    found = past_goals(facts(timeboxes=(*boxes, sprint, milestone, undated)), TODAY)
    assert [each.objective for each in found] == ["1.0", "Sprint 7", "M1"]
    assert found[0].period == Period(date(2026, 8, 22), DUE)
    assert found[1].period == Period(date(2026, 11, 2), DUE)
    selectors = [each.key_results[0].delivers[0] for each in found]
    assert [s.versions or s.sprints or s.milestones for s in selectors] == [("1.0",), ("Sprint 7",), ("M1",)]


@pytest.mark.parametrize(("finished", "slipped"), [(5, False), (4, False), (3, True)])
def test_a_goal_slipped_when_less_than_four_fifths_of_its_scope_were_delivered(finished: int, slipped: bool) -> None:
    found = replayed(five(finished))
    assert {day.slipped for day in found.days} == {slipped}


def test_what_was_moved_out_was_not_delivered() -> None:
    # Three of five done and two moved out on the last day: what is left of the scope is done, but the promise is not.
    found = replayed(five(3, moved_out=2))
    assert found.days[0].slipped
    assert not found.days[-1].slipped


def test_a_day_knows_only_what_was_known_then() -> None:
    found = replayed(five(5))
    assert [day.day for day in found.days] == [DUE - timedelta(days=18 - n) for n in range(19)]
    assert [day.open_share for day in found.days[-6:]] == [1.0, 0.8, 0.6, 0.4, 0.2, 0.0]
    assert found.days[-1].health is Health.DONE
    assert found.days[-1].chance == 1.0


def test_a_few_days_are_counted_back_from_the_due_date() -> None:
    found = replayed(five(4), every=7)
    assert [day.day for day in found.days] == [date(2026, 11, 6), date(2026, 11, 13), DUE]


def test_thirty_and_fourteen_days_before_are_always_judged() -> None:
    known = five(4)
    long = replace(known, timeboxes=(version("1.0", DUE, date(2026, 9, 1)),))
    long = replace(long, histories={key: replace_created(each) for key, each in long.histories.items()})
    found = replayed(long, every=40)
    assert [(DUE - each.day).days for each in found.days] == [80, 40, 30, 14, 0]
    assert found.on(30)


def test_a_source_that_fails_now_says_nothing_about_the_past() -> None:
    failing = SourceState("jira", error="refused", failing_since=at(TODAY))
    found = replayed(replace(five(4), sources={"jira": failing}))
    assert Health.UNKNOWN not in {each.health for each in found.days}


def test_a_configured_goal_is_replayed_when_it_is_over() -> None:
    over = goal(delivers=Selector("jira", versions=("1.0",)), period=Period(date(2026, 11, 2), DUE))
    running = replace(over, id="running", period=Period(date(2026, 11, 2), TODAY))
    found = list(replay(organisation(over, running), five(5), TODAY))
    assert [each.goal.id for each in found] == ["checkout"]


def test_what_a_team_finished_stands_for_its_items() -> None:
    """A team finishes an item each day; one of them was opened again, and was counted while it was done."""
    old, box = at(date(2025, 6, 1)), version("1.0", DUE, date(2026, 11, 2))
    ends = {f"SHOP-{100 + n}": at(DUE - timedelta(days=n)) for n in range(200)}
    items = [replace(done(key, when, created=old), active=at(DUE)) for key, when in ends.items()]
    moves = [change(key, when, Field.CATEGORY, "doing", "done") for key, when in ends.items()]
    moves += [
        change("SHOP-150", at(date(2026, 11, 12)), Field.CATEGORY, "done", "doing"),
        change("SHOP-150", at(date(2026, 11, 16)), Field.CATEGORY, "doing", "done"),
    ]
    mine = five(3).histories
    whole = facts(*items, changes=tuple(moves), timeboxes=(box,))
    every = replace(whole, histories={**whole.histories, **mine})
    team = Finishes(every.histories.values(), Calendar("UTC", None))
    goals = organisation(*past_goals(every, TODAY))
    (known,) = replay(goals, every, TODAY, every=3)
    assert {day.low_evidence for day in known.days} == {False}
    assert not thin(goals.goals[0], team)
    (brief,) = replay(goals, replace(every, histories=mine), TODAY, every=3, teams={("jira", "shop"): team})
    assert brief == known
    (alone,) = replay(goals, replace(every, histories=mine), TODAY, every=3)
    assert alone != known
    assert thin(goals.goals[0], Finishes(mine.values(), Calendar("UTC", None)))


def test_a_goal_without_work_has_no_days() -> None:
    known = facts(item("SHOP-1"), timeboxes=(version("1.0", DUE),))
    assert replayed(known).days == ()


def day(number: int, health: Health = Health.ON_TRACK, *, slipped: bool = False, **fields: float) -> JudgedDay:
    base = JudgedDay(date(2026, 10, number), health, 0.5, False, 0.2, 0.5, 0.5, slipped)
    return replace(base, **fields)


def past(*days: JudgedDay) -> Replay:
    """A goal of the first ten days of October."""
    return Replay(Goal("g", "g", "", Period(date(2026, 10, 1), date(2026, 10, 10)), ()), days)


def test_precision_and_recall_of_a_rule() -> None:
    days = [
        day(1, Health.AT_RISK, slipped=True),
        day(1, Health.OFF_TRACK, slipped=True),
        day(1, Health.AT_RISK),
        day(1, slipped=True),
        day(1),
    ]
    found = scores.score(days, scores.warned)
    assert (found.goals, found.slips, found.warnings, found.hits) == (5, 3, 3, 2)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 3)
    assert found.f1 == pytest.approx(2 / 3)
    nothing = scores.score([], scores.warned)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)


def test_naive_rules() -> None:
    assert scores.mostly_open(day(1, open_share=0.31))
    assert not scores.mostly_open(day(1, open_share=0.3))
    assert scores.behind_pace(day(1, progress=0.3, expected=0.5))
    assert not scores.behind_pace(day(1, progress=0.4, expected=0.5))
    assert scores.straight_line(day(1, progress=0.3, expected=0.5))  # ends at 60%
    assert not scores.straight_line(day(1, progress=0.4, expected=0.5))  # ends at 80%
    assert not scores.straight_line(day(1, progress=0.0, expected=0.0))


def test_auc_counts_pairs_in_the_right_order_and_half_of_the_ties() -> None:
    assert scores.auc([(0.9, True), (0.5, True), (0.5, False), (0.1, False)]) == pytest.approx(3.5 / 4)
    assert scores.auc([(0.9, True)]) is None


def test_the_lead_is_the_share_of_the_period_that_was_left_at_the_first_warning() -> None:
    early = past(day(2), day(4, Health.AT_RISK, slipped=True), day(6, Health.AT_RISK, slipped=True))
    never = past(day(2, slipped=True), day(6, slipped=True))
    fine = past(day(2, Health.AT_RISK), day(6))
    assert scores.lead([early, fine]) == pytest.approx(0.6)
    assert scores.lead([early, never, fine]) == pytest.approx(0.3)
    assert scores.lead([fine]) is None


def test_a_change_that_is_taken_back_within_a_week_is_noise() -> None:
    swinging = past(day(1), day(2, Health.AT_RISK), day(9), day(17, Health.AT_RISK), day(18, Health.OFF_TRACK))
    # at risk on the 2nd, back on the 9th (7 days later), at risk again on the 17th (8 days later), worse on the 18th
    assert scores.changes([swinging]) == (4, 1)
