"""Goals are changed, changed back, and ended: who hears what, how often, with which reason."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.ask.kinds import objection
from sync_agent.hear.situation import recall
from sync_agent.render.versions.agreements import say_retitled
from sync_agent.store.memory.answers import load_answers
from tests.support.letters import body_of
from tests.support.theatre import Theatre, theatre

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DANA, NOOR, BOARD = (f"{name}@example.org" for name in ("dana", "noor", "board"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """Dana's goal has the board as stakeholder; Noor has to sign it, and her goal waits for it."""
    with theatre(tmp_path) as made:
        edit(
            made,
            "    stakeholders: [board]\n",
            "    stakeholders: [board]\n    sign_off: {by: noor, until: 2026-10-20}\n",
        )
        file = made.directory / "goals" / "goals.yaml"
        head, _, tail = file.read_text().partition("  - id: search")
        file.write_text(f"{head}  - id: search{tail.replace('2026-12-28', '2027-02-28')}")
        edit(made, "    owner: noor\n", "    owner: noor\n    depends_on: checkout\n")
        yield made


def edit(stage: Theatre, before: str, after: str) -> None:
    file = stage.directory / "goals" / "goals.yaml"
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after, 1))
    stage.reload()


def notes(stage: Theatre, address: str, verb: str = "Changed:") -> list[str]:
    return [" ".join(body_of(m).split()) for m in stage.mails_to(address) if verb in m["Subject"]]


def comment(stage: Theatre, by: str, text: str) -> None:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    body = {"type": "doc", "version": 1, "content": [paragraph]}
    stage.jira_state.comment("SHOP-1", body, at=stage.clock.now(), by=by)


def test_edits_of_a_day_are_one_note_for_each_whom_they_touch(stage: Theatre) -> None:
    stage.cycle()
    edit(stage, "epic: SHOP-1", "epic: [SHOP-1, SHOP-2]")
    stage.cycle(HOUR)
    edit(stage, "2026-12-28", "2027-01-25")
    stage.cycle(HOUR)
    assert "“Checkout feels instant” was changed: why?" in " ".join(body_of(stage.mails_to(DANA)[-1]).split())
    assert not any(notes(stage, each) for each in (DANA, NOOR, BOARD)), "the day is not over"
    for _ in range(4):
        stage.cycle(DAY / 2)
    for address in (DANA, NOOR, BOARD):
        (note,) = notes(stage, address)
        assert "due 28 Dec → 25 Jan 2027" in note
        assert "now counts jira epics shop-1 or shop-2" in note
        assert "No reason was given." in note
    assert "You are asked to sign the new version by 20 Oct" in notes(stage, NOOR)[0]
    assert "Nothing is asked of you." in notes(stage, BOARD)[0]
    assert "It also touches Noor Haddad and Dana Reyes." in notes(stage, BOARD)[0]


def test_a_revert_within_the_day_is_no_note(stage: Theatre) -> None:
    stage.cycle()
    edit(stage, "2026-12-28", "2027-01-25")
    stage.cycle(HOUR)
    edit(stage, "2027-01-25", "2026-12-28")
    for _ in range(5):
        stage.cycle(DAY / 2)
    assert not any(notes(stage, each) for each in (DANA, NOOR, BOARD))


@pytest.mark.parametrize("by_answer", [True, False])
def test_the_reason_is_the_goals_or_what_its_owner_answers(stage: Theatre, by_answer: bool) -> None:
    stage.cycle()
    edit(stage, "2026-12-28", "2027-01-25")
    if not by_answer:
        edit(stage, "    owner: dana\n", "    owner: dana\n    why: the vendor delivers later\n")
    stage.cycle(HOUR)
    asked = any("was changed: why?" in " ".join(body_of(m).split()) for m in stage.mails_to(DANA))
    assert asked is by_answer
    if by_answer:
        comment(stage, "dana", "sync-agent why the vendor delivers later")
    stage.cycle(HOUR)
    with stage.store.read() as connection:
        assert len(load_answers(connection)) == by_answer
    for _ in range(3):
        stage.cycle(DAY)
    (note,) = notes(stage, BOARD)
    assert "Why: the vendor delivers later" in note


def test_other_titles_are_told_once_in_the_digest_and_may_be_objected_to(stage: Theatre) -> None:
    stage.cycle()
    edit(stage, "New flow shipped", "Flow shipped")
    for _ in range(15):
        stage.cycle(DAY)
        if stage.clock.now().day == 13:
            comment(stage, "noor", "sync-agent object the flow is not new, is it?")
    digests = [" ".join(body_of(mail).split()) for mail in stage.mails_to(BOARD)]
    (told,) = [text for text in digests if "Other words" in text]
    assert "“New flow shipped” is now called “Flow shipped”; you may object until 13 Oct." in told
    assert not notes(stage, BOARD), "titles are not what is agreed"
    asked = [" ".join(body_of(mail).split()) for mail in stage.mails_to(DANA)]
    assert any("the flow is not new, is it?" in text for text in asked), "an objection is owed an outcome"
    with stage.store.read() as connection:
        situation = recall(connection, stage.settings.organisation, (), stage.clock.now())
    (found,) = objection.retitled(situation, "checkout")
    assert say_retitled(found, situation.organisation, situation.today).endswith("Noor Haddad objected.")
    assert say_retitled(replace(found, by=()), situation.organisation, situation.today).endswith(
        "nobody objected by 13 Oct."
    )


def test_whoever_signed_hears_that_a_goal_has_ended_and_what_became_of_it(stage: Theatre) -> None:
    stage.cycle()
    version = " ".join(body_of(stage.mails_to(NOOR)[-1]).split()).split("agree to version ")[1][:8]
    comment(stage, "noor", f"sync-agent sign {version}")
    stage.cycle(HOUR)
    file = stage.directory / "goals" / "goals.yaml"
    text = file.read_text()
    goal = text[text.index("  - id: search") :].replace("    depends_on: checkout\n", "    continues: checkout\n")
    file.write_text(f"goals:\n{goal}")
    stage.reload()
    for _ in range(4):
        stage.cycle(DAY)
    (note,) = notes(stage, NOOR)
    assert "“Checkout feels instant” ended on 6 Oct" in note
    assert len(notes(stage, DANA, "Ended:")) == 1, "she owned it"
    assert "50% done (5 of 10 items)" in note
    assert "It goes on as “Search finds the book”." in note
    assert not notes(stage, BOARD, "Ended:")
