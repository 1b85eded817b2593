"""Too much for one person: begun, owned, or wanted by several goals at once. And what does not deserve a word."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from sync_agent.evaluate import evaluate
from sync_agent.model import (
    Account,
    AccountWork,
    Facts,
    Goal,
    Organisation,
    Period,
    Person,
    Role,
    Rules,
    Selector,
    Severity,
    Signal,
)
from sync_agent.model import SignalKind as Kind
from tests.support.builders import NOW, doing, done, facts, goal, item, organisation

NOOR = (Account("noor", "Noor"),)


def found(known: Facts, kind: Kind, *goals: Goal, place: Organisation | None = None) -> list[Signal]:
    """Those of the first goal."""
    assessed = evaluate(place or organisation(*goals), known, NOW)[0]
    return [signal for signal in assessed.signals if signal.kind is kind]


def begun(count: int, project: str = "SHOP") -> Facts:
    return facts(*(doing(f"{project}-{n}") for n in range(1, count + 1)))


def both(*parts: Facts) -> Facts:
    return replace(parts[0], histories={key: h for part in parts for key, h in part.histories.items()})


def test_more_than_eight_items_begun_at_once_are_told_to_the_digest() -> None:
    (signal,) = found(begun(9), Kind.OVERLOADED)
    assert (signal.headline, signal.subject) == ("Noor has 9 items in progress at once", "jira noor")
    assert signal.severity is Severity.NOTICE
    assert signal.people == (("jira", "noor"),)
    assert not found(begun(8), Kind.OVERLOADED)


def test_what_is_begun_elsewhere_counts_for_who_works_on_the_goal() -> None:
    assert found(both(begun(1), begun(8, "OPS")), Kind.OVERLOADED)
    assert not found(both(facts(item("SHOP-1", assignees=NOOR)), begun(9, "OPS")), Kind.OVERLOADED)


def test_a_persons_accounts_are_one_person() -> None:
    noor = Person("noor", "Noor Haddad", Role.OWNER, None, {"jira": "noor", "github": "noor-h"})
    other = replace(doing("x"), source="github", container="acme/shop", assignees=(Account("noor-h", "n"),))
    elsewhere = [replace(other, id=f"I{n}", key=f"acme/shop#{n}") for n in range(4)]
    place = replace(organisation(goal()), people={"noor": noor})
    (signal,) = found(both(begun(5), facts(*elsewhere)), Kind.OVERLOADED, place=place)
    assert (signal.subject, signal.headline) == ("noor", "Noor Haddad has 9 items in progress at once")


@pytest.mark.parametrize(("limit", "told"), [(4, True), (5, False)])
def test_the_limit_is_the_goals_own(limit: int, *, told: bool) -> None:
    assert bool(found(begun(5), Kind.OVERLOADED, goal(rules=Rules(in_progress_limit=limit)))) is told


def owned(count: int) -> list[Goal]:
    """The first of them is due first; others are over, or have not begun."""
    running = [goal(f"g{n}", period=Period(date(2026, 10, 1), date(2026, 12, 1 + n))) for n in range(count)]
    over = goal("over", period=Period(date(2026, 7, 1), date(2026, 9, 30)))
    later = goal("later", period=Period(date(2027, 1, 1), date(2027, 3, 31)))
    return [*running, over, later]


def test_the_owner_of_seven_running_goals_is_told_of_once() -> None:
    assessed = evaluate(organisation(*owned(7)), facts(item("SHOP-1")), NOW)
    told = [(a.goal, s.headline) for a in assessed for s in a.signals if s.kind is Kind.OVERLOADED]
    assert told == [("g0", "Dana Reyes owns 7 running goals")]
    assert not found(facts(item("SHOP-1")), Kind.OVERLOADED, *owned(6))


FIRST = goal(
    "first", delivers=Selector("jira", projects=("SHOP",)), period=Period(date(2026, 10, 1), date(2026, 12, 18))
)
SECOND = replace(
    goal("second", delivers=Selector("jira", projects=("PLAT",)), period=Period(date(2026, 10, 1), date(2026, 12, 31))),
    objective="Payments are safe",
)


def wanted(shop: int, plat: int, finished: int = 20) -> Facts:
    """Open items of one person in two goals, and what they finished elsewhere in the last ninety days."""
    return facts(
        *(item(f"SHOP-{n}", assignees=NOOR) for n in range(shop)),
        *(item(f"PLAT-{n}", assignees=NOOR) for n in range(plat)),
        *(done(f"OPS-{n}", NOW - timedelta(days=n), assignees=NOOR) for n in range(finished)),
    )


def test_two_goals_that_want_more_of_somebody_than_there_is_are_told() -> None:
    # 20 items in the 64 working days of ninety days; 28 working days until the end of December: about 9.
    (signal,) = found(wanted(8, 8), Kind.SHARED_PEOPLE, FIRST, SECOND)
    assert signal.headline == (
        "Noor is also needed for “Payments are safe”: 16 open items until 31 Dec, about 9 possible at the usual pace"
    )
    assert signal.severity is Severity.NOTICE
    assert [e.text for e in signal.evidence] == [
        "“Checkout feels instant”, due 18 Dec: 8 open items assigned to Noor",
        "“Payments are safe”, due 31 Dec: 8 open items assigned to Noor",
    ]


@pytest.mark.parametrize(
    "known",
    [wanted(16, 0), wanted(6, 6), wanted(8, 8, finished=9), wanted(8, 8, finished=60)],
    ids=["one goal alone", "within half as much again", "too little history", "fast enough"],
)
def test_what_is_no_conflict_is_not_told(known: Facts) -> None:
    assert not found(known, Kind.SHARED_PEOPLE, FIRST, SECOND)


def test_goals_due_at_different_times_compete_for_nobody() -> None:
    later = replace(SECOND, period=Period(date(2026, 10, 1), date(2027, 1, 31)))
    assert not found(wanted(8, 8), Kind.SHARED_PEOPLE, FIRST, later)


def test_an_item_of_both_goals_counts_once() -> None:
    # About 6 are possible until 18 December, and 9 would do; 6 that counted twice would not.
    same = replace(FIRST, id="third", objective="The same again")
    assert not found(wanted(6, 0), Kind.SHARED_PEOPLE, FIRST, same)


def test_what_another_goal_wants_is_kept_with_its_judgement() -> None:
    """So that a goal can be judged beside others whose work has not changed and is not at hand."""
    assessed = evaluate(organisation(FIRST, SECOND), wanted(2, 1), NOW)
    assert [[(c.worker, c.items) for c in each.commitments] for each in assessed] == [
        [("jira noor", (("jira", "SHOP-0"), ("jira", "SHOP-1")))],
        [("jira noor", (("jira", "PLAT-0"),))],
    ]


def test_where_not_all_items_are_at_hand_the_counts_of_accounts_hold() -> None:
    """Otherwise a goal that is judged with its own items alone would find people idle, or slow."""
    known = replace(begun(1), accounts={("jira", "noor"): AccountWork(in_progress=9, delivered=40)})
    (signal,) = found(known, Kind.OVERLOADED)
    assert signal.headline == "Noor has 9 items in progress at once"
    slow = replace(wanted(8, 8), accounts={("jira", "noor"): AccountWork(in_progress=0, delivered=60)})
    assert not found(slow, Kind.SHARED_PEOPLE, FIRST, SECOND)


def test_of_many_goals_the_nearest_are_named_and_the_others_counted() -> None:
    goals = [goal(f"goal-{n}", delivers=Selector("jira", projects=(f"P{n}",))) for n in range(7)]
    known = facts(
        *(item(f"P{n}-{k}", assignees=NOOR) for n in range(7) for k in range(3)),
        *(done(f"OPS-{n}", NOW - timedelta(days=n), assignees=NOOR) for n in range(20)),
    )
    signal = found(known, Kind.SHARED_PEOPLE, *goals)[0]
    assert "and “Checkout feels instant” and 3 more goals: 21 open items until 31 Dec" in signal.headline
    assert len(signal.evidence) == 5
