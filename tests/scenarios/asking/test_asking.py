"""People are asked by real mails over real trackers, once, and what they answer is reckoned with."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from connectors.options import Secret
from sync_agent.ask import needs
from sync_agent.ask.identity.ids import input_id
from sync_agent.ask.kinds import every_kind
from sync_agent.ask.worked_out import WorkedOut
from sync_agent.cli.asking import say_past
from sync_agent.hear.situation import all_said, listener, recall
from sync_agent.hear.understanding import hear
from sync_agent.judge.judge import kept_assessments
from sync_agent.model import EMAIL, Absence, FirstRun, Need, Rules
from sync_agent.model.asking import About, AskTold, Door, Heard, Known, NotAsked, State, Step, Topic
from sync_agent.run.proposal.outlook import look_ahead, look_back
from sync_agent.store.memory import answers
from sync_agent.store.memory.answers import load_answers, load_asks, load_told, load_withdrawn
from sync_agent.store.outbox.rows import load_rows
from sync_agent.store.upkeep.personal import erase
from tests.support.theatre import Theatre, theatre

DAY = timedelta(days=1)
WEEKLY = Rules(check_in_days=7)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        yield made


def change(stage: Theatre, name: str = "checkout", **fields: object) -> None:
    """Edits a goal, as its file would be edited."""
    organisation = stage.settings.organisation
    goals = tuple(replace(g, **fields) if g.id == name else g for g in organisation.goals)
    stage.settings = replace(stage.settings, organisation=replace(organisation, goals=goals))


def person(stage: Theatre, name: str, **fields: object) -> None:
    """Edits a person."""
    organisation = stage.settings.organisation
    people = {**organisation.people, name: replace(organisation.people[name], **fields)}
    stage.settings = replace(stage.settings, organisation=replace(organisation, people=people))


def asked(stage: Theatre, address: str = "dana@example.org") -> list[EmailMessage]:
    """The mails that ask somebody something."""
    return [mail for mail in stage.mails_to(address) if "sked of you" in str(mail["Subject"])]


def words(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part
    return " ".join(part.get_content().split())


def say(stage: Theatre, who: str, text: str, **more: object) -> None:
    """Somebody answers, by a door that knows them."""
    with stage.store.begin() as connection:
        organisation, now = stage.settings.organisation, stage.clock.now()
        assessments = kept_assessments(connection).values()
        ears = listener(connection, recall(connection, organisation, assessments, now))
        base = Heard(f"terminal-{who}-{text}-{now}", Door.TERMINAL, now, Known.TERMINAL, who, text)
        hear(connection, replace(base, **more), ears)


def told(stage: Theatre) -> list[AskTold]:
    with stage.store.read() as connection:
        return list(load_told(connection))


def steps(stage: Theatre, who: str) -> list[Step]:
    """What somebody has heard of questions."""
    return [each.step for each in told(stage) if each.person == who]


def only_ask(stage: Theatre) -> str:
    with stage.store.read() as connection:
        (ask,) = load_asks(connection)
    return ask


def test_an_owner_without_digest_is_asked_by_mail_once_over_restarts(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    stage.cycle()
    (mail,) = asked(stage)
    text = words(mail)
    assert "Checkout feels instant" in str(mail["Subject"])
    assert "1 question, about 2 minutes" in text
    assert "We see: " in text
    assert "comment “sync-agent checkin 70 waiting for the contract” on SHOP-1" in text
    assert [each.step for each in told(stage)] == [Step.ASK]
    for _ in range(3):
        stage.cycle(timedelta(hours=1))
    assert len(asked(stage)) == 1


def test_who_has_answered_is_neither_reminded_nor_asked_again(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    stage.cycle(timedelta(days=1))
    (mail,) = asked(stage)
    say(stage, "dana", "70 waiting for the contract", ask=only_ask(stage))
    for _ in range(6):
        stage.cycle(DAY)
    assert asked(stage) == [mail]
    stage.cycle(DAY)
    assert len(asked(stage)) == 2
    assert "You said 70% on 6 Oct: “waiting for the contract”" in words(asked(stage)[1])


def test_two_reminders_at_most_and_none_after_the_close(stage: Theatre) -> None:
    change(stage, rules=Rules(check_in_days=14))
    stage.cycle(8 * DAY)
    for _ in range(13):
        stage.cycle(DAY)
    steps = [each.step for each in told(stage) if each.ask == min(told(stage), key=lambda t: t.at).ask]
    assert steps == [Step.ASK, Step.REMIND, Step.REMIND]
    assert sum("Still" in str(mail["Subject"]) for mail in asked(stage)) == 2


def test_the_digest_begins_with_what_is_asked_and_no_mail_is_sent_beside_it(stage: Theatre) -> None:
    change(stage, rules=Rules(check_in_days=30))
    person(stage, "dana", digest="mon 10:00")
    stage.cycle()
    assert not asked(stage)
    stage.cycle(timedelta(hours=1))
    (digest,) = stage.mails_to("dana@example.org")
    text = words(digest)
    assert text.index("Asked of you") < text.index("How your goals stand")
    assert "Nothing is asked of you" not in text
    stage.cycle(DAY)
    assert len(stage.mails_to("dana@example.org")) == 1


def test_nobody_is_asked_before_the_goals_are_told(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    stage.settings = replace(stage.settings, first_run=FirstRun.PLAN)
    stage.cycle()
    assert not stage.mail.messages
    assert not told(stage)
    stage.settings = replace(stage.settings, first_run=FirstRun.SEND)
    stage.cycle(timedelta(hours=1))
    assert len(asked(stage)) == 1


def test_what_a_lost_store_had_asked_is_not_asked_again(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    stage.settings = replace(stage.settings, first_run=FirstRun.TOLD)
    stage.cycle()
    assert not asked(stage)
    assert [each.step for each in told(stage)] == [Step.ASK]


def test_the_deputy_is_asked_of_who_is_away_until_the_close(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    person(stage, "dana", away=(Absence(date(2026, 9, 28), date(2026, 10, 20)),), deputy="noor")
    stage.cycle()
    assert not asked(stage)
    (mail,) = asked(stage, "noor@example.org")
    assert "You are asked in the place of Dana Reyes, who is away." in words(mail)
    say(stage, "noor", "60", ask=only_ask(stage))
    stage.cycle(timedelta(hours=1))
    assert len(asked(stage, "noor@example.org")) == 1


def test_nobody_is_asked_outside_their_hours_or_beyond_their_limit(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    stage.cycle(timedelta(hours=10))
    assert not asked(stage)
    person(stage, "dana", daily_limit=1)
    stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", status="Blocked", assignee="noor")
    stage.cycle(timedelta(hours=14))
    assert len(stage.mails_to("dana@example.org")) == 1
    assert not asked(stage)


def test_a_question_that_is_not_wanted_any_more_is_withdrawn_and_that_is_told_once(stage: Theatre) -> None:
    need = Need("checkout", "noor", "review the contract", date(2026, 10, 30), "dana")
    change(stage, needs=(need,))
    stage.cycle()
    (mail,) = asked(stage, "noor@example.org")
    assert "Dana Reyes needs “review the contract” of you by 30 Oct for “Checkout feels instant”" in words(mail)
    change(stage, needs=())
    for _ in range(3):
        stage.cycle(DAY)
    assert steps(stage, "noor") == [Step.ASK, Step.WITHDRAW]
    _, gone = asked(stage, "noor@example.org")
    assert "You need not answer any more: review the contract." in words(gone)
    with stage.store.read() as connection:
        assert len(load_withdrawn(connection)) == 1
    change(stage, needs=(need,))
    stage.cycle(DAY)
    assert steps(stage, "noor") == [Step.ASK, Step.WITHDRAW, Step.ASK]
    with stage.store.read() as connection:
        assert not load_withdrawn(connection)


def test_what_is_not_wanted_any_more_is_not_meant_by_an_answer_that_names_nothing(stage: Theatre) -> None:
    kept, gone = (Need("checkout", "noor", what, date(2026, 10, 30), "dana") for what in ("a review", "a contract"))
    change(stage, needs=(kept, gone))
    stage.cycle()
    change(stage, needs=(kept,))
    say(stage, "noor", "accept", verb="need", about=About(Topic.GOAL, "checkout"))
    with stage.store.read() as connection:
        (answer,) = load_answers(connection)
    assert answer.ask == needs.ask_of(kept)


def test_a_look_says_what_keeps_a_question_back_and_how_one_ended_that_nobody_answered(stage: Theatre) -> None:
    change(stage, needs=(Need("checkout", "noor", "review the contract", date(2026, 10, 6), "dana"),))
    person(stage, "noor", daily_limit=0)
    stage.cycle()
    with stage.store.read() as connection:
        (entry,) = look_ahead(connection, stage.settings, stage.clock.now()).entries
    assert entry.fate is NotAsked.OVER_LIMIT
    person(stage, "noor", daily_limit=3)
    stage.cycle(timedelta(hours=1))
    stage.cycle(3 * DAY)
    with stage.store.read() as connection:
        outlook = look_ahead(connection, stage.settings, stage.clock.now())
        (past,) = look_back(connection, outlook.inquiry, "checkout", 30 * DAY)
        assert not look_back(connection, outlook.inquiry, "checkout", timedelta(hours=1))
    assert (past.state, [each.step for each in past.told]) == (State.LAPSED, [Step.ASK])
    assert re.search(r"noor asked 2026-10-05 \d\d:\d\d UTC, not answered\.$", say_past(past, outlook.inquiry))


def test_answers_are_read_once_and_again_when_there_are_others(stage: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every one of thousands that is read anew costs each cycle some time."""
    read: list[str] = []
    real = answers._answer
    monkeypatch.setattr(answers, "_answer", lambda row: read.append(row.origin) or real(row))
    change(stage, needs=(Need("checkout", "noor", "review the contract", date(2026, 10, 30), "dana"),))
    stage.cycle()
    say(stage, "dana", "70", verb="checkin", about=About(Topic.GOAL, "checkout"))
    read.clear()
    kept = WorkedOut()

    def look() -> list[str]:
        with stage.store.read() as connection:
            recall(connection, stage.settings.organisation, (), stage.clock.now(), kept)
            found = all_said(connection, kept)
        assert [answer.origin for answer in found] == sorted({*read})
        return read

    assert len(look()) == len(look()) == 1
    say(stage, "noor", "accept", ask=only_ask(stage))
    read.clear()
    assert len(look()) == len(look()) == 2
    read.clear()
    with stage.store.begin() as connection:
        erase(connection, "noor", input_id, {kind.name: kind.fields for kind in every_kind().values()})
    assert len(look()) == 2, "words that were erased are gone from memory, too"


