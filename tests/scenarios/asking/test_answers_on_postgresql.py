"""Questions, answers by every door, and the record, with the store on a PostgreSQL server."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from sync_agent.ask.identity.ids import origin
from sync_agent.ask.states import in_force
from sync_agent.cli import main
from sync_agent.hear import Hearing
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.model import Rules
from sync_agent.model.asking import Door, Heard, Known, Step, Weight
from sync_agent.run.listening.receipts import send_receipt
from sync_agent.store import Store
from sync_agent.store.engine import schema
from sync_agent.store.memory.answers import load_answers, load_asks, load_told, save_asks, withdraw
from tests.support.letters import Postbox, with_inbox
from tests.support.servers.postgresql import Server
from tests.support.theatre import Theatre, theatre

HOUR = timedelta(hours=1)
DANA = "dana@example.org"


@pytest.fixture
def stage(tmp_path: Path, postgresql: Server) -> Iterator[Theatre]:
    """Everybody owes a check-in every week, and was asked for it."""
    with theatre(tmp_path, store=postgresql.database()) as made:
        company = made.settings.organisation
        goals = tuple(replace(goal, rules=Rules(check_in_days=7)) for goal in company.goals)
        made.settings = replace(made.settings, organisation=replace(company, goals=goals))
        yield made


@pytest.fixture
def box(stage: Theatre, tmp_path: Path) -> Postbox:
    made = with_inbox(stage, tmp_path / "inbox")
    stage.cycle()
    return made


def door(stage: Theatre) -> FormDoor:
    company = stage.settings.organisation
    return FormDoor(
        stage.store,
        lambda now, answers: at_hand(company, now, answers),
        lambda c, answer, ask: send_receipt(c, answer, ask, company, None, None, stage.clock.now()),
    )


def call(stage: Theatre, *arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env={**stage.environ, **environ})


def say_everything(stage: Theatre, box: Postbox) -> None:
    """By comment, by mail and by form; the mail and the form twice."""
    (mail,) = stage.mails_to(DANA)
    reply = box.reply(mail, "70 waiting for the contract")
    for _ in range(2):
        box.deliver(reply)
    stage.github_state.comment(
        "acme/shop", 1, "sync-agent checkin 55 by comment", at=stage.clock.now() + HOUR, by="noor"
    )
    with stage.store.begin() as connection:
        (ask,) = [each for each in load_asks(connection).values() if each.person == "noor"]
        withdraw(connection, [ask.id], stage.clock.now())  # What is withdrawn by mistake comes back by itself.
        connection.execute(schema.asks.delete().where(schema.asks.c.id == ask.id))
        save_asks(connection, [replace(ask, weight=Weight.WEIGHS)])
    said = {"confidence": ("35",), "note": ("by form",)}
    heard = Heard(
        origin(Door.FORM, "n"), Door.FORM, stage.clock.now(), Known.LINK, "noor", ask=ask.id, submitted=said
    )  # fmt: skip
    assert [door(stage).hear(heard).hearing for _ in range(2)] == [Hearing.KEPT, Hearing.KNOWN]
    for _ in range(2):
        stage.cycle(2 * HOUR)


def test_answers_by_every_door_are_kept_once_and_nobody_is_asked_again(stage: Theatre, box: Postbox) -> None:
    say_everything(stage, box)
    with stage.store.read() as connection:
        answers, told = load_answers(connection), load_told(connection)
    assert sorted((a.door, a.person, a.values["confidence"]) for a in answers) == [
        (Door.COMMENT, "noor", 55.0), (Door.FORM, "noor", 35.0), (Door.MAIL, "dana", 70.0),
    ]  # fmt: skip
    assert [each.step for each in told] == [Step.ASK, Step.ASK]
    (form,) = [each for each in answers if each.door is Door.FORM]
    taken = door(stage).take_back(form.origin, "noor", stage.clock.now())
    assert taken
    assert taken.taken_back
    with stage.store.read() as connection:
        assert form.origin not in {each.origin for each in in_force(load_answers(connection))}
    assert len([m for m in stage.mails_to("noor@example.org") if "has been noted" in m["Subject"]]) == 1


def test_what_does_not_fit_or_cannot_be_read_costs_itself_alone(stage: Theatre, box: Postbox) -> None:
    say_everything(stage, box)
    with stage.store.begin() as connection:
        odd = schema.answers.c.door == Door.FORM.value
        connection.execute(update(schema.answers).where(odd).values(data="{}"))
        connection.execute(update(schema.asks).values(data="[]"))
    for _ in range(2):
        assert stage.cycle(HOUR).problem is None
    told = [mail for mail in stage.mails_to("ops@example.org") if "cannot be used" in mail["Subject"]]
    assert len(told) == 1


def test_a_record_is_carried_over_shown_and_erased(
    stage: Theatre, box: Postbox, tmp_path: Path, postgresql: Server
) -> None:
    say_everything(stage, box)
    other = postgresql.database()
    first, second = tmp_path / "first", tmp_path / "second"
    for arguments, environ in (
        (("export", str(first)), {}),
        (("import", str(first)), {"SYNC_AGENT_STORE": other}),
        (("export", str(second)), {"SYNC_AGENT_STORE": other}),
    ):
        result = call(stage, "record", *arguments, **environ)
        assert result.exit_code == 0, result.output
    assert {p.name: p.read_bytes() for p in first.glob("*.jsonl")} == {
        p.name: p.read_bytes() for p in second.glob("*.jsonl")
    }
    mails, comments = len(stage.mail.messages), len(stage.comments("SHOP-1"))
    with closing(Store.open(other)) as taken_over:
        stage.store = taken_over
        for _ in range(2):
            stage.cycle(HOUR)
    assert (len(stage.mail.messages), len(stage.comments("SHOP-1"))) == (mails, comments), (
        "nothing is told or asked again"
    )
    assert "70 waiting for the contract" in call(stage, "record", "of", "dana", SYNC_AGENT_STORE=other).output
    assert call(stage, "record", "erase", "dana", "--yes", SYNC_AGENT_STORE=other).exit_code == 0
    whole = call(stage, "record", "of", "dana", SYNC_AGENT_STORE=other).output
    assert "waiting for the contract" not in whole
    assert '"confidence": 70.0' in whole
