"""What people read, as a golden file for each kind of message: docs/messages/. UPDATE_MESSAGES=1 writes them anew."""

import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from connectors.contract import Markup
from sync_agent.decide import AvailableChannels, failures
from sync_agent.decide.operations import left_out, stopped, trial, unreachable
from sync_agent.model import (
    Alert,
    Channel,
    Evidence,
    Health,
    Message,
    MessageKind,
    Place,
    ProblemIssue,
    ProjectHealth,
    Role,
)
from sync_agent.model.asking import LeftOut
from sync_agent.model.telling.labels import LABEL_KINDS
from sync_agent.render import render, render_closing, render_label, respond
from tests.support.messages.agreed import AGREED
from tests.support.messages.notices import (
    ALERT,
    BASE,
    BLOCKED,
    BOARD,
    DEMO,
    FAILED,
    FORECAST,
    FOUND,
    GOAL,
    NOOR,
    NOTICES,
    NOW,
    SEVERAL,
)
from tests.support.messages.responses import REPLIES, RESPONSES
from tests.support.messages.round_notices import ROUND_NOTICES

FOLDER = Path(__file__).parents[2] / "docs" / "messages"
HUB = Place("github", "example/shop#7")


MARKS: dict[str, ProblemIssue | ProjectHealth] = {
    "problem": ProblemIssue(Place("jira", "SHOP"), GOAL.id, GOAL, (replace(ALERT, told=1),), ("SHOP-1", "SHOP-77")),
    "problem-over": ProblemIssue(Place("jira", "SHOP"), GOAL.id, GOAL),
    "project": ProjectHealth(Place("github", "example/4"), Health.OFF_TRACK, SEVERAL),
}


@cache
def rendered() -> dict[str, str]:
    files = {}
    for name, notice in {**NOTICES, **AGREED, **ROUND_NOTICES}.items():
        if notice.place is None:
            message = render(notice, DEMO, Markup.MAIL, NOW)
            files[f"{name}.txt"] = f"Subject: {message.payload.subject}\n\n{message.payload.body}"
            files[f"{name}.html"] = message.payload.html or ""
            continue
        files[f"{name}.md"] = render(notice, DEMO, Markup.MARKDOWN, NOW).payload.body
        files[f"{name}.wiki"] = render(notice, DEMO, Markup.WIKI, NOW).payload.body
        files[f"{name}.adf.json"] = render(notice, DEMO, Markup.ADF, NOW).payload.body + "\n"
    for name, mark in MARKS.items():
        for markup, ending in ((Markup.MARKDOWN, "md"), (Markup.WIKI, "wiki"), (Markup.ADF, "adf.json")):
            body = json.loads(render_label(mark, DEMO, markup).payload.body)
            heading = f"{body['title']}\n\n" if "title" in body and markup is not Markup.ADF else ""
            files[f"{name}.{ending}"] = f"{heading}{body['text'].rstrip()}\n"
    for markup, ending in ((Markup.MARKDOWN, "md"), (Markup.WIKI, "wiki"), (Markup.ADF, "adf.json")):
        closing = render_closing(render(NOTICES["status"], DEMO, markup, NOW), markup).payload.body
        files[f"status-closed.{ending}"] = f"{closing.rstrip()}\n"
    chat = render(replace(NOTICES["alert-mail"], channel=Channel.chat("team")), DEMO, Markup.CHAT, NOW)
    files["alert-chat.txt"] = f"{chat.payload.subject}\n\n{chat.payload.body}"
    for name, message in more_mails().items():
        files[f"{name}.txt"] = f"Subject: {message.payload.subject}\n\n{message.payload.body}"
        files[f"{name}.html"] = message.payload.html or ""
    return files


