"""Goals that want the same team share it by their priority; people who are away finish nothing."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_agent.evaluate import evaluate
from sync_agent.evaluate.people.presence import Attendance
from sync_agent.evaluate.people.sharing import fair_parts, unsettled
from sync_agent.evaluate.people.workload import Staff
from sync_agent.model import (
    Absence,
    Account,
    Assessment,
    Facts,
    Goal,
    KeyResult,
    Organisation,
    Period,
    Person,
    Priority,
    Role,
    Selector,
    WorkItem,
)
from tests.support.builders import NOW, facts, goal, item, organisation
from tests.support.plans import BEGINNING, finished, left, p85

DAY = timedelta(days=1)
LABELS = ("red", "blue", "green")


def labelled(label: str, **fields: object) -> Goal:
    return goal(label, delivers=Selector("jira", projects=("SHOP",), labels=(label,)), **fields)


def work(*labels: str, open_items: int = 40) -> list[WorkItem]:
    """What the team finished was for all goals, and each goal has as much to do."""
    return [
        replace(each, key=f"{each.key}{number}", id=f"{each.key}{number}")
        for number, label in enumerate(labels)
        for each in left(open_items, labels=(label,))
    ]


def busy(number: int, *labels: str) -> list[WorkItem]:
    return [replace(each, labels=labels) for each in finished(number)]


def judged(known: Facts, *goals: Goal, **fields: object) -> dict[str, Assessment]:
    return {found.goal: found for found in evaluate(organisation(*goals, **fields), known, NOW)}


def shares(found: dict[str, Assessment]) -> dict[str, float]:
    """The part of the team that each goal's forecast reckons with."""
    return {name: sum(c.wanted * c.granted / c.able for c in each.claims) for name, each in found.items()}


def basis(found: Assessment) -> str:
    assert found.forecast
    return found.forecast.basis


def test_goals_of_one_team_are_never_given_more_than_the_team() -> None:
    names = [f"goal-{n}" for n in range(8)]
    found = judged(facts(*busy(60, *names), *work(*names)), *map(labelled, names))
    assert sum(shares(found).values()) == pytest.approx(1)
    assert all(share == pytest.approx(1 / 8) for share in shares(found).values()), "they are equally important"


def test_one_goal_alone_has_all_that_it_claims() -> None:
    found = judged(facts(*busy(60, "red"), *work("red")), labelled("red"))
    assert shares(found) == {"red": pytest.approx(0.9, abs=0.01)}
    assert "shares the team" not in basis(found["red"])


def test_urgent_goals_get_more_and_come_earlier() -> None:
    names = [f"goal-{n}" for n in range(8)]
    goals = [labelled(name, priority=Priority(3, 5, 5) if name == "goal-0" else Priority()) for name in names]
    found = judged(facts(*busy(200, *names), *work(*names)), *goals)
    assert shares(found)["goal-0"] > 1.2 * shares(found)["goal-1"]
    assert sum(shares(found).values()) == pytest.approx(1)
    assert p85(found["goal-0"]) < p85(found["goal-1"])
    assert "which shares the team with other goals" in basis(found["goal-1"])


def test_a_rival_makes_it_later_and_a_goal_of_another_team_does_not() -> None:
    mine = goal(delivers=Selector("jira", projects=("SHOP",), labels=("red",)))
    done = [replace(each, labels=("red", "blue")) for each in finished(60)]
    known = facts(*done, *work("red", "blue"), item("PLAT-1", created=BEGINNING))
    rival, stranger = labelled("blue"), goal("stranger", delivers=Selector("jira", projects=("PLAT",)))
    alone = p85(judged(known, mine)["checkout"])
    assert p85(judged(known, mine, stranger)["checkout"]) == alone
    assert p85(judged(known, mine, rival)["checkout"]) > alone + 14 * DAY


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(labelled("blue", supports="checkout"), id="one serves the other"),
        pytest.param(goal("blue", delivers=Selector("jira", projects=("shop",))), id="one counts all of the other's"),
        pytest.param(labelled("blue", period=Period(date(2027, 1, 1), date(2027, 3, 31))), id="it has not begun"),
        pytest.param(labelled("blue", period=Period(date(2026, 7, 1), date(2026, 9, 30))), id="it is over"),
    ],
)
def test_what_is_no_rival_takes_nothing(other: Goal) -> None:
    mine = goal(delivers=Selector("jira", projects=("SHOP",), labels=("red",)))
    done = [replace(each, labels=("red", "blue")) for each in finished(60)]
    known = facts(*done, *work("red", "blue"))
    assert shares(judged(known, mine, other))["checkout"] == shares(judged(known, mine))["checkout"]


@pytest.mark.parametrize(("common", "rivals"), [(20, False), (19, True), (1, True)])
def test_goals_with_half_of_their_open_items_in_common_mean_the_same_work(common: int, rivals: bool) -> None:
    """However they name it: one goal takes a label, the other a version."""
    mine = goal(delivers=Selector("jira", projects=("SHOP",), labels=("red",)))
    other = goal("other", delivers=Selector("jira", projects=("SHOP",), versions=("1.0",)))
    done = [replace(each, labels=("red",), versions=("1.0",)) for each in finished(60)]
    red = [replace(each, versions=("1.0",) if n < common else ()) for n, each in enumerate(left(40, labels=("red",)))]
    known = facts(*done, *red, *(item(f"SHOP-{3000 + n}", versions=("1.0",)) for n in range(60)))
    together, alone = shares(judged(known, mine, other))["checkout"], shares(judged(known, mine))["checkout"]
    assert (together < alone) is rivals


