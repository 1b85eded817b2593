"""Who is told of changes to goals: at most one note per person and day, about what had changed by the end of that day,
and why.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sync_agent.ask.history import day_changes
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import change_reason, sign_off
from sync_agent.model import Goal
from sync_agent.model.agreement import Stand
from sync_agent.model.asking import About, Topic
from sync_agent.model.days import GoalDay
from sync_agent.model.versions import ChangeNote, ConfiguredVersion, DayChange

DAYS = 7
"""For this long after a day its changes are told: weekends, holidays and an agent that was down lie in between."""

Notes = Mapping[tuple[str, date], Sequence[ChangeNote]]
"""The notes by person (their id) and day."""


@dataclass(frozen=True, slots=True)
class _Affected:
    """The people (ids) that a goal concerns, each with the reason why they are told of a change."""

    signers: Collection[str]
    others: Collection[str]

    def everybody(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.signers, *self.others)))


def change_notes(situation: Situation, ended: Mapping[str, GoalDay]) -> Notes:
    """The notes for days that are over. `ended` is the last known state of goals that are no longer configured."""
    first, last = situation.today - timedelta(days=DAYS), situation.today - timedelta(days=1)
    found: dict[tuple[str, date], list[ChangeNote]] = defaultdict(list)
    for person, note in (*_changed(situation, first, last), *_ended(situation, first, last, ended)):
        if person in situation.organisation.people:
            found[person, note.day].append(note)
    return found


def _changed(situation: Situation, first: date, last: date) -> Iterator[tuple[str, ChangeNote]]:
    for goal in situation.organisation.goals:
        history = situation.histories.get(goal.id, ())
        changes = day_changes(history, situation.calendar, last) if len(history) > 1 else ()
        for change in (each for each in changes if each.day >= first and each.material):
            yield from _notes(situation, goal, change)


def _notes(situation: Situation, goal: Goal, change: DayChange) -> Iterator[tuple[str, ChangeNote]]:
    who = _affected(situation, goal, change)
    people, why = who.everybody(), change_reason.given(situation, goal, change)
    until = goal.sign_off.until if goal.sign_off else None
    for person in people:
        yield person, ChangeNote(
            goal.id, change.day, change.before, change.after, why,
            touches=tuple(each for each in people if each != person),
            sign_by=until if person in who.signers else None,
        )  # fmt: skip


def _affected(situation: Situation, goal: Goal, change: DayChange) -> _Affected:
    """Signers; and the old and new owner, stakeholders, givers of its needs, owners of goals that depend on it, and
    those who work for it.
    """
    before, after = change.before.agreed, change.after.agreed
    givers = (*before.get("needs", ()), *after.get("needs", ()))
    waiting = (each.owner for each in situation.organisation.goals if goal.id in each.depends_on)
    assessment = situation.assessments.get(goal.id)
    working = (each.worker for each in assessment.commitments) if assessment else ()
    others = (before["owner"], after["owner"], *goal.stakeholders, *givers, *waiting, *working)
    return _Affected(
        sign_off.signers(situation, goal), [each for each in others if each in situation.organisation.people]
    )


def _ended(
    situation: Situation, first: date, last: date, ended: Mapping[str, GoalDay]
) -> Iterator[tuple[str, ChangeNote]]:
    """Everybody who had signed a goal is told that it has ended, and what became of it."""
    for name, history in situation.histories.items():
        until = history[-1].until
        day = situation.calendar.day(until) if until and situation.goal(name) is None else None
        if day and first <= day <= last:
            people = tuple(dict.fromkeys((*_signed(situation, name), history[-1].agreed["owner"])))
            goes_on = next((goal for goal in situation.organisation.goals if goal.continues == name), None)
            for person in people:
                yield person, _end(history[-1], day, ended.get(name), goes_on)


def _end(version: ConfiguredVersion, day: date, last: GoalDay | None, goes_on: Goal | None) -> ChangeNote:
    """A goal that is gone cannot say why it ended. The goal that continues it can."""
    why, name = (goes_on.why, goes_on.id) if goes_on else ("", None)
    return ChangeNote(version.goal, day, version, version, why, ended=True, last=last, goes_on=name)


def _signed(situation: Situation, name: str) -> list[str]:
    said = situation.said(sign_off.NAME, About(Topic.GOAL, name))
    return [answer.person for answer in said if answer.values.get("position") == Stand.SIGN.value]


def ended_lately(situation: Situation) -> tuple[str, ...]:
    """The goals that left the configuration on days that are still told of."""
    first = situation.calendar.midnight(situation.today - timedelta(days=DAYS))
    gone = ((name, history[-1].until) for name, history in situation.histories.items())
    return tuple(name for name, until in gone if until and until >= first and situation.goal(name) is None)