def more_mails() -> dict[str, Message]:
    """Those that no single notice of a goal stands for, and those that can be answered."""
    (undelivered,) = failures(FAILED, DEMO, AvailableChannels(), NOW).notices
    (gone,) = unreachable(NOOR, DEMO, AvailableChannels(), NOW)
    (unfit,) = left_out([LeftOut("form-9xw3b5c7d1fg", "check-in", "dana", GOAL.id)], DEMO, AvailableChannels(), NOW)
    why = "Every cycle since 2026-11-24 08:30 UTC has failed: the store /var/lib/sync-agent/state.db is damaged"
    (silent,) = stopped(why, DEMO, AvailableChannels(), NOW)
    return {
        "stopped-mail": render(silent, DEMO, Markup.MAIL, NOW),
        "undelivered-mail": render(undelivered, DEMO, Markup.MAIL, NOW),
        "trial-mail": render(trial(NOOR, NOW), DEMO, Markup.MAIL, NOW),
        "unreachable-mail": render(gone, DEMO, Markup.MAIL, NOW),
        "left-out-mail": render(unfit, DEMO, Markup.MAIL, NOW),
        "answerable-mail": render(NOTICES["alert-mail"], DEMO, Markup.MAIL, NOW, replies=REPLIES),
        "answerable-digest-mail": render(NOTICES["digest-leader-mail"], DEMO, Markup.MAIL, NOW, replies=REPLIES),
        **{name: respond(response, DEMO, REPLIES) for name, response in RESPONSES.items()},
    }


@pytest.mark.parametrize("name", sorted(rendered()))
def test_a_message_reads_as_shown_in_the_guide(name: str) -> None:
    if os.environ.get("UPDATE_MESSAGES"):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / name).write_text(rendered()[name])
    assert (FOLDER / name).read_text() == rendered()[name], "if the change is wanted, run with UPDATE_MESSAGES=1"


def test_nobody_is_said_to_have_been_told_who_was_not() -> None:
    """The owner reads the digest only, and it was silenced at first."""
    opened = NOW - timedelta(days=2)
    alert = replace(ALERT, fired_at=NOW - timedelta(days=5), opened_at=opened, escalated=1)
    mail = render(replace(NOTICES["escalation-mail"], alerts=(alert,)), DEMO, Markup.MAIL, NOW).payload.body
    assert "It has been open since 22 Nov 10:00 CET, and nobody has taken it on." in " ".join(mail.split())


def test_a_leader_reads_one_sentence_and_an_expert_the_evidence() -> None:
    files = rendered()
    leader = files["digest-leader-mail.txt"]
    assert leader.count("\n* ") == len(SEVERAL)
    assert "https://" not in leader
    assert "https://jira.example.org/browse/SHOP-77" in files["digest-expert-mail.txt"]


def test_who_is_not_obeyed_is_not_asked_for_a_command() -> None:
    for name in ("prompt-mail", "dependency-prompt-mail"):
        words = rendered()[f"{name}.txt"]
        assert "sync-agent ack" not in words
        assert "Tell Dana Reyes, dana@example.org, who owns this goal, or comment on SHOP-1" in " ".join(words.split())
    helper = replace(GOAL, stakeholders=("noor",))
    prompted = render(replace(NOTICES["prompt-mail"], goals=((helper, FOUND),)), DEMO, Markup.MAIL, NOW)
    assert "sync-agent ack" in prompted.payload.body


def test_a_comment_that_calls_helpers_says_who_is_obeyed() -> None:
    files = rendered()
    assert "In a comment here, from Dana Reyes or a stakeholder of the goal:" in files["alert.md"]
    assert "In a comment here:" in files["escalation.md"]
    assert "In a comment here:" in files["reminder.md"]


def test_a_mail_leads_to_where_it_can_be_answered() -> None:
    page = rendered()["alert-mail.html"]
    assert re.search(r'In a comment on <a href="https://jira.example.org/browse/SHOP-1"[^>]*>SHOP-1</a>:', page)


def test_a_text_for_programs_says_what_a_mail_says_without_its_looks() -> None:
    notice = replace(NOTICES["alert-mail"], channel=Channel.chat("hook"))
    text, mail = render(notice, DEMO, Markup.TEXT, NOW), render(NOTICES["alert-mail"], DEMO, Markup.MAIL, NOW)
    assert text.payload.body == mail.payload.body
    assert (text.payload.html, text.payload.picture, text.address) == (None, None, None)
    assert text.payload.subject == (mail.payload.subject or "").replace("[Goals] ", "Goals: ")


