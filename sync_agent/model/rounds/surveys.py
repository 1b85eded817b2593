"""What is kept of an anonymous survey, and what is shown of any survey."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sync_agent.model.rounds.steps import RoundQuestion

AnswerValue = int | str
"""An answer to one question: a number on its scale, or words."""

LONGEST_SAID = 1_000
"""Characters of an answer in words to an anonymous survey. The urn has room for all of them from the beginning."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Who (ids) may answer an anonymous survey, and who has. Nothing of what they said is here. Whom it asks what is
    settled when it opens: whoever came later could be told apart.
    """

    survey: str
    questions: tuple[RoundQuestion, ...]
    electorate: tuple[str, ...]
    voters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Urn:
    """An anonymous survey while it is open. Voters are sorted, and so are the answers to each question, on their own:
    in whichever order the same answers come, and whoever gave which, the urn is the same.
    """

    roll: Roll
    closes: datetime
    answers: Mapping[str, tuple[AnswerValue, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What was answered to one question: how often each step of its scale was chosen, or the `words`. Where `answered`
    is None nothing is shown, for too few answered.
    """

    question: RoundQuestion
    answered: int | None
    counts: tuple[int, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SurveyResult:
    """What came of a survey. Without questions nothing is shown, for too few answered."""

    survey: str
    questions: tuple[QuestionResult, ...] = ()
