"""What people read, as a golden file for each kind of message: docs/messages/. UPDATE_MESSAGES=1 writes them anew."""

import json
import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from connectors.contract import Markup
from sync_agent.decide import Options, failures
from sync_agent.model import (
    Acknowledgement,
    Alert,
    AlertState,
    Assessment,
    Cause,
    CauseKind,
    DeliveryProblem,
    EscalationStep,
    Evidence,
    Forecast,
    Goal,
    Health,
    HttpKpi,
    KeyResult,
    KeyResultState,
    KpiStep,
    MessageKind,
    Notice,
    Organisation,
    Period,
    Person,
    Place,
    Problem,
    ProjectMark,
    Reading,
    Reason,
    ReasonKind,
    Record,
    Refusal,
    Role,
    Rules,
    Severity,
    Signal,
    SignalKind,
    Silence,
    SourceState,
    Target,
    Threshold,
    Trouble,
    Undelivered,
)
from sync_agent.render import render, render_mark
from sync_agent.web import Snapshot, status_page

FOLDER = Path(__file__).parents[2] / "docs" / "messages"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DANA = Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org", {"jira": "dana", "github": "dana"}, "Europe/Berlin")
NOOR = Person("noor", "Noor Haddad", Role.TECHNICAL_EXPERT, "noor@example.org", {"jira": "noor"})
BOARD = Person("board", "The board", Role.SENIOR_LEADER, "board@example.org")
OPS = Person("ops", "Operations", Role.IT_OPS, "ops@example.org")
PARTNER = Person("partner", "Payments partner", Role.BUSINESS_PARTNER, "partner@example.org")
READERS = Person("readers", "Reader council", Role.CUSTOMER_REPRESENTATIVE, "readers@example.org")
TOMAS = Person("tomas", "Tomas Berg", Role.OWNER, "tomas@example.org", {"jira": "tomas"})
PLACE = Place("jira", "SHOP-1")
HUB = Place("github", "example/shop#7")
GOAL = Goal(
    id="fast-checkout",
    objective="Checkout feels instant",
    owner="dana",
    period=Period(date(2026, 10, 1), date(2026, 12, 18)),
    key_results=(KeyResult("flow", "New flow shipped"),),
    report_on=(PLACE,),
)
SEARCH = replace(GOAL, id="search", objective="Search finds the book", owner="noor")
ESCALATING = replace(GOAL, rules=Rules(escalation=(EscalationStep(3, ("noor",)),)))
DEMO = Organisation(
    "Example Shop (demo)", (GOAL, SEARCH), {p.id: p for p in (DANA, NOOR, BOARD, OPS, TOMAS)}, "Europe/Berlin"
)
FORECAST = Forecast(
    date(2026, 12, 21),
    date(2027, 1, 9),
    0.35,
    "10,000 runs from 60 items the team finished in 90 days",
    record=Record(41, 35, 33),
)
STATE = KeyResultState("flow", "New flow shipped", 0.42, 17, 40, "points", "17 of 40 points", FORECAST)
ITEM = Evidence(
    "SHOP-77 Payment contract: In Progress, assigned to Noor Haddad",
    "SHOP-77",
    "https://jira.example.org/browse/SHOP-77",
)
BLOCKED = Signal(
    goal="fast-checkout",
    kind=SignalKind.BLOCKED,
    subject="SHOP-77",
    severity=Severity.ALERT,
    headline="blocked 6 working days by SHOP-77",
    since=NOW - timedelta(days=8),
    evidence=(
        ITEM,
        Evidence(
            "SHOP-81 Save the card: blocked by SHOP-77 since 16 Nov, assigned to Dana Reyes",
            "SHOP-81",
            "https://jira.example.org/browse/SHOP-81",
        ),
    ),
    questions=("What is needed to finish or free SHOP-77, and by when will it be there?",),
    people=(("jira", "noor"),),
)
REASON = Evidence("New flow shipped: 17 of 40 points; 35% likely that 80% is done by 18 Dec")
CAUSES = (
    Cause(CauseKind.BLOCKED, "3 items blocked for 24 days together (SHOP-77)", 14),
    Cause(CauseKind.ADDED, "6 open items added since 1 Oct", 7),
)
FOUND = Assessment(
    "fast-checkout", NOW, Health.OFF_TRACK, 0.42, 0.68, FORECAST, (STATE,), (BLOCKED,), (REASON,), causes=CAUSES
)
TOLD = Reading("dana", 1, NOW - timedelta(days=5), ("email",))
ALERT = Alert(
    "fast-checkout", SignalKind.BLOCKED, "SHOP-77", AlertState.FIRING, Severity.ALERT, BLOCKED, NOW, NOW, episode="1"
)
OVER = replace(ALERT, state=AlertState.RESOLVED, resolved_at=NOW)
DOWN = replace(
    BLOCKED, kind=SignalKind.SOURCE_DOWN, subject="jira", headline="jira cannot be read",
    evidence=(Evidence("401, the token has expired"),),
    since=NOW - timedelta(hours=1),
)  # fmt: skip
CROSSED = replace(
    BLOCKED, kind=SignalKind.KPI_THRESHOLD, subject="p95", people=(), since=None,
    headline="95th percentile latency is above 1,500 ms: checkouts fail",
    evidence=(Evidence("95th percentile latency: 1,620 ms, from 900 to 300"),),
    questions=("What brings “95th percentile latency” back, and who can do it today?",),
)  # fmt: skip
FINDINGS = tuple(
    replace(BLOCKED, kind=kind, subject=kind.value, severity=Severity.NOTICE, headline=headline, questions=(question,))
    for kind, headline, question in (
        (
            SignalKind.KPI_OFF_TARGET,
            "Few bugs escape has left its range: 12%, to be kept between 0 and 10",
            "What has been tried for “Few bugs escape”, and what moved it?",
        ),
        (
            SignalKind.KPI_TREND,
            "95th percentile latency rises by about 21 ms a week, away from its target",
            "What changed when “95th percentile latency” began to move, and can it be undone?",
        ),
        (
            SignalKind.OVERLOADED,
            "Noor Haddad has 9 items in progress at once",
            "Which of them can Noor Haddad put back or hand over, so that the rest gets done?",
        ),
        (
            SignalKind.SHARED_PEOPLE,
            "Noor Haddad is also needed for “Search finds the book”: 16 open items until 31 Dec, about 9 possible at "
            "the usual pace",
            "Which of these goals has Noor Haddad first, and who takes over the rest?",
        ),
        (
            SignalKind.REPORTED,
            "Dana Reyes was 90% confident on 20 Nov, the evidence says off track",
            "What is known that the trackers do not show, and where could it be seen?",
        ),
        (
            SignalKind.CHECK_IN,
            "check-in overdue: last check-in 6 Nov",
            "How likely is it that the goal is reached in time, and what has changed?",
        ),
        (
            SignalKind.NO_DUE_DATE,
            "milestone “Q4 speed” in example/checkout has no due date",
            "By when should “Q4 speed” be done for this goal to be reached?",
        ),
        (
            SignalKind.DUE_LATER,
            "2 dates in the trackers lie after the goal is due (18 Dec)",
            "Which date holds: does this work leave the goal, come earlier, or does the goal end later?",
        ),
    )
)
SLIPPING = replace(
    BLOCKED, kind=SignalKind.SLIPPING, subject="fast-checkout", people=(), since=None, level=2,
    headline="off track, P85 now 9 Jan 2027, due 18 Dec",
    evidence=(REASON, Evidence("9 items added since 1 Oct")),
    questions=("Which of the items added since the start can move out of this goal?",),
)  # fmt: skip
WAITS = replace(
    BLOCKED, kind=SignalKind.DEPENDENCY, subject="platform", since=None, people=(),
    headline="waits for “The platform runs on supported versions”, which is off track, P85 2 Feb 2027",
    evidence=(Evidence("“The platform runs on supported versions” (Tomas Berg): off track, P85 2 Feb 2027"),),
    questions=(
        "Which part of “The platform runs on supported versions” is really needed first, and can that part "
        "come earlier?",
    ),
)  # fmt: skip