def test_a_first_guess_is_called_one() -> None:
    guess = replace(FORECAST, p50=None, p85=None, low_evidence=True)
    body = render(
        replace(NOTICES["alert-mail"], goals=((GOAL, replace(FOUND, forecast=guess)),)), DEMO, Markup.MAIL, NOW
    )
    assert "due date; a first guess, from little history" in " ".join(body.payload.body.split())
    assert "first guess" not in rendered()["alert-mail.txt"]


def test_a_digest_asks_the_owner_and_nobody_else() -> None:
    files = {name: " ".join(text.split()) for name, text in rendered().items()}
    owner = files["digest-owner-mail.txt"]
    assert "last check-in 6 Nov. How likely is it" in owner
    assert "How to answer" in owner
    assert "What is needed to finish or free SHOP-77" not in owner  # The alert has asked that.
    for role in ("expert", "partner", "customer"):
        assert (
            "Nothing is asked of you. Questions are for Dana Reyes, dana@example.org."
            in files[f"digest-{role}-mail.txt"]
        )
    assert "Checkout feels instant (Dana Reyes): off track" in files["digest-leader-mail.txt"]
    assert "Questions are for each goal's owner." in files["digest-leader-mail.txt"]


def test_a_leader_does_not_read_what_a_forecast_rests_on() -> None:
    said = "Search: 12 of 30 items; 80% of the period's working days are over"
    reason = Evidence(f"{said} (no forecast; too little history: 6 items in 84 days, 30 are needed)", short=said)
    goals = (SEVERAL[1], (SEVERAL[0][0], replace(SEVERAL[0][1], reasons=(reason,))))
    mails = {
        who.id: render(
            replace(NOTICES["digest-leader-mail"], person=who, goals=goals), DEMO, Markup.MAIL, NOW
        ).payload.body
        for who in (BOARD, NOOR)
    }
    assert "working days are over." in " ".join(mails["board"].split())
    assert "too little history" not in mails["board"]
    assert "too little history" in mails["noor"]


def test_a_digest_of_one_goal_says_nothing_twice() -> None:
    for role in ("owner", "expert", "partner"):
        body = rendered()[f"digest-{role}-mail.txt"].partition("\n\n")[2].partition("-- ")[0]
        assert body.count("Checkout feels instant") == 1
        assert body.count("9 Jan 2027") == 1


def test_only_those_who_forecast_read_of_a_p85() -> None:
    for name, words in rendered().items():
        if name in ("digest-leader-mail.txt", "digest-partner-mail.txt", "digest-customer-mail.txt"):
            assert "P85" not in words
    assert "P85 now 9 Jan 2027" in rendered()["digest-owner-mail.txt"]


def test_subjects_are_one_short_line() -> None:
    long = replace(GOAL, objective="x" * 5000 + "\r\nBcc: somebody@example.org")
    message = render(replace(NOTICES["alert-mail"], goals=((long, FOUND),)), DEMO, Markup.MAIL, NOW)
    assert message.payload.subject is not None
    assert len(message.payload.subject) <= 120
    assert "\n" not in message.payload.subject


def test_an_unknown_goal_says_since_when() -> None:
    unknown = replace(
        FOUND, health=Health.UNKNOWN, unknown_since=NOW - timedelta(hours=2), progress=None, forecast=None, causes=()
    )
    body = render(replace(BASE, goals=((GOAL, unknown),)), DEMO, Markup.MARKDOWN, NOW).payload.body
    assert "Unknown since 24 Nov 08:00 CET" in body


def test_the_guide_shows_a_message_of_every_kind_and_a_digest_for_every_role() -> None:
    guide = (FOLDER / "README.md").read_text()
    every = {*NOTICES, *AGREED, *ROUND_NOTICES, *MARKS, *more_mails(), "alert-chat"}
    assert {name for name in every if f"({name}." in guide} == every
    without_words = {*LABEL_KINDS, MessageKind.REPLY}
    assert {notice.kind for notice in {**NOTICES, **AGREED, **ROUND_NOTICES}.values()} == set(
        MessageKind
    ) - without_words
    digests = {n.person.role for n in NOTICES.values() if n.kind is MessageKind.DIGEST and n.person}
    assert digests == set(Role) - {Role.IT_OPS}


