"""The notices of which every message is written out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sync_agent.ask.kinds.check_in import FIELDS
from sync_agent.ask.kinds.need import sheet as need_sheet
from sync_agent.ask.kinds.outcome import SHEET
from sync_agent.model import (
    EMAIL,
    Acknowledgement,
    Alert,
    AlertState,
    Assessment,
    Cause,
    CauseKind,
    Channel,
    CheckIn,
    DeliveryProblem,
    EscalationStep,
    Evidence,
    Forecast,
    Goal,
    Health,
    KeyResult,
    KeyResultState,
    MessageKind,
    Need,
    Notice,
    Organisation,
    Period,
    Person,
    Place,
    ReaderState,
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
    Target,
    Undelivered,
)
from sync_agent.model.asking import (
    About,
    Answer,
    Ask,
    Door,
    Evidenced,
    InOwnWords,
    Input,
    InputOutcome,
    Known,
    ListedAsk,
    NeedReply,
    OutcomeKind,
    Reply,
    Report,
    SaidEarlier,
    Step,
    Topic,
    Wanted,
)
from sync_agent.model.asking.fields import Sheet

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

DANA = Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org", {"jira": "dana", "github": "dana"}, "Europe/Berlin")

NOOR = Person("noor", "Noor Haddad", Role.TECHNICAL_EXPERT, "noor@example.org", {"jira": "noor"})

BOARD = Person("board", "The board", Role.SENIOR_LEADER, "board@example.org")

OPS = Person("ops", "Operations", Role.IT_OPS, "ops@example.org")

PARTNER = Person("partner", "Payments partner", Role.BUSINESS_PARTNER, "partner@example.org")

READERS = Person("readers", "Reader council", Role.CUSTOMER_REPRESENTATIVE, "readers@example.org")

TOMAS = Person("tomas", "Tomas Berg", Role.OWNER, "tomas@example.org", {"jira": "tomas"})

PLACE = Place("jira", "SHOP-1")

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
    record=Record(41, 35),
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

PAGES = "https://goals.example.org/"

FREE = replace(FOUND, signals=())

PACED = replace(
    FOUND, health=Health.ON_TRACK, progress=0.7, causes=(),
    forecast=replace(FORECAST, p50=date(2026, 12, 2), p85=date(2026, 12, 16), on_time=0.88),
)  # fmt: skip

TOLD = ReaderState("dana", 1, NOW - timedelta(days=5), ("email",))

ALERT = Alert(
    "fast-checkout", SignalKind.BLOCKED, "SHOP-77", AlertState.FIRING, Severity.ALERT, BLOCKED, NOW, episode="1"
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
    likely = 0.93 if health is Health.ON_TRACK else 0.35
    foreseen = replace(FORECAST, p50=None, p85=p85, on_time=likely, record=None) if p85 else None
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

NEED = Need("fast-checkout", "noor", "review the contract", date(2026, 11, 30), "dana")
HOW = Ask(
    "4kq1zt7m2n0p", "check-in", "dana", About(Topic.GOAL, "fast-checkout"), "2026-11-24", Sheet(FIELDS),
    NOW - timedelta(hours=9), NOW + timedelta(days=6, hours=14),
    (Evidenced(Health.AT_RISK, 0.42, 0.55, ("SHOP-77",)),
     SaidEarlier(CheckIn(date(2026, 11, 10), "dana", 0.8, "the vendor delivers next week"), differs=True)),
    minutes=2, goal="fast-checkout",
)  # fmt: skip
WANTED = replace(
    HOW, id="9xw3b5c7d1fg", kind="need", person="noor", about=About(Topic.NEED, "n"), sheet=need_sheet(Reply),
    question=(Wanted("review the contract", date(2026, 11, 30), "dana"),),
)  # fmt: skip
LATE_NEED = replace(
    WANTED, id="2hj6v8r0s4ta", person="dana", sheet=need_sheet((Reply.DONE, Reply.COUNTER)), instead_of="noor",
    question=(Wanted("two more test phones", date(2026, 11, 20), "tomas", True),),
)  # fmt: skip
OUTCOME = replace(
    HOW, id="6mb9y1e3q5wz", kind="outcome", about=About(Topic.INPUT, "k7f2m9qa"), minutes=1, sheet=SHEET,
    question=(InOwnWords("Receipts arrive an hour late, and customers write to us about it."),),
)  # fmt: skip
PROMISED = Report(
    "r1", "dana", NeedReply("n", "noor", NOW, Reply.COUNTER, date(2026, 12, 4), "after the release"), NEED
)
BECAME = Report(
    "r2", "dana", InputOutcome("k7f2m9qa", OutcomeKind.DECLINED, "noor", NOW, "the law wants it so"),
    Input("k7f2m9qa", "o", About(Topic.GOAL, "fast-checkout"), "dana", NOW, "Receipts arrive an hour late."),
)  # fmt: skip


BASE = Notice(
    "key",
    MessageKind.STATUS,
    Channel.tracker("jira"),
    Reason(ReasonKind.STATUS),
    ((GOAL, FOUND),),
    place=PLACE,
    edits=True,
)
MAIL = replace(BASE, channel=EMAIL, place=None, edits=False, links={PLACE: "https://jira.example.org/browse/SHOP-1"})

NOTICES = {
    "status": BASE,
    "alert": replace(BASE, kind=MessageKind.ALERT, alerts=(ALERT,), mentions=(DANA, NOOR), edits=False),
    "resolved": replace(
        BASE, kind=MessageKind.RESOLVED, alerts=(OVER,), mentions=(DANA,), edits=False, goals=((GOAL, FREE),)
    ),
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
        MAIL, kind=MessageKind.RESOLVED, alerts=(OVER,), person=DANA, reason=Reason(ReasonKind.RESOLVED),
        goals=((GOAL, FREE),),
    ),
    "alert-on-pace-mail": replace(
        MAIL, kind=MessageKind.ALERT, alerts=(ALERT,), person=DANA, reason=Reason(ReasonKind.BLOCKED),
        goals=((GOAL, PACED),), pages={GOAL.id: f"{PAGES}goals/{GOAL.id}"}, ends_at=f"{PAGES}unsubscribe/TOKEN",
    ),
    "digest-leader-on-pace-mail": replace(
        MAIL, kind=MessageKind.DIGEST, person=BOARD, reason=Reason(ReasonKind.DIGEST),
        goals=((GOAL, PACED), *SEVERAL[2:4]), ends_at=f"{PAGES}unsubscribe/TOKEN",
        pages={"": PAGES, **{goal.id: f"{PAGES}goals/{goal.id}" for goal in (GOAL, *(g for g, _ in SEVERAL[2:4]))}},
    ),
    "slipping-mail": replace(
        MAIL, kind=MessageKind.ALERT, person=DANA, reason=Reason(ReasonKind.HELD),
        alerts=(replace(ALERT, kind=SignalKind.SLIPPING, subject="fast-checkout", signal=SLIPPING), ALERT),
    ),
    "dependency-prompt-mail": replace(
        MAIL, kind=MessageKind.PROMPT, person=TOMAS, reason=Reason(ReasonKind.CAN_HELP),
        alerts=(replace(ALERT, kind=SignalKind.DEPENDENCY, subject="platform", signal=WAITS),),
    ),
    "asked-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=DANA, reason=Reason(ReasonKind.ASKED), listed=(ListedAsk(HOW, Step.ASK),),
        forms={HOW.id: "https://goals.example.org/answer/TOKEN"}, by_reply=True,
    ),
    "asked": replace(
        BASE, kind=MessageKind.ASKED, person=NOOR, reason=Reason(ReasonKind.ASKED), edits=False,
        listed=(ListedAsk(WANTED, Step.REMIND),),
    ),
    "asked-withdrawn-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=NOOR, reason=Reason(ReasonKind.ASKED),
        listed=(ListedAsk(WANTED, Step.WITHDRAW),),
    ),
    "asked-answered-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=DANA, reason=Reason(ReasonKind.ASKED), reports=(PROMISED, BECAME),
    ),
    "digest-asked-mail": replace(
        MAIL, kind=MessageKind.DIGEST, person=DANA, reason=Reason(ReasonKind.DIGEST), goals=SEVERAL,
        listed=(ListedAsk(HOW, Step.ASK), ListedAsk(LATE_NEED, Step.ASK), ListedAsk(OUTCOME, Step.REMIND)),
        reports=(PROMISED,), forms={HOW.id: "https://goals.example.org/answer/TOKEN"},
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
    "status-heard": replace(BASE, heard=(Answer(
        "o", HOW.id, "check-in", HOW.about, "dana", NOW, Door.COMMENT, Known.ACCOUNT, raw="70 waiting for the contract"
    ),)),
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