def other(
    name: str, objective: str, health: Health, progress: float | None, p85: date | None
) -> tuple[Goal, Assessment]:
    """Another goal of the organisation and how it stands."""
    foreseen = replace(FORECAST, p50=None, p85=p85, record=None) if p85 else None
    goal = replace(GOAL, id=name, objective=objective, owner="tomas", report_on=())
    reason = Evidence("Search: 12 of 30 items; 55% likely that 80% is done by 18 Dec")
    reasons_ = (Evidence("jira has been unreadable since 24 Nov 08:00 CET"),) if health is Health.UNKNOWN else (reason,)
    found = replace(FOUND, goal=name, health=health, progress=progress, forecast=foreseen, signals=(), causes=())
    found = replace(found, reasons=reasons_)
    return goal, replace(found, unknown_since=NOW if health is Health.UNKNOWN else None, key_results=())


SEVERAL = (
    other("search", "Search finds the book", Health.AT_RISK, 0.4, date(2026, 12, 23)),
    (GOAL, FOUND),
    other("crashes", "The shop stays up", Health.ON_TRACK, 0.7, date(2026, 12, 11)),
    other("consent", "Consent is clear", Health.DONE, 1.0, None),
    other("returns", "Returns take a day", Health.UNKNOWN, None, None),
)
HUSH = Silence(
    "fast-checkout-all", Target("fast-checkout"), "dana", "waiting for the new contract",
    NOW - timedelta(days=6), NOW + timedelta(hours=14),
)  # fmt: skip
BELOW = replace(
    ALERT, goal="search", kind=SignalKind.DEPENDENCY, subject="fast-checkout",
    signal=replace(BLOCKED, headline="waits for “Checkout feels instant”, which is off track"),
)  # fmt: skip
BASE = Notice("key", MessageKind.STATUS, "jira", Reason(ReasonKind.STATUS), ((GOAL, FOUND),), place=PLACE, edits=True)
MAIL = replace(BASE, channel="email", place=None, edits=False, links={PLACE: "https://jira.example.org/browse/SHOP-1"})
NOTICES = {
    "status": BASE,
    "alert": replace(BASE, kind=MessageKind.ALERT, alerts=(ALERT,), mentions=(DANA, NOOR), edits=False),
    "resolved": replace(BASE, kind=MessageKind.RESOLVED, alerts=(OVER,), mentions=(DANA,), edits=False),
    "alert-mail": replace(
        MAIL, kind=MessageKind.ALERT, alerts=(ALERT,), person=DANA, reason=Reason(ReasonKind.BLOCKED)
    ),
    "kpi-alert-mail": replace(
        MAIL, kind=MessageKind.ALERT, person=DANA, reason=Reason(ReasonKind.HELD),
        alerts=(replace(ALERT, kind=SignalKind.KPI_THRESHOLD, subject="p95", signal=CROSSED),),
    ),
    "digest-owner-mail": replace(
        MAIL, kind=MessageKind.DIGEST, person=DANA, reason=Reason(ReasonKind.DIGEST),
        goals=((GOAL, replace(FOUND, signals=(BLOCKED, *FINDINGS))),),
    ),
    "alert-with-consequences-mail": replace(
        MAIL, kind=MessageKind.ALERT, alerts=(ALERT,), person=DANA, reason=Reason(ReasonKind.BLOCKED),
        consequences=(BELOW,),
    ),
    "gathered-mail": replace(
        MAIL, kind=MessageKind.GATHERED, alerts=(OVER, BELOW), person=DANA, reason=Reason(ReasonKind.GATHERED),
        goals=((GOAL, FOUND), (SEARCH, FOUND)),
    ),
    "prompt-mail": replace(
        MAIL, kind=MessageKind.PROMPT, alerts=(ALERT,), person=NOOR, reason=Reason(ReasonKind.CAN_HELP)
    ),
    "digest-leader-mail": replace(
        MAIL, kind=MessageKind.DIGEST, person=BOARD, reason=Reason(ReasonKind.DIGEST), goals=SEVERAL
    ),
    "digest-expert-mail": replace(MAIL, kind=MessageKind.DIGEST, person=NOOR, reason=Reason(ReasonKind.DIGEST)),
    "digest-partner-mail": replace(MAIL, kind=MessageKind.DIGEST, person=PARTNER, reason=Reason(ReasonKind.DIGEST)),
    "digest-customer-mail": replace(MAIL, kind=MessageKind.DIGEST, person=READERS, reason=Reason(ReasonKind.DIGEST)),
    "resolved-mail": replace(
        MAIL, kind=MessageKind.RESOLVED, alerts=(OVER,), person=DANA, reason=Reason(ReasonKind.RESOLVED)
    ),
    "slipping-mail": replace(
        MAIL, kind=MessageKind.ALERT, person=DANA, reason=Reason(ReasonKind.HELD),
        alerts=(replace(ALERT, kind=SignalKind.SLIPPING, subject="fast-checkout", signal=SLIPPING), ALERT),
    ),
    "dependency-prompt-mail": replace(
        MAIL, kind=MessageKind.PROMPT, person=TOMAS, reason=Reason(ReasonKind.CAN_HELP),
        alerts=(replace(ALERT, kind=SignalKind.DEPENDENCY, subject="platform", signal=WAITS),),
    ),
    "operations-back-mail": replace(
        MAIL, kind=MessageKind.OPERATIONS, person=OPS, reason=Reason(ReasonKind.SOURCE_BACK),
        alerts=(replace(OVER, kind=SignalKind.SOURCE_DOWN, subject="jira", signal=DOWN),),
    ),
    "escalation": replace(
        BASE, kind=MessageKind.ESCALATION, mentions=(NOOR,), edits=False, reason=Reason(ReasonKind.ESCALATION),
        goals=((ESCALATING, FOUND),),
        alerts=(replace(ALERT, fired_at=NOW - timedelta(days=5), readings=(TOLD,), escalated=1),),
    ),
    "reminder": replace(
        BASE, kind=MessageKind.REMINDER, mentions=(DANA,), edits=False, reason=Reason(ReasonKind.REMINDER),
        alerts=(replace(ALERT, fired_at=NOW - timedelta(days=5), readings=(TOLD,), reminded=1),),
    ),
    "status-answered": replace(
        BASE,
        acknowledgements=(Acknowledgement(Target("fast-checkout"), "dana", NOW, "the contract is with legal"),),
        silences=(HUSH,),
        refusals=(Refusal("fast-checkout", "board", NOW, "a silence needs a reason: sync-agent silence 3d because"),),
    ),
    "status-unknown": replace(
        BASE,
        goals=((GOAL, replace(
            FOUND, health=Health.UNKNOWN, unknown_since=NOW - timedelta(hours=2), progress=None, forecast=None,
            signals=(), causes=(),
            reasons=(Evidence("jira has been unreadable since 24 Nov 08:00 CET: 401, the token has expired"),),
        )),),
    ),
    "reminder-mail": replace(
        MAIL, kind=MessageKind.REMINDER, person=DANA, reason=Reason(ReasonKind.REMINDER),
        alerts=(replace(ALERT, fired_at=NOW - timedelta(days=5), readings=(TOLD,), reminded=1),),
    ),
    "escalation-mail": replace(
        MAIL, kind=MessageKind.ESCALATION, person=BOARD, reason=Reason(ReasonKind.ESCALATION),
        alerts=(replace(ALERT, fired_at=NOW - timedelta(days=5), readings=(TOLD,), escalated=1),),
    ),
    "silence-mail": replace(
        MAIL, kind=MessageKind.SILENCE, person=DANA, reason=Reason(ReasonKind.SILENCE_ENDS), goals=(),
        silence=HUSH,
    ),
    "operations-still-mail": replace(
        MAIL, kind=MessageKind.OPERATIONS, person=OPS, reason=Reason(ReasonKind.SOURCE_STILL),
        alerts=(replace(ALERT, kind=SignalKind.SOURCE_DOWN, subject="jira", signal=DOWN),),
    ),
    "operations-mail": replace(
        MAIL, kind=MessageKind.OPERATIONS, person=OPS, reason=Reason(ReasonKind.SOURCE_DOWN),
        alerts=(replace(ALERT, kind=SignalKind.SOURCE_DOWN, subject="jira", signal=DOWN),),
    ),
}  # fmt: skip