def test_no_message_shouts() -> None:
    for name, text in rendered().items():
        if name.endswith((".txt", ".md")):
            assert "!" not in text, name
            assert text.isascii() or not re.search(r"[\U0001f000-\U0001ffff\u2600-\u27bf]", text), name


def many(count: int, title: str = "[*]_{}" * 15) -> tuple[Alert, ...]:
    """Findings about as many items, each of which holds up twenty others."""

    def fact(key: str) -> Evidence:
        return Evidence(f"{key} {title}: blocked since 16 Nov", key, f"https://jira.example.org/browse/{key}")

    def one(number: int) -> Alert:
        key = f"SHOP-{number + 100}"
        evidence = tuple(fact(f"SHOP-{1000 + number * 20 + each}") for each in range(20))
        signal = replace(BLOCKED, subject=key, headline=f"blocked 6 working days by {key}", evidence=evidence)
        return replace(ALERT, subject=key, signal=signal)

    return tuple(one(number) for number in range(count))


@pytest.mark.parametrize("name", ["status", "alert", "reminder", "escalation", "resolved"])
@pytest.mark.parametrize("markup", [Markup.WIKI, Markup.ADF, Markup.MARKDOWN])
def test_a_comment_is_never_longer_than_a_tracker_takes(name: str, markup: Markup) -> None:
    """32,767 characters on Jira, 65,536 on GitHub; what is longer would be refused for good."""
    found = replace(FOUND, signals=tuple(alert.signal for alert in many(300)))
    body = render(replace(NOTICES[name], goals=((GOAL, found),), alerts=many(300)), DEMO, markup, NOW).payload.body
    assert len(body) < 32_767


def test_what_is_told_beyond_the_first_findings_is_told_in_a_line_each() -> None:
    body = render(replace(NOTICES["alert-mail"], alerts=many(40)), DEMO, Markup.MAIL, NOW).payload.body
    assert all(f"locked 6 working days by SHOP-{number}" in body for number in range(100, 140))
    body = render(replace(NOTICES["resolved-mail"], alerts=many(40)), DEMO, Markup.MAIL, NOW).payload.body
    assert all(f"o longer blocked by SHOP-{number} " in body for number in range(100, 140))


def test_what_was_beyond_the_daily_limit_is_told_whole() -> None:
    body = render(replace(NOTICES["gathered-mail"], alerts=many(40)), DEMO, Markup.MAIL, NOW).payload.body
    assert all(f"blocked 6 working days by SHOP-{number}" in " ".join(body.split()) for number in range(100, 140))


class _Tags(HTMLParser):
    """Notes tags that are open, and whether one was closed that was not the last."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.crossed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"br", "img", "meta", "hr", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.crossed = self.crossed or not self.open or self.open.pop() != tag


def _well_formed(html: str) -> bool:
    tags = _Tags()
    tags.feed(html)
    return not tags.open and not tags.crossed


@pytest.mark.parametrize("title", ["x" * 90, "\u76ee\u6a19" * 150, "\U0001f469\u200d\U0001f467" * 150, "<b>&\"'" * 60])
@pytest.mark.parametrize("person", ["digest-owner-mail", "digest-expert-mail", "digest-leader-mail"])
def test_no_digest_is_so_large_that_mail_programs_cut_it(person: str, title: str) -> None:
    goal, found = NOTICES["digest-expert-mail"].goals[0]
    many = tuple((replace(goal, id=f"goal-{n}", objective=f"Goal {n} {title}"), found) for n in range(2000))
    made = render(replace(NOTICES[person], goals=many), DEMO, Markup.MAIL, NOW).payload
    assert len((made.html or "").encode()) <= 100_000
    assert len(made.body.encode()) <= 100_000
    assert "2,000 goals" in made.body
    assert _well_formed(made.html or "")
