"""The notices about rounds of goal setting of which every message is written out."""

from dataclasses import replace
from datetime import date, timedelta

from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import every_kind, rating
from sync_agent.ask.rounds.steps import step_asks
from sync_agent.model import MessageKind, Period, Reason, ReasonKind
from sync_agent.model.asking import InOwnWords, ListedAsk, Report, SaidBy, Step, Visibility
from sync_agent.model.rounds import (
    Idea,
    IdeaBoard,
    Interview,
    OpenDays,
    PlanningSession,
    Prioritising,
    QuestionResult,
    RankedIdea,
    Round,
    RoundQuestion,
    RoundStanding,
    RoundSurvey,
    StepResult,
    StepStanding,
    StepState,
)
from tests.support.messages.notices import DANA, DEMO, MAIL, NOOR, NOW, OUTCOME

TODAY = NOW.date()
STOP = RoundQuestion("stop", "What should we stop?")
TALK = Interview(
    id="priorities", open=OpenDays(TODAY - timedelta(days=4), TODAY + timedelta(days=7)), invited=("noor", "board"),
    questions=(RoundQuestion("most", "What must IT get right next quarter?"), STOP),
    meeting=timedelta(minutes=30),
)  # fmt: skip
PULSE = RoundSurvey(
    id="pulse", open=OpenDays(TODAY - timedelta(days=18), TODAY - timedelta(days=4)), invited=("noor", "board"),
    questions=(RoundQuestion("load", "We start more than we finish", (1, 5)),),
)  # fmt: skip
MEETING = PlanningSession(
    id="planning", open=OpenDays(date(2026, 12, 3), date(2026, 12, 3)), invited=("board",),
    at=NOW + timedelta(days=9), lasts=timedelta(minutes=90), place="Room 4",
)  # fmt: skip
ROUND = Round(
    "2027-q1", "Goals for the first quarter", Period(date(2027, 1, 1), date(2027, 3, 31)), "dana", ("board",),
    ("noor", "board"), (TALK, PULSE, MEETING),
)  # fmt: skip
_SITUATION = Situation(replace(DEMO, rounds=(ROUND,)), NOW)
INTERVIEW = next(ask for ask in every_kind()["interview"].asks(_SITUATION) if ask.person == "noor")
RATE_BEFORE = Prioritising(id="shortlist", board="ideas", open=PULSE.open, invited=("noor", "board"))
SEARCH, NIGHT = Idea("3kq1zt7m", "Search finds the book", ("noor",)), Idea("9xw3b5c7", "A night mode", ("board",))
STANDING = RoundStanding(
    ROUND,
    TODAY,
    (
        StepStanding(TALK, StepState.OPEN, 2, 1, ("noor",)),
        StepStanding(PULSE, StepState.OVER, 2, 2, results=(QuestionResult(PULSE.questions[0], 2, (0, 0, 1, 1, 0)),)),
        StepStanding(
            RATE_BEFORE,
            StepState.OVER,
            5,
            5,
            ranking=(
                RankedIdea(SEARCH, 5, 1, (1, 1)),
                RankedIdea(NIGHT, 5, 2, (2, 3)),
            ),
        ),
        StepStanding(MEETING, StepState.TO_COME, 1),
    ),
    owed=2,
)
CANDID = replace(PULSE, id="candid", open=TALK.open, anonymous=True)
_CANDID = Situation(replace(DEMO, rounds=(replace(ROUND, steps=(CANDID,)),)), NOW)
ANONYMOUS = next(ask for ask in every_kind()["anonymous survey"].asks(_CANDID) if ask.person == "noor")
BOARD_OF_IDEAS = IdeaBoard(id="ideas", open=TALK.open, invited=("noor", "board"))
RATE = Prioritising(id="shortlist", board="ideas", open=TALK.open, invited=("noor", "board"))
_IDEAS = Situation(replace(DEMO, rounds=(replace(ROUND, steps=(BOARD_OF_IDEAS, RATE)),)), NOW)
IDEA_ASK = next(ask for ask in every_kind()["idea"].asks(_IDEAS) if ask.person == "noor")
RATING_ASK = replace(
    next(step_asks(_IDEAS, "rating", ROUND, RATE, rating.sheet((SEARCH, NIGHT), RATE.criteria), 2)), person="noor"
)
SAID = replace(
    OUTCOME, question=(InOwnWords("What should we stop? the weekly report"), SaidBy("noor", Visibility.NAMED.value)),
    goal="",
)  # fmt: skip

ROUND_NOTICES = {
    "interview-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=NOOR, reason=Reason(ReasonKind.ASKED), goals=(), by_reply=True,
        listed=(ListedAsk(INTERVIEW, Step.ASK),), forms={INTERVIEW.id: "https://goals.example.org/answer/TOKEN"},
    ),
    "anonymous-survey-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=NOOR, reason=Reason(ReasonKind.ASKED), goals=(), by_reply=True,
        listed=(ListedAsk(ANONYMOUS, Step.ASK),), forms={ANONYMOUS.id: "https://goals.example.org/answer/TOKEN"},
    ),
    "ideas-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=NOOR, reason=Reason(ReasonKind.ASKED), goals=(), by_reply=True,
        listed=(ListedAsk(IDEA_ASK, Step.ASK),), forms={IDEA_ASK.id: "https://goals.example.org/answer/TOKEN"},
    ),
    "rating-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=NOOR, reason=Reason(ReasonKind.ASKED), goals=(), by_reply=True,
        listed=(ListedAsk(RATING_ASK, Step.ASK),), forms={RATING_ASK.id: "https://goals.example.org/answer/TOKEN"},
    ),
    "said-in-a-round-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=DANA, reason=Reason(ReasonKind.ASKED), goals=(), by_reply=True,
        listed=(ListedAsk(SAID, Step.ASK),),
    ),
    "came-of-it-mail": replace(
        MAIL, kind=MessageKind.ASKED, person=NOOR, reason=Reason(ReasonKind.ASKED), goals=(),
        reports=(Report("r1", "noor", StepResult(
            ROUND.title, "pulse", NOW, "dana", (QuestionResult(PULSE.questions[0], 12, (0, 1, 3, 5, 3)),)
        )),),
    ),
    "round-mail": replace(
        MAIL, kind=MessageKind.ROUND, person=DANA, reason=Reason(ReasonKind.ROUND, subject=ROUND.title), goals=(),
        round=STANDING,
    ),
}  # fmt: skip