MARKS: dict[str, Problem | ProjectMark] = {
    "problem": Problem(Place("jira", "SHOP"), GOAL.id, GOAL, (replace(ALERT, told=1),), ("SHOP-1", "SHOP-77")),
    "problem-over": Problem(Place("jira", "SHOP"), GOAL.id, GOAL),
    "project": ProjectMark(Place("github", "example/4"), Health.OFF_TRACK, SEVERAL),
}
LATENCY = KeyResult(
    "p95", "95th percentile latency", kpi=HttpKpi("https://metrics.example.org/p95.json", "value"), unit="ms",
    baseline=900, target=300, thresholds=(Threshold(1000, above=True, text="customers notice"),),
)  # fmt: skip
UPTIME = KeyResult(
    "up", "Availability", kpi=HttpKpi("https://metrics.example.org/up.json", "value"), unit="%", between=(99.5, 100)
)


def measured(pair: tuple[Goal, Assessment], result: KeyResult, values: dict[float, float | None]) -> Any:
    """The goal with a KPI more, which had these values week by week, each with what was expected then."""
    goal, found = pair
    last = NOW.date() - timedelta(weeks=len(values) - 1)
    steps = tuple(KpiStep(last + timedelta(weeks=n), *each) for n, each in enumerate(values.items()))
    state = KeyResultState(result.id, result.title, 0.5, steps[-1].value, result.target, result.unit, "", course=steps)
    return (
        replace(goal, key_results=(*goal.key_results, result)),
        replace(found, key_results=(*found.key_results, state)),
    )


