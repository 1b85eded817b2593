"""The mail server is down for two days: what is over by then is not told, and the rest as it is then."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.model import Acknowledgement, Silence, Target
from sync_agent.sandbox.core import Fault
from sync_agent.store import Store
from sync_agent.store.memory.state import acknowledge, save_silence
from sync_agent.store.outbox.rows import load_rows
from tests.support.theatre import REPOSITORY, TOKENS, Theatre, theatre

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOOR, DANA, BOARD = "noor@example.org", "dana@example.org", "board@example.org"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    """Told of everything, on Tuesday morning; people are told at any hour."""
    with theatre(tmp_path) as found:
        path = found.directory / "sync-agent.yaml"
        path.write_text("working_hours: always\n" + path.read_text().replace("mon 09:00", "daily 09:00"))
        found.reload()
        found.cycle()
        found.cycle(DAY)
        found.mail.messages.clear()
        yield found


def block(stage: Theatre) -> None:
    at = stage.clock.now() - 9 * DAY
    stage.jira_state.edit("SHOP-8", at=at, by="noor", status="In Progress", assignee="noor", flagged=True)


def solve(stage: Theatre) -> None:
    stage.jira_state.edit("SHOP-8", at=stage.clock.now(), by="noor", flagged=False)


def cycles(stage: Theatre, hours: int, every: int = 3) -> None:
    for _ in range(0, hours, every):
        stage.cycle(every * HOUR)


def subjects(stage: Theatre, address: str) -> list[str]:
    return [str(mail["Subject"]) for mail in stage.mails_to(address)]


def text(mail: EmailMessage) -> str:
    plain = mail.get_body(("plain",))
    assert plain
    return " ".join(plain.get_content().split())


def alerts(found: list[str]) -> list[str]:
    return [each for each in found if "SHOP-8" in each or "Resolved" in each or "Can you help" in each]


def keys(stage: Theatre) -> set[str]:
    with stage.store.read() as connection:
        return set(load_rows(connection))


def test_what_was_solved_while_mail_was_down_is_told_to_nobody_and_nobody_is_asked_to_help(stage: Theatre) -> None:
    with stage.mail.down():
        block(stage)
        cycles(stage, 30)
        assert any(key.startswith("prompt/checkout/") for key in keys(stage))
        solve(stage)
        cycles(stage, 18)
    cycles(stage, 12)
    for address in (DANA, NOOR, BOARD):
        assert alerts(subjects(stage, address)) == []
    comments = " ".join(stage.comments("SHOP-1"))
    assert "SHOP-8" in comments, "the comments had left, and so does their end"
    assert "Resolved" in comments
    assert len(stage.mails_to(BOARD)) == 1, "the newest digest alone"
    with stage.store.read() as connection:
        assert {row.state.value for row in load_rows(connection).values()} == {"delivered"}


def test_what_is_still_open_is_told_once_and_as_it_is_when_mail_works_again(stage: Theatre) -> None:
    with stage.mail.down():
        block(stage)
        cycles(stage, 48)
    begun = stage.clock.now()
    stage.cycle(HOUR / 4)
    (found,) = alerts(subjects(stage, NOOR))
    assert "Can you help" in found
    (mail,) = (each for each in stage.mails_to(NOOR) if "Can you help" in str(each["Subject"]))
    assert "blocked 9 working days" in found, "7 when it was decided"
    assert mail["Date"].datetime >= begun - HOUR
    cycles(stage, 24)
    assert len(alerts(subjects(stage, NOOR))) == 1
    assert stage.mails_to(BOARD)
    solve(stage)
    cycles(stage, 24)
    assert any("Resolved" in subject for subject in subjects(stage, NOOR)), "who was told of it hears of its end"


def test_a_mail_that_may_have_arrived_stays_as_it_was_and_its_end_follows(stage: Theatre) -> None:
    answers: list[str | None] = [None]

    def lost(_mail: EmailMessage) -> str | None:
        return answers.pop() if answers else "250 OK"

    block(stage)
    cycles(stage, 21)
    stage.mail.after = lost
    stage.cycle(3 * HOUR)
    first = stage.mail.messages[0]
    assert "SHOP-8" in str(first["Subject"])
    with stage.mail.down():
        solve(stage)
        cycles(stage, 24)
    cycles(stage, 24)
    same = [mail for mail in stage.mails_to(str(first["To"])) if mail["Message-ID"] == first["Message-ID"]]
    assert len({str(mail["Date"]) for mail in same}) == 1
    assert len({text(mail) for mail in same}) == 1
    told = alerts(subjects(stage, str(first["To"])))
    assert "Resolved" in told[-1]
    assert "Resolved" not in " ".join(told[:-1])


def test_nobody_is_asked_for_help_once_somebody_works_on_it(stage: Theatre) -> None:
    with stage.mail.down():
        block(stage)
        cycles(stage, 24)
        with stage.store.begin() as connection:
            acknowledge(connection, Acknowledgement(Target("checkout"), "dana", stage.clock.now()))
        cycles(stage, 24)
    cycles(stage, 24)
    assert alerts(subjects(stage, NOOR)) == []


def test_what_was_silenced_while_mail_was_down_is_told_when_the_silence_ends(stage: Theatre) -> None:
    path = stage.directory / "sync-agent.yaml"
    path.write_text(path.read_text().replace("channels:", "channels:\n  comments: false"))
    stage.reload()
    with stage.mail.down():
        block(stage)
        cycles(stage, 24)
        at = stage.clock.now()
        with stage.store.begin() as connection:
            save_silence(connection, Silence("checkout-all", Target("checkout"), "dana", "moving", at, at + 2 * DAY))
        cycles(stage, 12)
    cycles(stage, 24)
    assert alerts(subjects(stage, NOOR)) == []
    cycles(stage, 24)
    assert len(alerts(subjects(stage, NOOR))) == 1


def test_a_restart_in_the_middle_changes_nothing(stage: Theatre) -> None:
    with stage.mail.down():
        block(stage)
        cycles(stage, 30)
        stage.store.close()
        stage.store = Store.open(stage.settings.store)
        solve(stage)
        cycles(stage, 18)
    cycles(stage, 12)
    assert alerts(subjects(stage, NOOR)) == []


def test_a_tracker_that_takes_no_comments_for_two_days_hears_nothing_of_what_is_over(stage: Theatre) -> None:
    stage.jira.faults.add(Fault(path="/comment", status=401))
    block(stage)
    cycles(stage, 30)
    solve(stage)
    cycles(stage, 18)
    stage.jira.faults.clear()
    cycles(stage, 12)
    found = stage.comments("SHOP-1")
    assert not any("Resolved" in comment for comment in found)
    assert len(found) == 1, "the status alone"
    asked = ["--config", str(stage.directory), "explain", "checkout", "--person", "dana"]
    said = CliRunner().invoke(main, asked, env=TOKENS, catch_exceptions=False).output
    assert "blocked SHOP-8: did not tell noor and dana on jira SHOP-1: could not be sent in time" in said


@pytest.fixture
def busy(stage: Theatre) -> Theatre:
    """Noor gets one mail a day."""
    path = stage.directory / "sync-agent.yaml"
    path.write_text(path.read_text().replace("name: Noor Haddad,", "name: Noor Haddad, daily_limit: 1,"))
    stage.reload()
    return stage


def block_both(stage: Theatre) -> None:
    block(stage)
    at = stage.clock.now() - 9 * DAY
    stage.github_state.edit(REPOSITORY, 8, at=at, by="noor", assignee="noor", labels=["blocked"])


def solve_both(stage: Theatre) -> None:
    solve(stage)
    stage.github_state.edit(REPOSITORY, 8, at=stage.clock.now(), by="noor", labels=[])


def told(stage: Theatre) -> str:
    return " ".join(map(text, stage.mails_to(NOOR)))


def test_of_what_was_gathered_and_never_left_no_end_is_told(busy: Theatre) -> None:
    block_both(busy)
    cycles(busy, 24, every=6)
    assert len(subjects(busy, NOOR)) == 1
    with busy.mail.down():
        cycles(busy, 24)
        solve_both(busy)
        cycles(busy, 12)
    cycles(busy, 48, every=6)
    resolved, *more = (each for each in subjects(busy, NOOR) if "no longer blocked" in each)
    assert ("Resolved" in resolved, more) == (True, []), "of the one that was told"
    assert "what came on top" not in told(busy)


def test_an_end_that_was_gathered_comes_though_the_mailbox_was_full(busy: Theatre) -> None:
    block_both(busy)
    cycles(busy, 48, every=6)
    assert "what came on top" in told(busy)
    busy.mail.messages.clear()
    solve_both(busy)
    cycles(busy, 12, every=6)
    busy.mail.refuse[NOOR] = "452 mailbox full"
    cycles(busy, 24, every=6)
    busy.mail.refuse.clear()
    cycles(busy, 24, every=6)
    assert "Checkout feels instant: SHOP-8 is no longer blocked" in told(busy)
    assert "Search finds the book: acme/shop#8 is no longer blocked" in told(busy)