def test_the_answer_to_a_need_reaches_its_owner_once(stage: Theatre) -> None:
    change(stage, needs=(Need("checkout", "noor", "review the contract", date(2026, 10, 30), "dana"),))
    stage.cycle()
    say(stage, "noor", "counter 2026-11-06 after the release", ask=only_ask(stage))
    for _ in range(3):
        stage.cycle(timedelta(hours=1))
    mails = [mail for mail in stage.mails_to("dana@example.org") if "Answered to you" in str(mail["Subject"])]
    (mail,) = mails
    assert "Noor Haddad names another day, 6 Nov. “after the release”" in words(mail)


def test_feedback_is_shown_to_the_owner_and_its_author_hears_the_outcome_once(stage: Theatre) -> None:
    stage.cycle()
    say(stage, "board", "receipts arrive an hour late", verb="feedback", about=About(Topic.GOAL, "checkout"))
    stage.cycle(timedelta(hours=1))
    (mail,) = asked(stage)
    assert "“receipts arrive an hour late”" in words(mail)
    say(stage, "dana", "declined the law wants it so", ask=only_ask(stage))
    for _ in range(9):
        stage.cycle(DAY)
    told_board = [words(mail) for mail in stage.mails_to("board@example.org")]
    assert sum("Dana Reyes decided: declined. “the law wants it so”" in text for text in told_board) == 1
    assert len(asked(stage)) == 1


