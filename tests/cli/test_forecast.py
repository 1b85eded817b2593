"""The forecast of a goal as somebody asks for it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result

from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.cli import main
from sync_agent.model.asking import About, Answer, Door, Known, Topic
from sync_agent.store import Store
from sync_agent.store.memory.answers import save_answer
from sync_agent.world import utc_now
from tests.support.theatre import TOKENS, Theatre, theatre


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A team that finished forty items in the last twelve weeks, and has sixty left under its epic."""
    with theatre(tmp_path_factory.mktemp("foresee"), live=True) as made:
        made.store.close()
        began = made.clock.now() - timedelta(weeks=13)
        for number in range(100):
            key = made.jira_state.create("SHOP", "Story", f"More {number}", at=began, by="dana", parent="SHOP-1")
            if number < 40:
                at = began + timedelta(days=7 + 2 * number)
                made.jira_state.edit(key, at=at, by="noor", status="Done", assignee="noor")
        call(made, "reconcile")
        yield made


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS)


def test_a_forecast_says_when_and_how_sure_and_what_it_rests_on(stage: Theatre) -> None:
    result = call(stage, "forecast", "checkout")
    assert result.exit_code == 0, result.output
    assert "85% sure that 80% is done by" in result.output
    assert "80% done by the due date" in result.output
    assert "10,000 runs from 45 items the team finished in" in result.output


def test_what_if_stands_beside_it(stage: Theatre) -> None:
    result = call(stage, "forecast", "checkout", "--without", "SHOP-80", "--add-people", "1", "--due", "2099-01-15")
    assert result.exit_code == 0, result.output
    assert "without SHOP-80" in result.output
    assert "2099-01-15" in result.output
    assert "100%" in result.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("chekout",), "did you mean 'checkout'?"),
        (("checkout", "--without", "SHOP-9999"), "no item 'SHOP-9999' was pulled"),
        (("checkout", "--due", "soon"), "soon"),
        (("checkout", "--due", "2020-01-15"), "2020-01-15 is over; give a day that is still to come"),
    ],
)
def test_a_mistake_says_what_would_be_right(stage: Theatre, arguments: tuple[str, ...], problem: str) -> None:
    result = call(stage, "forecast", *arguments)
    assert result.exit_code == 2
    assert problem in result.output


def test_that_few_items_make_a_wide_range_is_said(stage: Theatre) -> None:
    result = call(stage, "forecast", "search")
    assert "85% sure that" in result.output
    assert "These are few items, so the range is wide." in result.output


def test_what_people_answered_is_reckoned_with(stage: Theatre) -> None:
    """A need that a check-in named, that its giver accepted, and whose day is over."""
    now = utc_now()
    need = {"what": "the contract", "from": "noor", "by": now.date() - timedelta(days=9)}
    about = About(Topic.GOAL, "checkout")
    said = Answer(
        "form-1", "unasked", "check-in", about, "dana", now - timedelta(days=20), Door.FORM, Known.LINK,
        {"confidence": 60.0, "needs": (need,)},
    )  # fmt: skip
    situation = Situation(stage.settings.organisation, now, answers=(said,))
    ask = next(each for each in asks(situation) if each.kind == "need")
    accepted = replace(said, origin="form-2", ask=ask.id, kind="need", about=ask.about, person="noor",
                       at=now - timedelta(days=15), values={"reply": "accept"})  # fmt: skip
    with closing(Store.open(stage.settings.store)) as store, store.begin() as connection:
        for each in (said, accepted):
            save_answer(connection, each)
    result = call(stage, "forecast", "checkout")
    assert "“the contract”, which Noor Haddad accepted" in " ".join(result.output.split())
