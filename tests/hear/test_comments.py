"""People answer in comments: through real HTTP on Jira Cloud, Jira Data Center and GitHub."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sync_agent.cli import main
from sync_agent.hear import comments
from sync_agent.model import MessageKind
from sync_agent.model.asking import Answer, Known
from sync_agent.render import say_reason
from sync_agent.sandbox.core import Fault
from sync_agent.sandbox.jira.state import stamp
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers
from sync_agent.store.memory.state import load_acknowledgements, load_decisions, load_silences
from tests.support.theatre import GOALS, REPOSITORY, TOKENS, Theatre, theatre, words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass
class Room:
    """A goal on one tracker whose work has been stuck for nine days; people were told of it."""

    stage: Theatre
    goal: str
    kind: str

    def say(self, text: str, by: str = "dana") -> dict[str, Any]:
        """Somebody comments where the goal reports."""
        stage, now = self.stage, self.stage.clock.now()
        if self.kind == "github":
            return stage.github_state.comment(REPOSITORY, 1, text, at=now, by=by)
        body = document(text) if self.kind == "cloud" else text
        return stage.jira_state.comment("SHOP-1", body, at=now, by=by)

    def status(self) -> str:
        """The newest text of the status comment."""
        written = [raw["body"] for raw in self.stage.github_state.repositories[REPOSITORY][1].comments]
        texts = written if self.kind == "github" else self.stage.comments("SHOP-1")
        return next(text for text in texts if "Key results" in text).replace("\\", "")

    def reads(self) -> int:
        """How often the last cycle asked for comments."""
        exchanges = [*self.stage.jira.journal.exchanges, *self.stage.github.journal.exchanges]
        return sum(1 for each in exchanges if each.method == "GET" and "comment" in each.path)

    def told(self, later: timedelta) -> list[MessageKind]:
        """What people are told by the next cycle."""
        return [message.kind for message in self.stage.cycle(later).delivery.delivered if not message.edits]

    def log(self) -> list[str]:
        """What became of the commands."""
        with self.stage.store.read() as connection:
            return [say_reason(d.reason) for d in load_decisions(connection, self.goal) if d.kind == "command"]


def document(text: str, kind: str = "paragraph") -> dict[str, Any]:
    inner: dict[str, Any] = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    block = inner if kind == "paragraph" else {"type": kind, "content": [inner]}
    return {"type": "doc", "version": 1, "content": [block]}


@pytest.fixture(params=["cloud", "server", "github"])
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Room]:
    """Dana owns the goal, wherever it reports."""
    goals = GOALS.replace("owner: noor", "owner: dana")
    kind = "cloud" if request.param == "github" else request.param
    with theatre(tmp_path, kind=kind, goals=goals) as stage:
        week_ago = stage.clock.now() - 9 * DAY
        if request.param == "github":
            stage.github_state.edit(REPOSITORY, 7, at=week_ago, by="noor", assignee="noor", labels=["blocked"])
        else:
            stage.jira_state.edit("SHOP-8", at=week_ago, by="noor", status="Blocked", assignee="noor")
        stage.cycle()
        stage.cycle(MINUTE)
        yield Room(stage, "search" if request.param == "github" else "checkout", request.param)


def test_an_acknowledgement_ends_the_reminders_and_the_status_confirms_it(room: Room) -> None:
    comment = room.say("sync-agent ack waiting for the *contract*\nand for nothing else")
    room.stage.cycle(MINUTE)
    assert "Acknowledged by Dana Reyes on 5 Oct" in room.status()
    assert "contract" in room.status()
    assert "nothing else" not in room.status()
    with room.stage.store.read() as connection:
        assert {a.by for a in load_acknowledgements(connection)} == {"dana"}
    assert comment["id"]
    assert MessageKind.REMINDER not in room.told(9 * DAY)


def test_whoever_acknowledges_all_that_is_open_says_one_thing(room: Room) -> None:
    stage, now = room.stage, room.stage.clock.now()
    stage.github_state.edit(REPOSITORY, 8, at=now, by="noor", assignee="noor", labels=["blocked"])
    stage.jira_state.edit("SHOP-9", at=now, by="noor", status="Blocked", assignee="noor")
    for later in (4 * DAY, MINUTE):
        stage.cycle(later)
    room.say("sync-agent ack waiting for the contract")
    stage.cycle(MINUTE)
    with stage.store.read() as connection:
        assert len(load_acknowledgements(connection)) == 2
    assert room.status().count("Acknowledged by") == 1
    asked = ["--config", str(stage.directory), "explain", room.goal]
    told = CliRunner().invoke(main, asked, env=TOKENS, catch_exceptions=False).output
    (line,) = (each for each in told.splitlines() if each.startswith("acknowledged by"))
    assert line.count("working days") == 2


def test_without_an_acknowledgement_there_is_a_reminder(room: Room) -> None:
    room.say("Acknowledged, I will have a look")
    room.stage.cycle(MINUTE)
    assert MessageKind.REMINDER in room.told(9 * DAY)
    assert room.log() == []


def test_an_acknowledgement_until_a_day_ends_with_it(room: Room) -> None:
    room.say("sync-agent ack until 2026-10-12 back from holidays then")
    room.stage.cycle(MINUTE)
    assert "No reminders until 13 Oct 00:00 UTC" in room.status()
    assert MessageKind.REMINDER not in room.told(6 * DAY)
    assert MessageKind.REMINDER in room.told(3 * DAY)


def test_a_silence_is_kept_shown_and_ended_by_comment(room: Room) -> None:
    room.say("sync-agent silence 3d we are moving")
    room.stage.cycle(MINUTE)
    assert "Silent until 8 Oct" in room.status()
    assert "as Dana Reyes asked: we are moving" in room.status()
    room.stage.clock.advance(HOUR)
    room.say("sync-agent silence end")
    room.stage.cycle(MINUTE)
    assert "Silent" not in room.status()
    with room.stage.store.read() as connection:
        assert load_silences(connection, room.stage.clock.now()) == ()


@pytest.mark.parametrize("who", ["noor", "stranger"])
def test_who_may_not_is_refused_in_the_log_only(room: Room, who: str) -> None:
    room.stage.jira_state.add_user(who, "Dana Reyes")
    room.stage.github_state.add_user(who, name="Dana Reyes")
    before = room.status()
    room.say("sync-agent silence 3d because I say so", by=who)
    room.stage.cycle(MINUTE)
    assert room.status() == before
    (line,) = room.log()
    assert f"the account '{who}' belongs to nobody who may" in line


def test_each_command_is_obeyed_once(room: Room) -> None:
    room.say("sync-agent silence 3d we are moving")
    room.stage.cycle(MINUTE)
    room.stage.clock.advance(HOUR)
    room.say("sync-agent silence end")
    for _ in range(3):
        room.stage.cycle(MINUTE)
        room.say("So be it")
    assert [line.split(" until")[0] for line in room.log()] == ["silenced by dana", "silence ended by dana"]


def test_a_command_that_is_wrong_is_explained_in_the_log_and_the_status(room: Room) -> None:
    room.say("sync-agent shut up")
    room.stage.cycle(MINUTE)
    assert "there is no such command" in room.log()[0]
    refused = "Not done, as Dana Reyes asked on 5 Oct"
    assert f"{refused} 09:01 UTC: there is no such command; write sync-agent ack" in room.status()
    room.stage.clock.advance(HOUR)
    room.say("sync-agent silence 3d we are moving")
    room.stage.cycle(MINUTE)
    assert refused not in room.status()
    room.stage.clock.advance(HOUR)
    room.say("sync-agent silence")
    room.stage.cycle(MINUTE)
    assert "Not done, as Dana Reyes asked on 5 Oct 11:03 UTC: say how long" in room.status()
    room.stage.cycle(8 * DAY)
    assert refused not in room.status()


def test_what_is_done_of_one_goal_is_refused_of_none(tmp_path: Path) -> None:
    """Both report on the same issue, and only one of them has trouble that can be taken on."""
    both = GOALS.replace("owner: noor", "owner: dana").replace(
        f'{{source: github, issue: "{REPOSITORY}#1"}}', "{source: jira, issue: SHOP-1}"
    )
    with theatre(tmp_path, goals=both) as stage:
        stage.jira_state.edit("SHOP-8", at=stage.clock.now() - 9 * DAY, by="noor", status="Blocked", assignee="noor")
        stage.cycle()
        stage.cycle(MINUTE)
        room = Room(stage, "search", "cloud")
        room.say("sync-agent ack on it")
        stage.cycle(MINUTE)
        assert "nothing was open" in room.log()[0]
        assert not any("Not done" in text for text in stage.comments("SHOP-1"))
        room.say("sync-agent ack search on it")
        stage.cycle(MINUTE)
        assert sum("Not done" in text for text in stage.comments("SHOP-1")) == 1


def test_the_agents_own_words_are_no_command(room: Room) -> None:
    room.say("sync-agent silence 3d I am the agent", by="bot")
    room.stage.cycle(MINUTE)
    assert room.log() == []


def test_a_comment_that_somebody_else_changed_is_not_obeyed(room: Room) -> None:
    comment = room.say("I will have a look")
    comment["body"] = document("sync-agent silence 3d no") if room.kind == "cloud" else "sync-agent silence 3d no"
    if room.kind == "github":
        comment["updated_at"] = "2026-10-05T09:03:00Z"
    else:
        comment |= {"updateAuthor": room.stage.jira_state.users["noor"], "updated": "2026-10-05T09:03:00.000+0000"}
    room.stage.cycle(MINUTE)
    (line,) = room.log()
    assert "the comment was edited" in line


def test_who_writes_without_an_account_is_nobody(room: Room) -> None:
    """Not even somebody of whom no account is known: operations have none at these trackers."""
    comment = room.say("sync-agent silence 3d no")
    comment |= {"author": {"displayName": "Anonymous", "active": False}, "user": {"type": "Mannequin"}}
    room.stage.cycle(MINUTE)
    with room.stage.store.read() as connection:
        assert not load_silences(connection, room.stage.clock.now())


@pytest.mark.parametrize("room", ["cloud", "server"], indirect=True)
def test_a_server_that_ignores_the_order_loses_no_command(room: Room) -> None:
    state, now = room.stage.jira_state, room.stage.clock.now()
    state.limits.ordered = False
    comments = state.comments[state.issue("SHOP-1")["id"]]
    ours = len(comments)
    for number in range(150):
        raw = room.say(f"Of old: {number}", by="noor")
        raw["created"] = raw["updated"] = stamp(now - 30 * DAY + number * MINUTE)
    comments[:] = [*comments[ours:], *comments[:ours]]
    room.stage.cycle(HOUR)
    room.say("sync-agent ack waiting for the contract")
    room.stage.cycle(HOUR)
    assert "Acknowledged by Dana Reyes on 5 Oct" in room.status()
    assert len(comments) == ours + 151, "and the agent finds its own again"


def test_comments_are_read_only_where_something_happened(room: Room) -> None:
    room.stage.cycle(HOUR)
    room.stage.cycle(HOUR)
    assert room.reads() == 0
    room.say("Just talk")
    room.stage.cycle(HOUR)
    assert room.reads() == 1
    room.stage.cycle(HOUR)
    assert room.reads() == 0


def test_comments_that_cannot_be_read_are_heard_later(room: Room) -> None:
    room.say("sync-agent ack on it")
    sandbox = room.stage.github if room.kind == "github" else room.stage.jira
    sandbox.faults.add(Fault(path="/comments" if room.kind == "github" else "/comment", method="GET", status=500))
    room.stage.cycle(MINUTE)
    assert room.log() == []
    sandbox.faults.clear()
    room.stage.cycle(MINUTE)
    assert [line[:20] for line in room.log()] == ["acknowledged by dana"]


def test_a_command_in_a_quotation_is_not_ones_own(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.cycle()
        quoted = document("sync-agent silence 3d quoted", "blockquote")
        stage.jira_state.comment("SHOP-1", quoted, at=stage.clock.now(), by="dana")
        stage.cycle(MINUTE)
        assert "Silent" not in words(stage.comments("SHOP-1")[0])
        assert Room(stage, "checkout", "cloud").log() == []


def answers(room: Room) -> list[Answer]:
    """What was understood of comments."""
    with room.stage.store.read() as connection:
        return list(load_answers(connection))


def test_a_check_in_in_a_comment_is_heard_whole_and_the_status_confirms_it(room: Room) -> None:
    room.say("It goes on.\n\nsync-agent checkin 70 waiting for the contract\nThe vendor has promised it.")
    room.stage.cycle(MINUTE)
    (answer,) = answers(room)
    assert answer.values == {"confidence": 70.0, "note": "waiting for the contract\nThe vendor has promised it."}
    assert (answer.person, answer.known) == ("dana", Known.ACCOUNT)
    assert "Heard from Dana Reyes on 5 Oct 09:01 UTC: “70 waiting for the contract The vendor" in room.status()
    room.stage.cycle(MINUTE)
    assert len(answers(room)) == 1


def test_what_is_not_understood_is_answered_once_in_the_status(room: Room) -> None:
    room.say("sync-agent checkin eighty")
    room.stage.cycle(MINUTE)
    assert not answers(room)
    assert "Not done, as Dana Reyes asked" in room.status()
    assert "Confidence: “eighty” should be a number; right would be" in room.status()
    room.say("sync-agent checkin 80")
    room.stage.cycle(MINUTE)
    assert "Not done" not in room.status()
    assert answers(room)[0].values == {"confidence": 80.0}


def test_an_answer_in_a_quotation_or_of_a_stranger_is_none(room: Room) -> None:
    room.say("sync-agent checkin 20 we are late", by="noor")
    if room.kind == "cloud":
        stage = room.stage
        stage.jira_state.comment(
            "SHOP-1", document("sync-agent checkin 10", "blockquote"), at=stage.clock.now(), by="dana"
        )
    else:
        room.say("> sync-agent checkin 10" if room.kind == "github" else "{quote}\nsync-agent checkin 10\n{quote}")
    room.stage.cycle(MINUTE)
    assert not answers(room)


def test_a_comment_that_its_author_edits_on_jira_counts_and_on_github_a_new_one_is_wanted(room: Room) -> None:
    comment = room.say("sync-agent checkin 70")
    room.stage.cycle(MINUTE)
    edited, stage = "sync-agent checkin 40 the vendor is late", room.stage
    comment["body"] = document(edited) if room.kind == "cloud" else edited
    if room.kind == "github":
        comment["updated_at"] = "2026-10-05T09:03:00Z"
    else:
        comment |= {"updateAuthor": stage.jira_state.users["dana"], "updated": "2026-10-05T09:03:00.000+0000"}
    room.say("Any other comment")
    stage.cycle(HOUR)
    expected = [70.0] if room.kind == "github" else [70.0, 40.0]
    assert [answer.values["confidence"] for answer in answers(room)] == expected


def test_no_answer_is_lost_while_nothing_can_be_understood(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.say("sync-agent checkin 70 waiting for the contract")
    with monkeypatch.context() as patch:
        patch.setattr(comments, "recall", lambda *_args: {}["confidence"])
        room.stage.cycle(HOUR)
    room.stage.cycle(HOUR)
    with room.stage.store.read() as connection:
        (answer,) = load_answers(connection)
    assert answer.values["confidence"] == 70


def reactions(room: Room, comment: dict[str, Any]) -> list[tuple[str, str]]:
    return list(room.stage.github_state.reactions.get(int(comment["id"]), {}))


def test_a_comment_shows_that_it_was_heard_where_the_tracker_can(room: Room) -> None:
    """On GitHub; on a Jira the status alone confirms it."""
    said, unclear = room.say("sync-agent checkin 70"), room.say("sync-agent checkin eighty")
    chat, stranger = (
        room.say("Good morning."),
        room.say("sync-agent checkin 20", by="noor"),
    )
    for _ in range(2):
        room.stage.cycle(MINUTE)
    hub = room.kind == "github"
    assert reactions(room, said) == ([("bot", "+1")] if hub else [])
    assert reactions(room, unclear) == ([("bot", "confused")] if hub else [])
    assert reactions(room, chat) == []
    assert not any("/reactions" in each.path for each in room.stage.github.journal.exchanges), "done before"
    assert reactions(room, stranger) == ([("bot", "confused")] if hub else [])


@pytest.mark.parametrize("room", ["github"], indirect=True)
@pytest.mark.parametrize("status", [403, 404, 422])
def test_without_the_permission_there_is_no_reaction_and_nothing_else_is_missing(room: Room, status: int) -> None:
    room.stage.github.faults.add(Fault(status=status, path="/reactions"))
    said = room.say("sync-agent checkin 70")
    report = room.stage.cycle(MINUTE)
    assert "Heard from Dana Reyes" in room.status()
    assert (reactions(room, said), report.delivery.dead) == ([], ())
    room.stage.cycle(MINUTE)
    assert not any("/reactions" in each.path for each in room.stage.github.journal.exchanges), "it is not tried again"
    assert not [mail for mail in room.stage.mails_to("ops@example.org") if "delivered" in mail["Subject"]]


@pytest.mark.parametrize("room", ["github"], indirect=True)
def test_a_reaction_that_a_server_owes_is_made_later(room: Room) -> None:
    room.stage.github.faults.add(Fault(status=502, path="/reactions"))
    said = room.say("sync-agent checkin 70")
    room.stage.cycle(MINUTE)
    room.stage.github.faults.clear()
    for _ in range(3):
        room.stage.cycle(HOUR)
    assert reactions(room, said) == [("bot", "+1")]


def lose_store(stage: Theatre) -> None:
    stage.store.close()
    stage.store = Store.open(f"sqlite:///{stage.directory / 'new.db'}")


def edit(room: Room, comment: dict[str, Any], text: str) -> None:
    """Somebody edits a comment on GitHub, after a while."""
    room.stage.clock.advance(HOUR)
    comment |= {"body": text, "updated_at": f"{room.stage.clock.now():%Y-%m-%dT%H:%M:%SZ}"}
    room.say("Any other comment")


@pytest.mark.parametrize("room", ["github"], indirect=True)
def test_an_edit_of_what_was_heard_is_said_where_people_look_and_the_reaction_says_what_holds(room: Room) -> None:
    comment = room.say("sync-agent checkin 70")
    room.stage.cycle(MINUTE)
    heard = [("bot", "+1")]
    assert reactions(room, comment) == heard
    for text, shown in (
        ("sync-agent checkin 40", [("bot", "confused")]),
        ("sync-agent checkin 70\n\n> we shall see", heard),
        ("sync-agent checkin 30", [("bot", "confused")]),
    ):
        edit(room, comment, text)
        room.stage.cycle(MINUTE)
        assert (text, reactions(room, comment)) == (text, shown)
    assert "Not done, as Dana Reyes asked on 5 Oct 09:01 UTC: the comment was edited" in room.status()
    assert [answer.values["confidence"] for answer in answers(room)] == [70.0]


@pytest.mark.parametrize("room", ["github"], indirect=True)
def test_after_a_lost_store_an_edited_comment_has_no_thumb_any_more(room: Room) -> None:
    comment = room.say("sync-agent checkin 70")
    room.stage.cycle(MINUTE)
    edit(room, comment, "sync-agent checkin 40")
    lose_store(room.stage)
    for _ in range(2):
        room.stage.cycle(HOUR)
    assert not answers(room)
    assert reactions(room, comment) == [("bot", "confused")]


def test_two_answers_of_one_instant_count_in_the_order_of_their_comments_also_after_a_lost_store(room: Room) -> None:
    said = "sync-agent checkin 10\n\nsync-agent checkin 20"
    for text in ("sync-agent checkin 30", said):
        room.say(text) if room.kind != "cloud" else room.say(text.split("\n")[0])
    room.stage.cycle(MINUTE)
    before = answers(room)
    lose_store(room.stage)
    room.stage.cycle(MINUTE)
    room.stage.cycle(MINUTE)
    assert [answer.values["confidence"] for answer in before] == ([30, 10] if room.kind == "cloud" else [30, 10, 20])
    assert answers(room) == before


def test_a_comment_of_a_tracker_whose_clock_is_ahead_was_written_now(room: Room) -> None:
    stage = room.stage
    stage.clock.advance(HOUR)
    room.say("sync-agent checkin 70")
    stage.clock.advance(-HOUR)
    stage.cycle(MINUTE)
    assert [answer.at for answer in answers(room)] == [stage.clock.now()]