def test_what_was_answered_is_judged_at_once(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    stage.cycle()
    say(stage, "dana", "10 all is lost", ask=only_ask(stage))
    report = stage.cycle(timedelta(minutes=5))
    assert report.proposal
    (found,) = (each for each in report.proposal.assessments if each.goal == "checkout")
    assert any("10% confident" in signal.headline for signal in found.signals)


def test_who_has_no_address_is_asked_in_a_comment_that_mentions_them(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    person(stage, "dana", email=None)
    for _ in range(3):
        stage.cycle(timedelta(minutes=5))
    (comment,) = [text for text in stage.comments("SHOP-1") if "Asked of you" in text]
    assert "@Dana" in comment
    assert "sync-agent checkin 70 waiting for the contract" in comment
    assert len(told(stage)) == 1


def test_a_question_whose_mail_cannot_be_sent_is_told_once_it_can(stage: Theatre) -> None:
    change(stage, rules=WEEKLY)
    working = stage.settings
    assert working.email
    stage.settings = replace(
        working,
        channels={
            **working.channels,
            EMAIL: replace(working.channels[EMAIL], options=working.email.model_copy(update={"port": 1})),
        },
    )
    stage.cycle()
    assert not asked(stage)
    stage.settings = working
    for _ in range(4):
        stage.cycle(timedelta(hours=1))
    assert len(asked(stage)) == 1
    assert [each.step for each in told(stage)] == [Step.ASK]


def test_nobody_can_answer_for_another_by_what_stands_in_a_comment(stage: Theatre) -> None:
    stage.environ["WEB_SECRET"] = "a secret of thirty-two characters"
    secrets = (Secret(env="WEB_SECRET"),)
    stage.settings = replace(stage.settings, web_url="https://goals.example.org", web_secrets=secrets)
    change(stage, rules=WEEKLY)
    person(stage, "dana", email=None)
    stage.cycle()
    (comment,) = [text for text in stage.comments("SHOP-1") if "Asked of you" in text]
    assert "/answer/" not in comment


@pytest.mark.parametrize(("door", "public"), [(Door.MAIL, False), (Door.FORM, False), (Door.COMMENT, True)])
def test_what_was_said_to_the_agent_alone_stands_in_no_comment(stage: Theatre, door: Door, public: bool) -> None:
    person(stage, "dana", email=None)
    stage.cycle()
    subject = About(Topic.GOAL, "checkout")
    say(stage, "board", "dana is too slow", verb="feedback", about=subject, door=door, known=Known.ACCOUNT)
    stage.cycle(timedelta(hours=1))
    assert any("dana is too slow" in text and "Asked of you" in text for text in stage.comments("SHOP-1")) is public


@pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(days=90)])
def test_a_question_that_is_answered_or_over_is_not_sent_when_the_mail_server_is_back(
    stage: Theatre, late: timedelta
) -> None:
    change(stage, rules=WEEKLY)
    stage.mail.refuse["dana@example.org"] = "451 later"
    stage.cycle()
    if late < DAY:
        say(stage, "dana", "70 waiting for the contract", ask=only_ask(stage))
    stage.mail.refuse.clear()
    stage.cycle(late)
    with stage.store.read() as connection:
        left = [row for key, row in load_rows(connection).items() if key.startswith("asked/dana/")]
    assert not left
    assert not asked(stage)
