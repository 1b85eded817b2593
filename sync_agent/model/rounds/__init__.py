"""Rounds of goal setting: from the first question to agreed goals, in steps with dates."""

from sync_agent.model.rounds.ideas import Idea, RankedIdea
from sync_agent.model.rounds.round import Round
from sync_agent.model.rounds.standing import RoundStanding, StepResult, StepStanding, StepState
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
from sync_agent.model.rounds.surveys import LONGEST_SAID, AnswerValue, QuestionResult, Roll, SurveyResult, Urn

__all__ = [
    "LONGEST_SAID",
    "AnswerValue",
    "BoardSource",
    "Criterion",
    "FocusGroup",
    "Idea",
    "IdeaBoard",
    "Interview",
    "OpenDays",
    "PlanningSession",
    "Prioritising",
    "QuestionResult",
    "RankedIdea",
    "Roll",
    "Round",
    "RoundQuestion",
    "RoundSignOff",
    "RoundStanding",
    "RoundStep",
    "RoundSurvey",
    "StepKind",
    "StepResult",
    "StepStanding",
    "StepState",
    "SurveyResult",
    "Urn",
]
