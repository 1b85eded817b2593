"""What a kind of ask is, and what its questions are worked out from."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sync_agent.ask.history import Histories
from sync_agent.ask.states import in_force
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Assessment, Goal, Need, Organisation, Role
from sync_agent.model.asking import About, Answer, Ask, LeftOut, Meaning, Topic
from sync_agent.model.asking.fields import AnyField, Sheet
from sync_agent.model.rounds import Roll, SurveyResult


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that questions depend on.

    `answers` are all answers ever given that fit their kind; the others are `left_out`. `needs` are those written in
    goals. `versions` are the versions of goals by their ids, and `histories` all versions that were ever configured.
    `since` is when each finding was first known. `facilitator` is a person's id. `deputies` maps people to those who
    stand in for them (ids). `shifts` are the days by which one goal delays another. `rolls` are those of anonymous
    surveys that have opened, `results` what came of those that have closed.

    Questions that were over by the day `over` need not be worked out. Thousands of goals may have been asked about
    every week for a year; hardly any of those questions matters today.
    """

    organisation: Organisation
    now: datetime
    assessments: Mapping[str, Assessment] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    needs: tuple[Need, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    since: Mapping[tuple[str, str, str], datetime] = field(default_factory=dict)
    facilitator: str | None = None
    deputies: Mapping[str, str] = field(default_factory=dict)
    over: date | None = None
    histories: Histories = field(default_factory=dict)
    shifts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    rolls: Mapping[str, Roll] = field(default_factory=dict)
    results: Mapping[str, SurveyResult] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    calendar: Calendar = field(init=False, repr=False, compare=False)
    _goals: Mapping[str, Goal] = field(init=False, repr=False, compare=False)
    _answers: Mapping[tuple[str, About], list[Answer]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Thousands of goals look these up, so they are worked out once."""
        answers: dict[tuple[str, About], list[Answer]] = defaultdict(list)
        for answer in in_force(self.answers):
            answers[answer.kind, answer.about].append(answer)
        object.__setattr__(self, "calendar", Calendar.of(self.organisation))
        object.__setattr__(self, "_goals", {goal.id: goal for goal in self.organisation.goals})
        object.__setattr__(self, "_answers", dict(answers))

    @property
    def today(self) -> date:
        """The day in the organisation's time zone."""
        return self.calendar.day(self.now)

    def of_kind(self, *kinds: str) -> tuple[Answer, ...]:
        """The answers to some kinds that nobody has taken back. Those about the same thing are in order."""
        return tuple(answer for (kind, _), found in self._answers.items() if kind in kinds for answer in found)

    def said(self, kind: str, about: About) -> tuple[Answer, ...]:
        """The answers to a kind about something, oldest first."""
        return tuple(self._answers.get((kind, about), ()))

    def goal(self, identifier: str) -> Goal | None:
        """A configured goal."""
        return self._goals.get(identifier)

    def heads(self) -> tuple[str, ...]:
        """Who is responsible for what is about no goal: the facilitator, or else those who run the agent."""
        if self.facilitator in self.organisation.people:
            return (str(self.facilitator),)
        return tuple(p.id for p in self.organisation.people.values() if p.role is Role.IT_OPS)

    def responsible(self, about: About) -> tuple[str, ...]:
        """Who is responsible for what is said about something: the owner of a goal, the facilitator of a round."""
        if about.topic is Topic.ROUND:
            runs = (one.facilitator for one in self.organisation.rounds if about.id.startswith(f"{one.id}/"))
            return tuple(each for each in runs if each in self.organisation.people) or self.heads()
        goal = self.goal(about.id) if about.topic is Topic.GOAL else None
        return (goal.owner,) if goal and goal.owner in self.organisation.people else self.heads()


def _nobody(_situation: Situation) -> Iterable[Ask]:
    return ()


def _nothing(_situation: Situation, _about: About, _person: str) -> Sheet | None:
    return None


def _no_meaning(_situation: Situation, _answer: Answer) -> Iterable[Meaning]:
    return ()


def _no_others(_situation: Situation, _answer: Answer) -> Iterable[Answer]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of ask. Its module in `kinds` offers it as `KIND`; nothing else has to know it.

    - `verb` begins a comment that answers it; "" if comments cannot.
    - `asks` gives all its questions, planned, open and over, except those that the situation leaves out. They change
      with what is known and with the day (`today`), never with the hour.
    - `unasked` gives what somebody may fill in about something without having been asked; None if they may not.
    - `means` gives what an answer amounts to.
    - `fields` are all fields that an answer may have. A stored answer that does not fit them is left out.
    - `example` is an answer in the short notation, as the question shows it.
    - `words` are answers that a comment may begin with instead of the verb.
    - `of_version`: a comment has to name the version that it is about, for a goal may have changed meanwhile.
    - `also` gives the other questions that an answer answers, as separate answers.
    - `late_counts`: an answer after the close counts like one before it.
    - `carries_on`: an answer to a question that has closed answers the one that is open now. Never where what was
      asked matters, as for a signature.
    """

    name: str
    verb: str = ""
    asks: Callable[[Situation], Iterable[Ask]] = _nobody
    unasked: Callable[[Situation, About, str], Sheet | None] = _nothing
    means: Callable[[Situation, Answer], Iterable[Meaning]] = _no_meaning
    carries_on: bool = False
    example: str = ""
    fields: tuple[AnyField, ...] = ()
    words: tuple[str, ...] = ()
    also: Callable[[Situation, Answer], Iterable[Answer]] = _no_others
    of_version: bool = False
    late_counts: bool = False
