"""Due dates that contradict each other, of goals and of items."""

from datetime import date

from sync_agent.evaluate import evaluate
from sync_agent.model import Facts, Goal, ItemLink, LinkKind, Period, Signal, SignalKind
from tests.support.builders import NOW, doing, facts, goal, item, organisation


def conflicts(known: Facts, *goals: Goal) -> list[Signal]:
    found = evaluate(organisation(*goals), known, NOW)[0]
    return [signal for signal in found.signals if signal.kind is SignalKind.CONFLICT]


def test_a_goal_that_is_due_after_the_one_it_serves_is_told() -> None:
    parent = goal("parent", period=Period(date(2026, 10, 1), date(2026, 11, 30)))
    (signal,) = conflicts(facts(item("SHOP-1")), goal(supports="parent"), parent)
    assert signal.headline == (
        "1 due date cannot hold: due 31 Dec, and serves “Checkout feels instant”, which is due 30 Nov"
    )


def test_a_goal_that_is_due_with_the_one_it_serves_or_serves_a_theme_fits() -> None:
    parent = goal("parent")
    assert not conflicts(facts(item("SHOP-1")), goal(supports="parent"), parent)
    assert not conflicts(facts(item("SHOP-1")), goal(supports="trust"), parent)


def waiting(due: date | None, blocker_due: date | None) -> list[Signal]:
    held = doing("SHOP-1", due=due, links=(ItemLink(LinkKind.BLOCKED_BY, "PLAT-7"),))
    return conflicts(facts(held, item("PLAT-7", due=blocker_due)), goal())


def test_an_item_that_waits_for_one_that_is_due_later_is_told() -> None:
    (signal,) = waiting(date(2026, 12, 1), date(2026, 12, 8))
    (evidence,) = signal.evidence
    assert evidence.text == ("SHOP-1 Title of SHOP-1: wanted by 1 Dec, and waits for PLAT-7, which is due 8 Dec")
    assert evidence.url == "https://jira.example.org/browse/SHOP-1"


def test_without_a_date_of_its_own_the_goals_counts() -> None:
    assert waiting(None, date(2027, 1, 8))
    assert not waiting(None, date(2026, 12, 8))
    assert not waiting(date(2026, 12, 1), None)