SHOWN = tuple(
    measured(pair, LATENCY, {880: 880, 905: 810, 840: 740, 700: 670, 620: 600, 540: 530})
    if pair[0] is GOAL
    else measured(pair, UPTIME, {99.7: None, 99.9: None, 99.4: None, 99.8: None})
    if pair[0].id == "crashes"
    else pair
    for pair in SEVERAL
)
PAGE = Snapshot(
    beat=0.0, interval=timedelta(minutes=15), began=NOW, ended=NOW, dead=1,
    organisation=replace(
        DEMO, themes={"readers": "Readers come back"},
        goals=tuple(replace(goal, theme="readers" if n < 3 else None) for n, (goal, _) in enumerate(SHOWN)),
    ),
    assessments=tuple(found for _, found in SHOWN),
    sources=(
        SourceState("jira", complete_at=NOW),
        SourceState("github", failing_since=NOW, error="401", trouble=Trouble.UNAUTHORISED),
    ),
)  # fmt: skip
FAILED = (
    Undelivered(
        "status/fast-checkout", MessageKind.STATUS, "github", "github example/shop#7", DeliveryProblem.FORBIDDEN,
        "github: POST /repos/example/shop/issues/7/comments: 403 Unable to create comment because issue is locked; "
        "unlock the conversation of example/shop#7, or report on another issue",
        NOW, "fast-checkout",
    ),
    Undelivered(
        "alert/fast-checkout", MessageKind.ALERT, "email", "dna@example.org", DeliveryProblem.REFUSED,
        "mail server mail.example.org:587: refuses the recipient: 550 no such user; "
        "correct this person's `email` in sync-agent.yaml",
        NOW,
    ),
)  # fmt: skip


