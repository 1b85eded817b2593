"""Questions from a terminal: listed, answered for somebody, explained, planned."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.model.asking import About, Answer, Door, Known, Topic
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers, save_answer
from tests.support.theatre import GOALS, TOKENS, Theatre, theatre

NEED = "    needs: [{from: noor, what: review the contract, by: 2026-12-31}]\n    key_results:"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """Noor is asked whether she will do what Dana's goal needs."""
    goals = GOALS.replace("    key_results:", NEED, 1)
    with theatre(tmp_path, live=True, goals=goals) as made:
        made.store.close()
        yield made


def call(stage: Theatre, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env=TOKENS)


def test_a_question_is_planned_asked_answered_for_somebody_and_explained(stage: Theatre) -> None:
    planned = call(stage, "plan", "--json")
    found = json.loads(planned.stdout)
    assert [(each["person"], each["now"], each["minutes"]) for each in found["asks"]] == [("noor", "ask", 2)]
    assert [(each["person"], each["minutes"]) for each in found["minutes"]] == [("noor", 2)]
    week = date.fromisoformat(found["minutes"][0]["week"])
    assert datetime.now(UTC).date() - week < timedelta(days=8), "the week of asking, not the one in which it opened"
    assert call(stage, "run").exit_code == 0

    listed = call(stage, "asks", "--person", "noor")
    assert "Dana Reyes needs “review the contract” of Noor Haddad by" in " ".join(listed.output.split())
    assert "asked 20" in listed.output
    assert call(stage, "asks", "--person", "dana").output == "Nothing is asked of dana now.\n"
    ask = found["asks"][0]["id"]

    wrong = call(stage, "answer", ask, "perhaps", "--by", "ops")
    assert wrong.exit_code == 1
    assert "“perhaps” is none of the options; right would be accept, counter, decline, done" in wrong.output
    assert call(stage, "answer", "nonsense", "accept", "--by", "ops").exit_code == 2
    assert call(stage, "answer", ask, "decline", "no", "time", "--by", "ops").output == "Noted as noor's answer.\n"
    store = Store.open(stage.settings.store)
    with store.read() as connection:
        (answer,) = load_answers(connection)
    store.close()
    assert (answer.person, answer.by, answer.known, answer.values["reason"]) == ("noor", "ops", "terminal", "no time")

    assert call(stage, "asks").output == "Nothing is asked of anybody now.\n"
    explained = re.sub(r"\s+", " ", call(stage, "explain", "checkout").output)
    assert "noor answered a need at a terminal, noted by ops: “decline no time”" in explained
    assert re.search(rf"question {ask} noor: .*; noor asked 20[^,]*, answered\.", explained)
    assert call(stage, "run").exit_code == 0
    told = [body.get_content() for m in stage.mails_to("dana@example.org") if (body := m.get_body(("plain",)))]
    assert sum("Noor Haddad declines. “no time”" in " ".join(text.split()) for text in told) == 1


def test_an_outcome_is_said_of_an_input_that_there_is(stage: Theatre) -> None:
    call(stage, "run")
    result = call(stage, "outcome", "k7f2m9qa", "adopted", "--by", "dana")
    assert result.exit_code == 1
    assert "nothing was noted" in result.output


def test_an_input_is_explained_with_the_id_by_which_its_outcome_is_said(stage: Theatre) -> None:
    call(stage, "run")
    about, at = About(Topic.GOAL, "checkout"), datetime.now(UTC)
    said = Answer("mail-1", "a", "feedback", about, "board", at, Door.MAIL, Known.MAIL, {"text": "late"}, "late")
    with Store.open(stage.settings.store).begin() as connection:
        save_answer(connection, said)
    found = re.search(r"board gave feedback by mail, input (\w+): “late”", call(stage, "explain", "checkout").output)
    assert found
    assert f"(input {found[1]})" in re.sub(r"\s+", " ", call(stage, "asks").output)
    file = next((stage.directory / "goals").glob("*.yaml"))
    because, wrong = f"    because: [{found[1]}, {found[1][:-1]}u]\n    key_results:", f"{found[1][:-1]}u"
    file.write_text(file.read_text().replace("    key_results:", because, 1))
    checked = re.sub(r"\s+", " ", call(stage, "validate").output)
    assert f"the store knows no input '{wrong}'; did you mean '{found[1]}'?" in checked
    assert found[1] not in call(stage, "asks").output, "it is adopted"
    result = call(stage, "outcome", found[1], "adopted", "--by", "dana")
    assert result.exit_code == 0, result.output
