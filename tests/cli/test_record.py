"""The record: exported, read into an empty store so that nobody hears anything twice, shown and erased."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sync_agent.cli import main
from sync_agent.model import Audience, Decision, Reason, ReasonKind, Silence, Target
from sync_agent.model.asking import About, Answer, Ask, AskTold, Door, Known, Step, Topic, Wanted
from sync_agent.model.asking.fields import Sheet
from sync_agent.render.asking.record import GoalRecord, goal_page
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers, save_answer
from sync_agent.store.memory.state import log_decisions
from sync_agent.store.memory.unsubscribed import load_unsubscribed, unsubscribe
from sync_agent.store.upkeep.record import TABLES
from tests.support.theatre import TOKENS, Theatre, theatre

GOAL = About(Topic.GOAL, "checkout")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """An organisation in which Dana was told of trouble and has said two things about it."""
    with theatre(tmp_path, live=True) as made:
        made.store.close()
        now = made.clock.now()
        made.jira_state.edit("SHOP-8", at=now - timedelta(days=9), by="noor", status="Blocked")
        assert call(made, "run").exit_code == 0
        checked = Answer("form-1", "aaa", "check-in", GOAL, "dana", now, Door.FORM, Known.LINK,
                         {"confidence": 70.0, "note": "the *vendor* waits"}, "70 the vendor waits")  # fmt: skip
        said = Answer("mail-1", "bbb", "feedback", GOAL, "dana", now, Door.MAIL, Known.MAIL,
                      {"text": "receipts are late"}, "receipts are late")  # fmt: skip
        with Store.open(made.settings.store).begin() as connection:
            save_answer(connection, checked)
            save_answer(connection, said)
            unsubscribe(connection, "dana", "digest", now)
        assert call(made, "ack", "checkout", "--by", "dana", "--reason", "I am on it").exit_code == 0
        yield made


def call(stage: Theatre, *arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(stage.directory), *arguments], env={**TOKENS, **environ})


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_record_is_the_same_files_after_it_was_read_into_an_empty_store(stage: Theatre, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert call(stage, "record", "export", str(first)).exit_code == 0
    other = f"sqlite:///{tmp_path / 'other.db'}"
    result = call(stage, "record", "import", str(first), SYNC_AGENT_STORE=other)
    assert result.exit_code == 0, result.output
    assert call(stage, "record", "export", str(second), SYNC_AGENT_STORE=other).exit_code == 0
    assert files(first) == files(second)
    assert {f"{name}.jsonl" for name in TABLES} <= set(files(first))
    with Store.open(other).read() as connection:
        assert [answer.origin for answer in load_answers(connection)] == ["form-1", "mail-1"]
        assert load_unsubscribed(connection) == {("dana", "digest")}


def test_nobody_is_told_again_after_an_import(stage: Theatre, tmp_path: Path) -> None:
    call(stage, "run")
    call(stage, "record", "export", str(tmp_path / "record"))
    other = f"sqlite:///{tmp_path / 'other.db'}"
    call(stage, "record", "import", str(tmp_path / "record"), SYNC_AGENT_STORE=other)
    mails, comments = len(stage.mails_to("dana@example.org")), stage.comments("SHOP-1")
    assert mails
    assert call(stage, "run", SYNC_AGENT_STORE=other).exit_code == 0
    assert len(stage.mails_to("dana@example.org")) == mails
    assert len(stage.comments("SHOP-1")) == len(comments)


def test_a_record_is_read_whole_and_only_into_an_empty_store(stage: Theatre, tmp_path: Path) -> None:
    record, other = tmp_path / "record", f"sqlite:///{tmp_path / 'other.db'}"
    call(stage, "record", "export", str(record))
    result = call(stage, "record", "import", str(record))
    assert result.exit_code == 1
    assert "only read into an empty one" in result.output
    answers = record / "answers.jsonl"
    for wrong in ("{", '{"origin": "x"}', "[]", answers.read_text().splitlines()[0].replace("+00:00", "")):
        answers.write_text(f"{wrong}\n")
        result = call(stage, "record", "import", str(record), SYNC_AGENT_STORE=other)
        assert result.exit_code == 1
        assert f"{answers}:1: this is no line of a record" in result.output
    (tmp_path / "empty").mkdir()
    assert "holds no record" in call(stage, "record", "import", str(tmp_path / "empty"), SYNC_AGENT_STORE=other).output
    with Store.open(other).read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM alerts").scalar() == 0, "everything or nothing"


def test_the_page_of_a_goal_says_who_said_what_as_words(stage: Theatre, tmp_path: Path) -> None:
    call(stage, "record", "export", str(tmp_path))
    page = (tmp_path / "goals" / "checkout.md").read_text()
    assert "Dana Reyes**, check\\-in, by form: confidence: 70; note: the \\*vendor\\* waits" in page
    assert "receipts are late" in page
    assert "Dana Reyes**: I am on it" in page.partition("### Who works on it")[2]
    assert "Nobody has been asked" in (tmp_path / "goals" / "search.md").read_text()


def test_what_is_stored_of_a_person_is_shown(stage: Theatre) -> None:
    result = call(stage, "record", "of", "dana")
    tables = {line.partition("\t")[0] for line in result.output.splitlines()}
    assert {"answers", "acknowledgements", "unsubscribed", "outbox", "decisions"} <= tables
    assert "Nothing in the store names 'ops'" in call(stage, "record", "of", "ops").output


@pytest.mark.parametrize("command", [["of"], ["erase"], ["erase", "--yes"]])
def test_an_id_that_nobody_has_is_a_mistake_and_whoever_has_left_is_found(stage: Theatre, command: list[str]) -> None:
    left = Answer("form-2", "aaa", "check-in", GOAL, "karin", stage.clock.now(), Door.FORM, Known.LINK, raw="70 well")
    with Store.open(stage.settings.store).begin() as connection:
        save_answer(connection, left)
    for wrong, right in (("dna", "dana"), ("karen", "karin")):
        result = call(stage, "record", *command, wrong)
        assert result.exit_code == 2
        assert f"unknown person '{wrong}'; did you mean '{right}'?" in result.output
    assert "70 well" in call(stage, "record", "of", "karin").output


def test_erasing_takes_the_words_and_leaves_the_counts(stage: Theatre, tmp_path: Path) -> None:
    by_comment = Reason(ReasonKind.COMMAND_ACKNOWLEDGED, who="dana", text="I am on it")
    with Store.open(stage.settings.store).begin() as connection:
        now = stage.clock.now()
        noted = Decision(now, "checkout", "command", "", Audience(), told=False, reason=by_comment)
        log_decisions(connection, [noted])
    assert call(stage, "record", "erase", "dana").exit_code == 1
    result = call(stage, "record", "erase", "dana", "--yes")
    assert result.exit_code == 0, result.output
    call(stage, "record", "export", str(tmp_path / "record"))
    whole = b"".join(files(tmp_path / "record").values()).decode()
    for words in ("vendor", "receipts are late", "I am on it"):
        assert words not in whole
    kept = [json.loads(line) for line in (tmp_path / "record" / "answers.jsonl").read_text().splitlines()]
    assert [row["person"] for row in kept] == ["dana", "dana"]
    assert kept[0]["data"]["values"]["confidence"] == 70.0
    assert call(stage, "run").exit_code == 0
    assert call(stage, "record", "of", "dana").exit_code == 0


def test_what_somebody_chose_without_being_asked_stays(stage: Theatre) -> None:
    chosen = {"outcome": "declined", "reason": "the law wants it so"}
    subject = About(Topic.INPUT, "k7f2m9qa")
    said = Answer("jira-1", "ccc", "outcome", subject, "dana", stage.clock.now(), Door.COMMENT, Known.ACCOUNT, chosen)
    with Store.open(stage.settings.store).begin() as connection:
        save_answer(connection, said)
    call(stage, "record", "erase", "dana", "--yes")
    with Store.open(stage.settings.store).read() as connection:
        (kept,) = [each for each in load_answers(connection) if each.kind == "outcome"]
    assert kept.values == {"outcome": "declined", "reason": "(erased)"}


def test_erasing_one_leaves_the_words_of_others(stage: Theatre) -> None:
    call(stage, "record", "erase", "noor", "--yes")
    assert "the *vendor* waits" in call(stage, "record", "of", "dana").output


def test_a_page_says_what_was_asked_what_people_heard_of_it_and_what_came_of_it(stage: Theatre) -> None:
    organisation = stage.settings.organisation
    now, day = datetime(2026, 11, 24, 9, tzinfo=UTC), timedelta(days=1)
    wanted = Wanted("a review", date(2026, 12, 2), "dana")
    need = Ask("a", "need", "noor", GOAL, "", Sheet(()), now, now + 8 * day, (wanted,), goal="checkout")
    gone = replace(need, id="b", question=())
    signed = replace(gone, id="c", kind="sign-off", person="board")
    told = [
        AskTold("a", "noor", now, Step.ASK), AskTold("a", "ops", now + day, Step.REMIND),
        AskTold("c", "board", now, Step.ASK),
    ]  # fmt: skip
    sign = Answer("m", "c", "sign-off", GOAL, "board", now, Door.FORM, Known.LINK, {"stand": "sign"}, version="ab" * 32)
    quiet = Silence("s", Target("checkout"), "dana", "we are moving", now, now + day)
    kept = GoalRecord((need, gone, signed), told, {"b": now + day}, [sign], silences=[quiet])
    page = goal_page(organisation.goals[0], kept, organisation).replace("\\", "")
    for line in (
        "**2026-11-24 Noor Haddad**, need “a review”, open until 2026-12-02, asked 2026-11-24, "
        f"reminded 2026-11-25 ({organisation.people['ops'].name} in their place): no answer",
        "**2026-11-24 Noor Haddad**, need, open until 2026-12-02: not wanted since 2026-11-25",
        "sign-off, open until 2026-12-02, asked 2026-11-24: answered",
        "sign-off of version abababab, by form: stand: sign",
        "**2026-11-24 Dana Reyes**, until 2026-11-25: we are moving",
    ):
        assert line in page