@cache
def rendered() -> dict[str, str]:
    files = {}
    for name, notice in NOTICES.items():
        if notice.place is None:
            message = render(notice, DEMO, None, NOW)
            files[f"{name}.txt"] = f"Subject: {message.payload.subject}\n\n{message.payload.body}"
            files[f"{name}.html"] = message.payload.html or ""
            continue
        files[f"{name}.md"] = render(notice, DEMO, Markup.MARKDOWN, NOW).payload.body
        files[f"{name}.wiki"] = render(notice, DEMO, Markup.WIKI, NOW).payload.body
        files[f"{name}.adf.json"] = render(notice, DEMO, Markup.ADF, NOW).payload.body + "\n"
    for name, mark in MARKS.items():
        for markup, ending in ((Markup.MARKDOWN, "md"), (Markup.WIKI, "wiki"), (Markup.ADF, "adf.json")):
            body = json.loads(render_mark(mark, DEMO, markup).payload.body)
            heading = f"{body['title']}\n\n" if "title" in body and markup is not Markup.ADF else ""
            files[f"{name}.{ending}"] = f"{heading}{body['text'].rstrip()}\n"
    chat = render(replace(NOTICES["alert-mail"], channel="team"), DEMO, Markup.CHAT, NOW)
    files["alert-chat.txt"] = f"{chat.payload.subject}\n\n{chat.payload.body}"
    files["status-page.html"] = status_page(PAGE, NOW)
    (notice,) = failures(FAILED, DEMO, Options(), NOW).notices
    message = render(notice, DEMO, None, NOW)
    files["undelivered-mail.txt"] = f"Subject: {message.payload.subject}\n\n{message.payload.body}"
    files["undelivered-mail.html"] = message.payload.html or ""
    return files


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
    mail = render(replace(NOTICES["escalation-mail"], alerts=(alert,)), DEMO, None, NOW).payload.body
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
    prompted = render(replace(NOTICES["prompt-mail"], goals=((helper, FOUND),)), DEMO, None, NOW)
    assert "sync-agent ack" in prompted.payload.body