def test_key_results_of_one_goal_share_the_team_too() -> None:
    results = tuple(
        KeyResult(label, label, (Selector("jira", projects=("SHOP",), labels=(label,)),))
        for label in (f"part-{n}" for n in range(8))
    )
    found = judged(
        facts(*busy(60, *(r.id for r in results)), *work(*(r.id for r in results))), goal(key_results=results)
    )
    assert shares(found)["checkout"] == pytest.approx(1)


def test_a_goal_judged_without_knowing_of_another_is_judged_again() -> None:
    red, blue = labelled("red"), labelled("blue")
    done = [replace(each, labels=("red", "blue")) for each in finished(60)]
    known, place = facts(*done, *work("red", "blue")), organisation(red, blue)
    (first,) = evaluate(place, known, NOW, goals=(red,))
    (second,) = evaluate(place, known, NOW, goals=(blue,), known={"red": first})
    assert unsettled(place, {"red": first, "blue": second}, NOW.date(), ["blue"]) == [red]
    (again,) = evaluate(place, known, NOW, goals=(red,), known={"blue": second})
    assert unsettled(place, {"red": again, "blue": second}, NOW.date(), ["red", "blue"]) == []
    assert (again, second) == evaluate(place, known, NOW)


parts = st.lists(st.tuples(st.floats(0, 50), st.integers(1, 25)), min_size=1, max_size=8)


@given(parts, st.floats(0, 100))
def test_a_fair_part_is_never_more_than_wanted_nor_all_of_them_more_than_there_is(
    pairs: list[tuple[float, int]], whole: float
) -> None:
    wanted, weights = [w for w, _ in pairs], [float(k) for _, k in pairs]
    given_parts = fair_parts(wanted, weights, whole)
    assert all(0 <= part <= want + 1e-9 for part, want in zip(given_parts, wanted, strict=True))
    assert sum(given_parts) == pytest.approx(min(whole, sum(wanted)))
    short = [part / k for part, want, k in zip(given_parts, wanted, weights, strict=True) if part < want - 1e-6]
    assert all(each == pytest.approx(short[0], rel=1e-6) for each in short), "what is short is short in proportion"


# People who are away.

PEOPLE = {name: Person(name, name.title(), Role.OWNER, accounts={"jira": name}) for name in ("dana", "noor", "lee")}


def staffed(**people: Person) -> Organisation:
    return replace(organisation(goal()), people={**PEOPLE, **people})


def crew(open_items: int = 12) -> Facts:
    """Noor and Lee have done thirty items each and have as many to do between them."""
    names = (Account("noor", "Noor"), Account("lee", "Lee"))
    done = [replace(each, assignees=(names[n % 2],)) for n, each in enumerate(finished(60))]
    todo = [replace(each, assignees=(names[n % 2],)) for n, each in enumerate(left(open_items))]
    return facts(*done, *todo)


def end(place: Organisation, known: Facts) -> date:
    return p85(evaluate(place, known, NOW)[0])


WINTER = (Absence(date(2026, 11, 30), date(2027, 1, 10)),)


def test_half_the_team_away_moves_the_date() -> None:
    noor = replace(PEOPLE["noor"], away=WINTER)
    everybody = {name: replace(PEOPLE[name], away=WINTER) for name in ("noor", "lee")}
    known = crew(30)
    there, half, none = end(staffed(), known), end(staffed(noor=noor), known), end(staffed(**everybody), known)
    assert there < half < none
    assert none > date(2027, 1, 10)


def test_somebody_who_does_not_work_on_the_goal_may_be_away() -> None:
    dana = replace(PEOPLE["dana"], away=WINTER)
    assert end(staffed(dana=dana), crew(30)) == end(staffed(), crew(30))


def test_weeks_away_in_the_past_do_not_count_as_slow_ones() -> None:
    """Nothing was finished while both were away: their pace since and before tells, not the mean with the gap."""
    gap = (Absence(date(2026, 10, 5), date(2026, 11, 1)),)
    known = crew(60)
    thinned = facts(
        *(
            h.item
            for h in known.histories.values()
            if not (h.item.finished and gap[0].first <= h.item.finished.date() <= gap[0].last)
        )
    )
    away = {name: replace(PEOPLE[name], away=gap) for name in ("noor", "lee")}
    assert end(staffed(**away), thinned) < end(staffed(), thinned)


def test_public_holidays_of_the_people_involved_count() -> None:
    """In Germany Christmas 2026 takes a Friday from its week; Noor lives there and Lee does not."""
    place = staffed(noor=replace(PEOPLE["noor"], holidays="DE"))
    monday = date(2026, 12, 14)
    workers = Staff(place).assignees(item("SHOP-1", assignees=(Account("noor", "Noor"), Account("lee", "Lee"))))
    present = Attendance(place, monday, past=7, ahead=21).of(workers)
    assert present.past_weeks(1, 0.22).tolist() == [1.0]
    # From 21 December on a day counts for .4 here, and never for more than there are people.
    coming = present.coming_weeks(0, 3, np.array([0.4, 1.0]))
    assert coming[:, 0].tolist() == [1.0, 1.0]
    assert coming[0].tolist() == [1.0, pytest.approx(0.4), pytest.approx(0.4)]
    assert coming[1].tolist() == [1.0, pytest.approx(0.9), pytest.approx(0.9)]


def test_who_is_away_over_the_holidays_is_not_counted_twice() -> None:
    away = replace(PEOPLE["noor"], away=(Absence(date(2026, 12, 21), date(2027, 1, 3)),))
    workers = Staff(staffed()).assignees(item("SHOP-1", assignees=(Account("noor", "Noor"),)))
    present = Attendance(staffed(noor=away), date(2026, 12, 14), past=7, ahead=21).of(workers)
    assert present.coming_weeks(0, 3, np.array([0.3]))[0].tolist() == [1.0, 0.0, 0.0]
