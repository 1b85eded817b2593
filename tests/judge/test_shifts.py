"""By how many days a goal that is to be signed makes the goals of its signers later."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sync_agent.ask.consequences import consequences
from sync_agent.ask.identity.versions import Versions
from sync_agent.ask.kind import Situation
from sync_agent.judge import shifts as module
from sync_agent.judge.judge import judge_now
from sync_agent.judge.shifts import shifts
from sync_agent.model import Assessment, Goal, Need, Organisation, Period, Person, Role, Selector, SignOff, SourceState
from sync_agent.model.asking import Consequences
from sync_agent.render.versions.consequences import say_consequences
from sync_agent.store import Store
from sync_agent.store.facts.facts import save_items, save_source
from tests.support.builders import NOW, goal
from tests.support.plans import finished, left

PEOPLE = {
    "dana": Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org"),
    "noor": Person("noor", "Noor Haddad", Role.OWNER, "noor@example.org"),
}


def labelled(label: str, **fields: object) -> Goal:
    return goal(label, delivers=Selector("jira", projects=("SHOP",), labels=(label,)), **fields)


NEEDS = (Need("red", "noor", "review the contract", date(2026, 12, 4), "dana"),)
RED = labelled("red", sign_off=SignOff(("noor",), date(2026, 12, 18)), needs=NEEDS)
BLUE = replace(labelled("blue"), owner="noor", objective="Search finds the book")
PLACE = Organisation("Acme", (RED, BLUE), PEOPLE)


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.temporary() as made:
        items = [
            replace(each, key=f"{each.key}{number}", id=f"{each.key}{number}")
            for number, label in enumerate(("red", "blue"))
            for each in left(40, labels=(label,))
        ]
        with made.begin() as connection:
            save_source(connection, SourceState("jira", complete_at=NOW), "cursor")
            save_items(connection, [replace(each, labels=("blue",)) for each in finished(60)] + items)
        yield made


def told(store: Store, place: Organisation, known: dict[Any, int] | None = None) -> Consequences:
    known = {} if known is None else known
    with store.read() as connection:
        found = {each.goal: each for each in judge_now(connection, place, NOW, timedelta(hours=1)).assessments}
        versions = Versions().of(place.goals)
        moved = shifts(connection, place, found, versions, NOW, known)
    needs = tuple(need for each in place.goals for need in each.needs)
    situation = Situation(place, NOW, assessments=found, needs=needs, versions=versions, shifts=moved)
    return consequences(situation, place.goals[0], "noor")


@pytest.fixture
def a_month_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """A team that does one goal after the other."""
    real = module.what_if

    def imagined(place: Organisation, *rest: Any) -> Assessment:
        found = real(place, *rest)
        both = {each.id for each in place.goals if each.period.start <= NOW.date()} >= {"red", "blue"}
        assert found.forecast
        return replace(found, forecast=replace(found.forecast, p85=date(2027, 2 if both else 1, 1)))

    monkeypatch.setattr(module, "what_if", imagined)


@pytest.mark.usefixtures("a_month_later")
def test_a_goal_on_top_makes_the_other_one_later_and_that_is_said(store: Store) -> None:
    known: dict[Any, int] = {}
    found = told(store, PLACE, known)
    assert found.shifts == (("blue", 31),)
    assert len(known) == 1
    assert told(store, PLACE, known) == found, "worked out once a day and version"
    said = say_consequences(found, PLACE, NOW.date())
    assert "It needs of you: “review the contract” by 4 Dec." in said
    assert "While it runs you have promised: “Search finds the book” by 31 Dec." in said
    assert "If it comes on top, “Search finds the book” ends 31 days later." in said


@pytest.mark.usefixtures("a_month_later")
def test_a_goal_that_has_not_begun_is_reckoned_as_if_it_had(store: Store) -> None:
    later = replace(RED, period=Period(date(2026, 12, 1), date(2026, 12, 31)))
    assert told(store, replace(PLACE, goals=(later, BLUE))).shifts


def test_where_the_team_suffices_nothing_moves(store: Store) -> None:
    assert told(store, PLACE).shifts == ()


def test_goals_of_other_people_and_other_teams_are_left_out(store: Store) -> None:
    assert told(store, replace(PLACE, goals=(RED, replace(BLUE, owner="dana")))).shifts == ()
    assert told(store, replace(PLACE, goals=(RED, replace(BLUE, depends_on=("red",))))).shifts == ()