def test_a_comment_that_calls_helpers_says_who_is_obeyed() -> None:
    files = rendered()
    assert "In a comment here, from Dana Reyes or a stakeholder of the goal:" in files["alert.md"]
    assert "In a comment here:" in files["escalation.md"]
    assert "In a comment here:" in files["reminder.md"]


def test_a_mail_leads_to_where_it_can_be_answered() -> None:
    page = rendered()["alert-mail.html"]
    assert re.search(r'In a comment on <a href="https://jira.example.org/browse/SHOP-1"[^>]*>SHOP-1</a>:', page)


def test_a_first_guess_is_called_one() -> None:
    guess = replace(FORECAST, p50=None, p85=None, low_evidence=True)
    body = render(replace(NOTICES["alert-mail"], goals=((GOAL, replace(FOUND, forecast=guess)),)), DEMO, None, NOW)
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
        who.id: render(replace(NOTICES["digest-leader-mail"], person=who, goals=goals), DEMO, None, NOW).payload.body
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
    message = render(replace(NOTICES["alert-mail"], goals=((long, FOUND),)), DEMO, None, NOW)
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
    every = {*NOTICES, *MARKS, "undelivered-mail", "alert-chat", "status-page"}
    assert {name for name in every if f"({name}." in guide} == every
    without_words = {MessageKind.MARK, MessageKind.PROBLEM, MessageKind.PROJECT}
    assert {notice.kind for notice in NOTICES.values()} == set(MessageKind) - without_words
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
    body = render(replace(NOTICES["alert-mail"], alerts=many(40)), DEMO, None, NOW).payload.body
    assert all(f"locked 6 working days by SHOP-{number}" in body for number in range(100, 140))
    body = render(replace(NOTICES["resolved-mail"], alerts=many(40)), DEMO, None, NOW).payload.body
    assert all(f"o longer blocked by SHOP-{number} " in body for number in range(100, 140))


def test_what_was_beyond_the_daily_limit_is_told_whole() -> None:
    body = render(replace(NOTICES["gathered-mail"], alerts=many(40)), DEMO, None, NOW).payload.body
    assert all(f"blocked 6 working days by SHOP-{number}" in " ".join(body.split()) for number in range(100, 140))
