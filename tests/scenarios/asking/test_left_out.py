"""An answer in the store that does not fit its kind costs itself alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import update

from sync_agent.ask.fitting import fits, parted
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks, every_kind
from sync_agent.ask.reports import reports
from sync_agent.cli import main
from sync_agent.model import Rules
from sync_agent.model.asking import About, Answer, Door, Known, Topic
from sync_agent.model.asking.fields import Values
from sync_agent.store.engine import schema
from sync_agent.store.memory.answers import save_answer
from tests.support.builders import NOW, goal, organisation
from tests.support.theatre import MONDAY, Theatre, theatre

GOOD: dict[str, Values] = {
    "check-in": {"confidence": 70.0},
    "need": {"reply": "accept"},
    "outcome": {"outcome": "later"},
    "feedback": {"text": "fine"},
    "one-on-one": {"text": "fine"},
}
ODD: dict[str, Any] = {
    "check-in": {"confidence": "seventy"},
    "need": {"reply": "perhaps"},
    "outcome": {},
    "feedback": {"text": 5},
    "one-on-one": {},
}


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def answer(kind: str, values: Values, name: str = "", subject: str = "checkout") -> Answer:
    return Answer(
        f"form-{kind}{name}", f"ask-{kind}{name}", kind, About(Topic.GOAL, subject), "dana", MONDAY,
        Door.FORM, Known.LINK, values,
    )  # fmt: skip


def keep(stage: Theatre, *answers: Answer) -> None:
    with stage.store.begin() as connection:
        for each in answers:
            save_answer(connection, each)


def told(stage: Theatre) -> list[str]:
    return [str(mail["Subject"]) for mail in stage.mails_to("ops@example.org") if "cannot be used" in mail["Subject"]]


def test_the_others_go_on_and_those_who_run_the_agent_hear_of_it_once(stage: Theatre) -> None:
    for kind, values in ODD.items():
        keep(stage, answer(kind, values, " odd"))
    keep(stage, answer("check-in", {"confidence": 41.0}))
    assert stage.cycle().problem is None
    stage.cycle(timedelta(minutes=15))
    assert told(stage) == ["[Goals] 5 answers cannot be used"]
    said = CliRunner().invoke(main, ["--config", str(stage.directory), "explain", "checkout"], env=stage.environ)
    assert said.exit_code == 0, said.output
    assert "41% confident" in said.output
    assert "answer form-check-in odd: told ops: an answer in the store does not fit" in said.output
    keep(stage, answer("need", {"reply": None}, " another"))
    stage.cycle(timedelta(minutes=15))
    assert told(stage)[1:] == ["[Goals] An answer cannot be used"]


@pytest.mark.parametrize("data", ["", "[]", "{}", '{"values": 7}', '{"values": {"confidence": {"$day": "soon"}}}'])
def test_a_row_that_cannot_be_read_at_all_is_one_of_them(stage: Theatre, data: str) -> None:
    keep(stage, answer("check-in", {"confidence": 70.0}))
    with stage.store.begin() as connection:
        connection.execute(update(schema.answers).values(data=data))
    assert stage.cycle().problem is None
    assert told(stage) == ["[Goals] An answer cannot be used"]
    keep(stage, answer("check-in", {"confidence": 70.0}))  # It is known, and stays as it is.


def test_a_question_that_cannot_be_read_is_worked_out_again(stage: Theatre) -> None:
    company = stage.settings.organisation
    goals = tuple(replace(each, rules=Rules(check_in_days=7)) for each in company.goals)
    stage.settings = replace(stage.settings, organisation=replace(company, goals=goals))
    stage.cycle()
    with stage.store.begin() as connection:
        before = len(connection.execute(schema.asks.select()).all())
        connection.execute(
            update(schema.asks).values(data=json.dumps({"id": "x", "sheet": {"fields": [{"type": "?"}]}}))
        )
    assert before
    mails = len(stage.mail.messages)
    assert stage.cycle(timedelta(minutes=15)).problem is None
    assert len(stage.mail.messages) == mails, "nobody is asked again"


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=5))
names = st.sampled_from([f.name for k in every_kind().values() for f in k.fields] + ["what", "from", "by", "?"])
anything = st.recursive(
    scalars, lambda inner: st.one_of(st.lists(inner, max_size=3).map(tuple), st.dictionaries(names, inner, max_size=4))
)


@example("check-in", {"confidence": 7, "needs": ({"what": "w", "from": "dana", "by": date.max},)})
@given(st.sampled_from(sorted(GOOD)), st.dictionaries(names, anything, max_size=4))
def test_whatever_fits_can_be_understood(kind: str, values: dict[str, Any]) -> None:
    odd = replace(answer(kind, values), at=NOW)
    good = [replace(answer(name, held, " good", "checkout"), at=NOW) for name, held in GOOD.items()]
    answers, left_out = parted([odd, *good])
    assert [each.origin for each in left_out] == ([] if fits(odd) else [odd.origin])
    place = organisation(goal(rules=Rules(check_in_days=7)))
    situation = Situation(place, NOW, answers=answers)
    assert asks(situation)
    list(reports(situation))
    for each in answers:
        assert list(every_kind()[each.kind].means(situation, each))


def test_every_kind_that_comments_answer_says_what_an_answer_holds() -> None:
    """The others are asked by rounds, and their fields stand in the round's file."""
    assert all(kind.fields for kind in every_kind().values() if kind.verb)
    for kind, values in GOOD.items():
        assert fits(answer(kind, values)), kind
        assert not fits(answer(kind, ODD[kind])), kind
    assert fits(replace(answer("check-in", {}), takes_back="form-1"))
    assert fits(answer("a kind of another version", {}))
