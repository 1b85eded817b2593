"""A round is carried out: people are asked and hear what became of it; its facilitator hears how it stands."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from sync_agent.model import FirstRun
from sync_agent.model.asking import Answer
from sync_agent.model.rounds import OpenDays
from sync_agent.store.memory.answers import load_answers
from tests.support.letters import Postbox, body_of, with_inbox
from tests.support.messages.round import FIRST, LAST, MOST, a_round, interview, survey, with_round
from tests.support.theatre import Theatre, theatre

DAY, HOUR, FORTNIGHT = timedelta(days=1), timedelta(hours=1), timedelta(days=14)
NOOR, BOARD, DANA = (f"{name}@example.org" for name in ("noor", "board", "dana"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


@pytest.fixture
def box(stage: Theatre, tmp_path: Path) -> Postbox:
    return with_inbox(stage, tmp_path / "inbox", plus_addresses=True)


def asked(stage: Theatre, who: str) -> list[EmailMessage]:
    return [mail for mail in stage.mails_to(who) if "sked of you" in mail["Subject"]]


def flat(mail: EmailMessage) -> str:
    return " ".join(body_of(mail).split())


def answers(stage: Theatre) -> tuple[Answer, ...]:
    with stage.store.read() as connection:
        return load_answers(connection)


def test_an_interview_from_the_question_to_its_outcome(stage: Theatre, box: Postbox) -> None:
    with_round(stage, a_round(interview()))
    stage.cycle()
    (mail,) = asked(stage, NOOR)
    assert mail["Subject"] == "[Goals] Asked of you: 2 questions for “Goals for the winter” by Fri 16 Oct"
    assert "2 questions, about 4 minutes in all." in flat(mail)
    assert "“most:” What must we get right?" in flat(mail)
    assert "Dana Reyes, who runs the round, reads your answer; you say who else may." in flat(mail)
    box.deliver(box.reply(mail, "most: fewer projects\nstop: the weekly report\nvisibility: named"))
    stage.cycle(HOUR)
    (answer,) = answers(stage)
    assert (answer.kind, answer.values) == (
        "interview", {"most": "fewer projects", "stop": "the weekly report", "visibility": "named"},
    )  # fmt: skip
    stage.cycle(FORTNIGHT)
    (question,) = asked(stage, DANA)
    assert "What becomes of this?" in flat(question)
    assert "What must we get right? fewer projects" in flat(question)
    assert "Noor Haddad said so, and may be quoted with their name." in flat(question)
    box.deliver(box.reply(question, "declined we keep them for the auditors"))
    stage.cycle(HOUR)
    stage.cycle(HOUR)
    told = [mail for mail in stage.mails_to(NOOR) if "Answered to you" in mail["Subject"]]
    assert len(told) == 1
    assert "Dana Reyes decided: declined. “we keep them for the auditors”" in flat(told[0])


def test_whoever_names_no_reader_is_read_by_the_facilitator_alone(stage: Theatre, box: Postbox) -> None:
    with_round(stage, a_round(interview(questions=(MOST,))))
    stage.cycle()
    (mail,) = asked(stage, NOOR)
    box.deliver(box.reply(mail, "fewer projects"))
    stage.cycle(FORTNIGHT)
    (question,) = asked(stage, DANA)
    assert "Noor Haddad said so, for you alone." in flat(question)


def test_the_newest_answer_is_the_input(stage: Theatre, box: Postbox) -> None:
    with_round(stage, a_round(survey()))
    stage.cycle()
    (mail,) = asked(stage, NOOR)
    for text in ("load: 4\nstop: reports", "load: 5\nstop: meetings"):
        box.deliver(box.reply(mail, text))
        stage.cycle(HOUR)
    assert [answer.values["load"] for answer in answers(stage)] == [4, 5]
    stage.cycle(FORTNIGHT)
    (question,) = asked(stage, DANA)
    assert "What should we stop? meetings" in flat(question)
    assert "reports" not in flat(question)


def test_only_whoever_has_not_answered_is_reminded_and_twice_at_most(stage: Theatre, box: Postbox) -> None:
    with_round(stage, a_round(survey()))
    stage.cycle()
    box.deliver(box.reply(asked(stage, NOOR)[0], "load: 4"))
    for day in (3, 4, 2, 1, 1, 3):
        stage.cycle(day * DAY)
    assert len(asked(stage, NOOR)) == 1
    board = [mail for mail in stage.mails_to(BOARD) if "questions for “Goals for the winter”" in flat(mail)]
    assert len(board) == 3


def weekly(stage: Theatre) -> list[EmailMessage]:
    return [mail for mail in stage.mails_to(DANA) if "Goals for the winter: " in mail["Subject"]]


def test_the_facilitator_hears_weekly_where_it_stands(stage: Theatre, box: Postbox) -> None:
    with_round(stage, a_round(survey(), interview(open=OpenDays(LAST + 3 * DAY, LAST + 5 * DAY))))
    stage.cycle()
    box.deliver(box.reply(asked(stage, NOOR)[0], "load: 4"))
    stage.cycle(6 * DAY)
    stage.cycle(DAY)
    first, second = weekly(stage)
    assert first["Subject"] == "[Goals] Goals for the winter: 1 step is open, until 16 Oct"
    assert "pulse (survey), until 16 Oct: 0 of 2 answered; not yet: Noor Haddad, The board" in flat(first)
    assert "talk (interview), 19 Oct to 21 Oct" in flat(first)
    assert "pulse (survey), until 16 Oct: 1 of 2 answered; not yet: The board" in flat(second)
    for _ in range(4):
        stage.cycle(7 * DAY)
    assert len(weekly(stage)) == 4


def test_what_is_withdrawn_in_the_middle_is_told_once_to_whoever_was_asked(stage: Theatre, box: Postbox) -> None:
    with_round(stage, a_round(survey(), interview()))
    stage.cycle()
    assert len(asked(stage, NOOR)) == 1
    with_round(stage, a_round(survey()))
    for _ in range(2):
        stage.cycle(DAY)
    told = [mail for mail in stage.mails_to(NOOR) if "No longer asked of you" in mail["Subject"]]
    assert len(told) == 1
    assert "2 questions for “Goals for the winter”" in flat(told[0])


def test_what_is_open_stays_open_when_the_file_changes(stage: Theatre, box: Postbox) -> None:
    """The fields stay as they were asked; the close may be moved."""
    with_round(stage, a_round(survey()))
    stage.cycle()
    (mail,) = asked(stage, NOOR)
    later = OpenDays(FIRST, LAST + 7 * DAY)
    with_round(stage, a_round(survey(open=later, questions=(replace(MOST, text="Something else?"),))))
    stage.cycle(FORTNIGHT)
    box.deliver(box.reply(mail, "load: 4\nstop: reports"))
    stage.cycle(HOUR)
    (answer,) = answers(stage)
    assert (answer.values, answer.late) == ({"load": 4, "stop": "reports"}, False)
    assert not [mail for mail in stage.mails_to(NOOR) if "No longer" in mail["Subject"]]


def test_a_store_that_was_lost_asks_under_the_same_name(stage: Theatre, box: Postbox) -> None:
    with_round(stage, a_round(survey()))
    stage.cycle()
    (mail,) = asked(stage, NOOR)
    with stage.store.begin() as connection:
        for table in ("asks", "asks_told"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    box.deliver(box.reply(mail, "load: 4"))
    stage.cycle(HOUR)
    assert [answer.values for answer in answers(stage)] == [{"load": 4}]


def test_what_a_lost_store_had_asked_in_a_round_is_not_asked_again(stage: Theatre) -> None:
    with_round(stage, a_round(survey()))
    stage.settings = replace(stage.settings, first_run=FirstRun.TOLD)
    stage.cycle()
    stage.cycle(HOUR)
    assert not asked(stage, NOOR)
    stage.cycle(7 * DAY)
    assert ["Still asked of you" in mail["Subject"] for mail in asked(stage, NOOR)] == [True]
