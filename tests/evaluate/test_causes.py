"""Why a goal is late: each cause is taken away and the forecast made again."""

from dataclasses import replace
from datetime import timedelta

from sync_agent.evaluate import evaluate
from sync_agent.model import (
    Assessment,
    Cause,
    CauseKind,
    Facts,
    Field,
    Goal,
    ItemLink,
    LinkKind,
    Need,
    Priority,
    Rules,
    Selector,
    SignalKind,
    WorkItem,
)
from sync_agent.words import say_cause
from tests.support.builders import NOW, START, change, doing, facts, goal, item, organisation
from tests.support.plans import BEGINNING, finished, left, left_added, p85
from tests.support.platform import BASE, platform

DAY = timedelta(days=1)


def judged(known: Facts, *goals: Goal) -> Assessment:
    return evaluate(organisation(*goals), known, NOW)[0]


def found(known: Facts, *goals: Goal) -> dict[CauseKind, Cause]:
    return {cause.kind: cause for cause in judged(known, *goals).causes}


def test_what_was_added_after_the_planning_is_a_cause() -> None:
    known = facts(*finished(60), *left(20), *[replace(each, created=START + 20 * DAY) for each in left_added(40)])
    (cause,) = judged(known).causes
    assert (cause.kind, cause.text) == (CauseKind.ADDED, "40 open items added since 15 Oct")
    assert 28 <= cause.days <= 400


def test_a_team_that_slowed_down_is_the_larger_cause_beside_a_blocked_item() -> None:
    earlier = [replace(each, finished=NOW - (91 + n % 88) * DAY) for n, each in enumerate(finished(120, begin=500))]
    stuck = [doing(f"SHOP-{3000 + n}", created=BEGINNING, flagged=True) for n in range(10)]
    flagged = tuple(change(each.key, NOW - 40 * DAY, Field.FLAGGED, None, "flagged") for each in stuck)
    causes = judged(facts(*finished(40), *earlier, *stuck, *left(80), changes=flagged)).causes
    assert [cause.kind for cause in causes[:2]] == [CauseKind.SLOWER, CauseKind.BLOCKED]
    assert causes[0].text == "the team finished 40 items in 90 days, 120 in those before"
    assert causes[1].text == "10 items blocked for 396 days together (SHOP-3000, SHOP-3001, SHOP-3002, …)"
    assert causes[0].days > causes[1].days > 0


def test_days_blocked_count_and_not_only_that_something_is_blocked() -> None:
    """Ten items that wait since yesterday have lost little yet; since six weeks, as much as ten items."""

    def blocked_since(days: int) -> Cause | None:
        stuck = [doing(f"SHOP-{3000 + n}", created=BEGINNING, flagged=True) for n in range(10)]
        flagged = tuple(change(each.key, NOW - days * DAY, Field.FLAGGED, None, "flagged") for each in stuck)
        return found(facts(*finished(60), *stuck, *left(60), changes=flagged)).get(CauseKind.BLOCKED)

    new, old = blocked_since(1), blocked_since(42)
    assert old
    assert old.days > (new.days if new else 0)


def test_an_open_blocker_elsewhere_is_named() -> None:
    blocker = item("PLAT-7", created=BEGINNING)
    stuck = [
        doing(f"SHOP-{3000 + n}", created=BEGINNING, links=(ItemLink(LinkKind.BLOCKED_BY, "PLAT-7"),))
        for n in range(10)
    ]
    cause = found(facts(*finished(60), *stuck, *left(60), blocker))[CauseKind.BLOCKED]
    assert cause.text.endswith("(PLAT-7)")


def test_a_late_dependency_is_a_cause_and_moves_the_dates() -> None:
    waits = goal(depends_on=("base",))
    known = facts(*finished(60), *left(55), *platform(40, 50))
    alone, waiting = judged(known, goal(), BASE), judged(known, waits, BASE)
    assert p85(waiting) > p85(alone)
    cause = {each.kind: each for each in waiting.causes}[CauseKind.DEPENDENCY]
    assert cause.text.startswith("it waits for “Checkout feels instant” (P85")
    assert cause.days == (p85(waiting) - p85(alone)).days


