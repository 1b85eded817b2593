"""What a kind of ask is, and what it is worked out from."""

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


@dataclass(frozen=True, slots=True)
class Situation:
    """All that questions depend on.

    `answers` are all that were ever given and fit their kind; those that do not are `left_out`. `needs` are those that
    stand in goals; `versions` those of the goals by their ids. `since` is when a finding was first known, by its
    identity. `facilitator` is a person's id. `deputies` are people's ids by those of whom they stand in for.
    `histories` are the versions of goals that were configured, the present one included. `shifts` are the days by which
    a goal makes another late. Questions
    that are over by the day `over` need not be worked out: where thousands of goals were asked about every week for a
    year, hardly any of them matters today.
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
    left_out: tuple[LeftOut, ...] = ()
    calendar: Calendar = field(init=False, repr=False, compare=False)
    _goals: Mapping[str, Goal] = field(init=False, repr=False, compare=False)
    _answers: Mapping[tuple[str, About], list[Answer]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Looked up for every goal of thousands, so they are worked out once."""
        answers: dict[tuple[str, About], list[Answer]] = defaultdict(list)
        for answer in in_force(self.answers):
            answers[answer.kind, answer.about].append(answer)
        object.__setattr__(self, "calendar", Calendar.of(self.organisation))
        object.__setattr__(self, "_goals", {goal.id: goal for goal in self.organisation.goals})
        object.__setattr__(self, "_answers", dict(answers))

    @property
    def today(self) -> date:
        """The day in the organisation's zone."""
        return self.calendar.day(self.now)

    def of_kind(self, *kinds: str) -> tuple[Answer, ...]:
        """The answers to some kinds that nobody has taken back, those about the same thing in their order."""
        return tuple(answer for (kind, _), found in self._answers.items() if kind in kinds for answer in found)

    def said(self, kind: str, about: About) -> tuple[Answer, ...]:
        """The answers to a kind about something, oldest first."""
        return tuple(self._answers.get((kind, about), ()))

    def goal(self, identifier: str) -> Goal | None:
        """A goal that is configured."""
        return self._goals.get(identifier)

    def heads(self) -> tuple[str, ...]:
        """Who hears what is about no goal: the facilitator, else those who run the agent."""
        if self.facilitator in self.organisation.people:
            return (str(self.facilitator),)
        return tuple(p.id for p in self.organisation.people.values() if p.role is Role.IT_OPS)

    def responsible(self, about: About) -> tuple[str, ...]:
        """Who hears what is said about something: of a goal its owner, in a round its facilitator."""
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
    """One kind of ask. Its module in `kinds` has it as `KIND`; nothing else has to know of it.

    - `verb` is how a comment answers it, "" where none does.
    - `asks` are all its questions: those that are planned, open and over, but for those that its situation leaves out.
      They change with what is known and with the day (`today`), never with the hour.
    - `unasked` is what somebody may fill in about something without having been asked (None: they may not).
    - `means` is what an answer amounts to.
    - `fields` are all that an answer may hold, whatever was offered; a stored one that does not fit them is left out.
    - `example` is an answer in the short notation, as the question shows it.
    - `words` are answers that a comment may begin with in place of the verb.
    - `of_version`: a comment has to name the version that it is about, for a goal may have changed meanwhile.
    - `also` is what an answer answers besides, as answers of their own.
    - `late_counts`: an answer after the close counts as one before it.
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
