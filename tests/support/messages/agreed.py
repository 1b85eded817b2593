"""The notices about signatures and changed goals of which every message is written out."""

from dataclasses import replace
from datetime import date, timedelta

from sync_agent.ask.history import configured
from sync_agent.ask.kinds import change_reason, override, sign_off
from sync_agent.model import Health, HttpKpi, KeyResult, MessageKind, Milestone, Need, Period, Reason, ReasonKind
from sync_agent.model.agreement import Agreement, Matter, Override, SignerState, SignerView, Stance, Stand
from sync_agent.model.asking import (
    Changed,
    Consequences,
    Discussed,
    DueThen,
    ListedAsk,
    Report,
    Shortage,
    Step,
    ToSign,
    Wanted,
    Weight,
)
from sync_agent.model.asking.fields import Sheet
from sync_agent.model.days import GoalDay
from sync_agent.model.versions import ChangeNote, Move
from tests.support.messages.notices import BASE, BOARD, DANA, FORECAST, GOAL, HOW, MAIL, NOOR, NOW, SEVERAL

LATENCY = KeyResult(
    "p95", "95th percentile latency", kpi=HttpKpi("https://metrics.example.org/p95.json", "value"), unit="ms",
    baseline=900, target=250, milestones=(Milestone(date(2026, 11, 30), 400),),
)  # fmt: skip
OLD = replace(
    GOAL, key_results=(*GOAL.key_results, LATENCY),
    needs=(Need("fast-checkout", "noor", "review the contract", date(2026, 11, 30), "dana"),),
)  # fmt: skip
NEW = replace(
    OLD, period=Period(OLD.period.start, date(2027, 1, 15)),
    key_results=(*GOAL.key_results, replace(LATENCY, target=300)),
)  # fmt: skip
FIRST, SECOND = configured(OLD, NOW - timedelta(days=20)), configured(NEW, NOW - timedelta(days=4))
MEANS = Consequences(
    (Wanted("review the contract", date(2026, 11, 30), "dana"),),
    (DueThen("two more test phones", date(2026, 12, 1), "search"), DueThen("", date(2026, 12, 11), "crashes")),
    open_items=9, in_goals=2, adds=3, short=(Shortage("shop", 9.5, 6.0),), forecast=FORECAST,
    shifts=(("crashes", 6),),
)  # fmt: skip
SIGN = replace(
    HOW, id="3pk8v2n6r0ad", kind=sign_off.NAME, person="noor", sheet=Sheet(sign_off.FIELDS), weight=Weight.WEIGHS,
    question=(ToSign(FIRST), MEANS), minutes=5, version=FIRST.version,
)  # fmt: skip
AGAIN = replace(SIGN, question=(ToSign(SECOND, FIRST),), version=SECOND.version)
SAYS = Stance(
    "fast-checkout", SECOND.version, "noor", Stand.DISCUSS, NOW, "noor", "o", "the vendor is late", matter=Matter.DATE
)
DECIDED = Override("fast-checkout", SECOND.version, "board", NOW, "the law names the day")
DECIDE = replace(
    SIGN, id="7wd5c1x9m3qe", kind=override.NAME, person="board", sheet=Sheet(override.FIELDS),
    question=(Discussed("noor", SAYS.reason, SAYS.matter),), version=SECOND.version,
)  # fmt: skip
AGREEMENT = Agreement(
    "fast-checkout", SECOND.version, date(2026, 12, 4),
    (SignerView("dana", SignerState.SIGNED), SignerView("board", SignerState.UNSIGNED),
     SignerView("noor", SignerState.DISCUSSES, SAYS)),
)  # fmt: skip
MOVED = (
    Move(("period", "due"), "2026-12-18", "2027-01-15", date(2026, 11, 20)),
    Move(("key_results", "p95", "target"), 250.0, 300.0, date(2026, 11, 20), LATENCY.title, "ms"),
)
_ASKED = replace(MAIL, kind=MessageKind.ASKED, reason=Reason(ReasonKind.ASKED))
FORM = "https://goals.example.org/answer/TOKEN"

REASON = replace(
    HOW, id="1fs8h4j2k6tb", kind=change_reason.NAME, sheet=Sheet(change_reason.FIELDS), minutes=1,
    question=(Changed(FIRST, SECOND),), version=SECOND.version,
)  # fmt: skip
NOTE = ChangeNote(
    "fast-checkout",
    date(2026, 11, 23),
    FIRST,
    SECOND,
    "the vendor delivers later",
    ("dana", "board"),
    date(2026, 12, 4),
)
LAST = GoalDay("fast-checkout", date(2026, 11, 22), Health.AT_RISK, 0.42, done=17, scope=40)
_CHANGED = replace(MAIL, kind=MessageKind.CHANGED, reason=Reason(ReasonKind.CHANGED))

AGREED = {
    "sign-off-mail": replace(_ASKED, person=NOOR, listed=(ListedAsk(SIGN, Step.ASK),), forms={SIGN.id: FORM}),
    "sign-off-again-mail": replace(
        _ASKED, person=NOOR, listed=(ListedAsk(AGAIN, Step.ASK),), forms={SIGN.id: FORM}, by_reply=True
    ),
    "sign-off-discussed-mail": replace(_ASKED, person=DANA, reports=(Report("r3", "dana", SAYS),)),
    "override-mail": replace(_ASKED, person=BOARD, listed=(ListedAsk(DECIDE, Step.ASK),), forms={DECIDE.id: FORM}),
    "override-told-mail": replace(_ASKED, person=NOOR, reports=(Report("r4", "noor", DECIDED),)),
    "why-mail": replace(_ASKED, person=DANA, listed=(ListedAsk(REASON, Step.ASK),), by_reply=True),
    "changed-mail": replace(_CHANGED, person=NOOR, changes=(NOTE,)),
    "changed-without-reason-mail": replace(_CHANGED, person=BOARD, changes=(replace(NOTE, why="", sign_by=None),)),
    "ended-mail": replace(
        _CHANGED, person=NOOR, goals=(), changes=(replace(NOTE, ended=True, last=LAST, goes_on=SEVERAL[0][0].id),)
    ),
    "status-agreed": replace(BASE, agreements={"fast-checkout": AGREEMENT}, moves={"fast-checkout": MOVED}),
    "digest-agreed-mail": replace(
        MAIL, kind=MessageKind.DIGEST, person=BOARD, reason=Reason(ReasonKind.DIGEST), goals=SEVERAL,
        agreements={"fast-checkout": replace(AGREEMENT, until=date(2026, 11, 20), overdue=True)},
        moves={"fast-checkout": MOVED},
    ),
}  # fmt: skip
