"""Rounds of goal setting: from the first question to agreed goals, in steps with dates."""

from sync_agent.model.rounds.round import Round
from sync_agent.model.rounds.standing import RoundStanding, StepStanding, StepState
from sync_agent.model.rounds.steps import (
    BoardSource,
    Criterion,
    FocusGroup,
    IdeaBoard,
    Interview,
    OpenDays,
    PlanningSession,
    Prioritising,
    RoundQuestion,
    RoundSignOff,
    RoundStep,
    RoundSurvey,
    StepKind,
)
from sync_agent.model.rounds.surveys import LONGEST_SAID, QuestionResult, Roll, Said, SurveyResult, Urn

__all__ = [
    "LONGEST_SAID",
    "BoardSource",
    "Criterion",
    "FocusGroup",
    "IdeaBoard",
    "Interview",
    "OpenDays",
    "PlanningSession",
    "Prioritising",
    "QuestionResult",
    "Roll",
    "Round",
    "RoundQuestion",
    "RoundSignOff",
    "RoundStanding",
    "RoundStep",
    "RoundSurvey",
    "Said",
    "StepKind",
    "StepStanding",
    "StepState",
    "SurveyResult",
    "Urn",
]
