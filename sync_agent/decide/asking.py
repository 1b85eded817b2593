"""Decides which questions are put to whom now, and why others are not. Pure; `notices/asks` turns them into notices."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sync_agent.ask.diary import Diary
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import every_kind
from sync_agent.ask.quiet import addressed, due
from sync_agent.ask.reports import reports
from sync_agent.ask.states import state
from sync_agent.model import Health, Person
from sync_agent.model.asking import Ask, AskTold, NotAsked, Report, State, Step
from sync_agent.model.days import GoalDay


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is known about questions at one instant.

    `asks` are all questions that are wanted. `kept` are those that people were asked and that have not closed, by id.
    `told` is what people have recently heard of them, `withdrawn` since when some are no longer wanted. Nothing is said
    yet about `quiet` goals, and nothing at all while even the first run waits (`silent`). What others said before
    `news_since` is no news. `ended` is the last state of goals that recently left the configuration.
    """

    situation: Situation
    asks: Mapping[str, Ask]
    kept: Mapping[str, Ask] = field(default_factory=dict)
    told: Sequence[AskTold] = ()
    withdrawn: Collection[str] = ()
    quiet: Collection[str] = ()
    silent: bool = False
    news_since: datetime | None = None
    ended: Mapping[str, GoalDay] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskEntry:
    """A question to one person, and what they hear of it now, or why they hear nothing."""

    ask: Ask
    fate: Step | NotAsked

    @property
    def step(self) -> Step | None:
        """What the person hears."""
        return self.fate if isinstance(self.fate, Step) else None


def entries(inquiry: Inquiry) -> tuple[AskEntry, ...]:
    """Every question whose time has come, the first to close first."""
    found = (*_wanted(inquiry), *_unwanted(inquiry))
    return tuple(sorted(found, key=lambda each: (each.ask.closes, each.ask.id, each.ask.person)))


def gone(inquiry: Inquiry) -> frozenset[str]:
    """The questions that people were asked, that nobody has answered, and that are no longer wanted. While a goal
    cannot be judged, nobody knows whether its questions are still wanted, so they are left out.
    """
    situation = inquiry.situation
    found = (ask for name, ask in inquiry.kept.items() if name not in inquiry.asks and not _unknown(situation, ask))
    return frozenset(ask.id for ask in found if _state(situation, ask) is State.OPEN)


def untold(inquiry: Inquiry) -> tuple[Report, ...]:
    """What people wait for and have not been told."""
    if inquiry.silent:
        return ()
    known = {each.ask for each in inquiry.told if each.step is Step.REPORT}
    since = inquiry.news_since
    every = (each for each in reports(inquiry.situation) if since is None or each.said.at >= since)
    return tuple(report for report in every if report.id not in known)


def _wanted(inquiry: Inquiry) -> Iterator[AskEntry]:
    situation, people = inquiry.situation, inquiry.situation.organisation.people
    diaries = _Diaries(people)
    told = _by_ask(inquiry.told)
    for ask in inquiry.asks.values():
        if not ask.opens <= situation.now < ask.closes:
            continue
        if inquiry.silent or ask.goal in inquiry.quiet:
            yield AskEntry(ask, NotAsked.GOAL_WAITS)
            continue
        found = addressed(ask, people, situation.deputies, situation.now)
        if isinstance(found, NotAsked):
            yield AskEntry(ask, found)
            continue
        now = _state(situation, ask)
        yield AskEntry(found, due(found, now, told[ask.id], diaries.of(found.person), situation.now))


def _unwanted(inquiry: Inquiry) -> Iterator[AskEntry]:
    """Told to everybody who was asked."""
    told, instead = _by_ask(inquiry.told), {(ask.kind, ask.about, ask.person) for ask in inquiry.asks.values()}
    for name in sorted(gone(inquiry)):
        ask, last = inquiry.kept[name], dict[str, Step]()
        kind = every_kind().get(ask.kind)
        if kind and kind.of_version and (ask.kind, ask.about, ask.person) in instead:
            continue  # The question about the new version replaces it.
        for each in sorted(told[name], key=lambda each: each.at):
            last[each.person] = each.step
        for person, step in last.items():
            mine = ask if person == ask.person else replace(ask, person=person, instead_of=ask.person)
            heard = step is Step.WITHDRAW or person not in inquiry.situation.organisation.people
            yield AskEntry(mine, NotAsked.WITHDRAWN if heard else Step.WITHDRAW)


def _state(situation: Situation, ask: Ask) -> State:
    return state(ask, situation.said(ask.kind, ask.about), situation.now)


def _unknown(situation: Situation, ask: Ask) -> bool:
    found = situation.assessments.get(ask.goal)
    return found is not None and found.health is Health.UNKNOWN


def _by_ask(told: Sequence[AskTold]) -> Mapping[str, list[AskTold]]:
    found: dict[str, list[AskTold]] = defaultdict(list)
    for each in told:
        found[each.ask].append(each)
    return found


class _Diaries:
    """Everybody's diary, each made once, because working out the holidays of a region takes a while."""

    def __init__(self, people: Mapping[str, Person]) -> None:
        self._people = people
        self._known: dict[str, Diary] = {}

    def of(self, person: str) -> Diary:
        """That of a person (their id)."""
        if person not in self._known:
            self._known[person] = Diary(self._people[person])
        return self._known[person]