def test_a_goal_that_waits_for_one_without_an_end_in_sight_has_none_either() -> None:
    known = facts(*finished(60), *left(10), *platform(40, 4000))
    waiting = judged(known, goal(depends_on=("base",)), BASE)
    assert waiting.forecast
    assert waiting.forecast.p85 is None


def test_work_that_began_late_is_a_cause() -> None:
    """The team worked on other things; of the goal nothing has begun in 38 working days."""
    known = facts(*finished(60, prefix="SHOP"), *left(12, labels=("checkout",)))
    late = goal(delivers=Selector("jira", projects=("SHOP",), labels=("checkout",)))
    cause = found(known, late)[CauseKind.LATE_START]
    assert cause.text == "nothing has begun in 38 working days"
    assert cause.days >= 28


def test_another_goal_on_the_same_team_is_a_cause() -> None:
    other = goal("other", delivers=Selector("jira", projects=("SHOP",), labels=("search",)), priority=Priority(3, 5, 5))
    mine = goal(delivers=Selector("jira", projects=("SHOP",), labels=("checkout",)))
    both = replace(other, objective="Search finds everything")
    done = [replace(each, labels=("checkout", "search")) for each in finished(60)]
    known = facts(*done, *left(40, labels=("checkout",)), *left_searching(40))
    cause = found(known, mine, both)[CauseKind.SHARED]
    assert cause.text == "the team is not enough for this goal beside “Search finds everything”"


def left_searching(number: int) -> list[WorkItem]:
    return [item(f"SHOP-{5000 + n}", created=BEGINNING, labels=("search",)) for n in range(number)]


def test_a_goal_in_time_has_no_causes() -> None:
    assert judged(facts(*finished(60), *left(1))).causes == ()


def test_the_alert_names_the_causes_in_their_order_and_asks_about_the_largest_first() -> None:
    earlier = [replace(each, finished=NOW - (91 + n % 88) * DAY) for n, each in enumerate(finished(120, begin=500))]
    added = [replace(each, created=START + 20 * DAY) for each in left_added(10)]
    assessment = judged(facts(*finished(40), *earlier, *left(60), *added))
    assert [cause.kind for cause in assessment.causes] == [CauseKind.SLOWER, CauseKind.ADDED]
    (slipping,) = (signal for signal in assessment.signals if signal.kind is SignalKind.SLIPPING)
    told = [evidence.text for evidence in slipping.evidence]
    days = [cause.days for cause in assessment.causes]
    assert f"the team finished 40 items in 90 days, 120 in those before: {days[0]} days of the delay" in told
    assert f"10 open items added since 15 Oct: {days[1]} days of the delay" in told
    assert slipping.questions[0] == "What has slowed the team down, and what could it leave undone?"
    assert slipping.questions[1] == "Which of the items added since the start can move out of this goal?"


def test_with_too_little_history_causes_are_read_from_a_straight_line_and_say_so() -> None:
    """Four items in a year are no forecast; the forty that were added still take the longest."""
    known = facts(*finished(4), *left(8), *[replace(each, created=START + 20 * DAY) for each in left_added(40)])
    (cause,) = judged(known).causes
    assert (cause.kind, cause.guess) == (CauseKind.ADDED, True)
    (slipping,) = (signal for signal in judged(known).signals if signal.kind is SignalKind.SLIPPING)
    assert any(e.text.endswith("at the mean pace, from little history") for e in slipping.evidence)


def test_where_nothing_was_ever_finished_no_part_is_claimed() -> None:
    assert judged(facts(*left(20))).causes == ()


def test_what_leaves_no_end_in_sight_is_not_counted_in_days() -> None:
    known = facts(*finished(60), *left(55), *platform(40, 4000))
    (cause,) = (each for each in judged(known, goal(depends_on=("base",)), BASE).causes if each.endless)
    assert say_cause(cause).endswith(": without it an end is in sight")


def test_a_need_that_was_accepted_and_is_late_is_a_cause_whatever_the_forecast_can_tell() -> None:
    late = Need("checkout", "dana", "review the contract", (NOW - 4 * DAY).date(), "dana")
    (cause,) = judged(facts(*left(20)), goal(late_needs=(late,), rules=Rules(pace_tolerance=0.0))).causes
    assert say_cause(cause) == "“review the contract”, which Dana Reyes accepted for 20 Nov: 4 days late"
