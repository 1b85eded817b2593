"""How a goal's definition changed over time, from the versions that were configured."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sync_agent.ask.identity.versions import Edit, Json, edits, version_of
from sync_agent.evaluate.calendar import Calendar
from sync_agent.model import Goal
from sync_agent.model.versions import ConfiguredVersion, DayChange, Move

Histories = Mapping[str, Sequence[ConfiguredVersion]]
"""By goal id: the stretches of time in which each version was configured, oldest first."""

_PROMISED = ("baseline", "target")


@dataclass(frozen=True, slots=True)
class VersionNews:
    """What a look at the configuration adds: stretches that begin, and goals whose latest stretch ends."""

    begun: tuple[ConfiguredVersion, ...] = ()
    ended: tuple[str, ...] = ()


def configured(goal: Goal, since: datetime) -> ConfiguredVersion:
    """A goal as it has been configured since then."""
    found = version_of(goal)
    titles = {result.id: result.title for result in goal.key_results}
    return ConfiguredVersion(
        goal.id, found.hash, found.definition, since, titles=titles, why=goal.why, continues=goal.continues
    )


def version_news(
    goals: Iterable[Goal], versions: Mapping[str, str], histories: Histories, now: datetime
) -> VersionNews:
    """What has to be noted at `now`. `versions` are the hashes of the goals by their ids."""
    begun, there = [], set[str]()
    for goal in goals:
        there.add(goal.id)
        last = present(histories.get(goal.id, ()))
        if last is None or last.version != versions[goal.id] or _said_otherwise(last, goal):
            begun.append(configured(goal, now))
    gone = (name for name, history in histories.items() if name not in there and present(history))
    return VersionNews(tuple(begun), (*(each.goal for each in begun), *gone))


def _said_otherwise(last: ConfiguredVersion, goal: Goal) -> bool:
    titles = {result.id: result.title for result in goal.key_results}
    return (last.titles, last.why, last.continues) != (titles, goal.why, goal.continues)


def with_news(histories: Histories, found: VersionNews, now: datetime) -> Histories:
    """The histories with what a look at the configuration adds."""
    ended = {name: tuple(_ended(each, now) for each in histories.get(name, ())) for name in found.ended}
    begun = {each.goal: (*ended[each.goal], each) for each in found.begun}
    return {**histories, **ended, **begun}


def _ended(each: ConfiguredVersion, now: datetime) -> ConfiguredVersion:
    if each.until:
        return each
    return replace(each, until=now)


def present(history: Sequence[ConfiguredVersion]) -> ConfiguredVersion | None:
    """The version that is configured; None if the goal no longer is."""
    return history[-1] if history and history[-1].until is None else None


def at(history: Sequence[ConfiguredVersion], moment: datetime) -> ConfiguredVersion | None:
    """The version that held at a time. Before the first known version, that one counts as the nearest."""
    held = [each for each in history if each.since <= moment]
    return held[-1] if held else next(iter(history), None)


def unlike(history: Sequence[ConfiguredVersion]) -> tuple[ConfiguredVersion, ...]:
    """Each version once, from when it was first configured until it last was."""
    found: dict[str, ConfiguredVersion] = {}
    for each in history:
        first = found.get(each.version, each)
        found[each.version] = replace(each, since=first.since)
    return tuple(found.values())


def named(history: Sequence[ConfiguredVersion], prefix: str, shortest: int) -> tuple[ConfiguredVersion, ...]:
    """The versions that these characters may mean; none if there are fewer characters than the `shortest`."""
    wanted = prefix.casefold()
    return tuple(each for each in unlike(history) if len(wanted) >= shortest and each.version.startswith(wanted))


def day_changes(history: Sequence[ConfiguredVersion], calendar: Calendar, today: date) -> Iterator[DayChange]:
    """The changes of each day up to today, as they were at its end. A change that was taken back on the same day is
    none.
    """
    days = sorted({day for each in history[1:] if (day := calendar.day(each.since)) <= today})
    for day in days:
        before = at(history, calendar.midnight(day) - timedelta(microseconds=1))
        after = at(history, calendar.midnight(day + timedelta(days=1)) - timedelta(microseconds=1))
        if before and after and (before.version, before.titles) != (after.version, after.titles):
            yield DayChange(day, before, after)


def moves(goal: Goal, history: Sequence[ConfiguredVersion], calendar: Calendar, today: date) -> tuple[Move, ...]:
    """What the goal promises differently from when its period began, or from when the goal first appeared in it."""
    now = present(history)
    if now is None or today < goal.period.start:
        return ()
    first = at(history, calendar.midnight(goal.period.start))
    if first is None or first.version == now.version:
        return ()
    changed = [each for each in day_changes(history, calendar, today) if each.day >= goal.period.start]
    found = (_move(edit, goal, changed) for edit in edits(first.agreed, now.agreed) if _promise(edit))
    return tuple(move for move in found if move)


def _promise(edit: Edit) -> bool:
    """The due date, and where key results should get to. A key result that is new or gone is another kind of change."""
    return edit.path == ("period", "due") or (len(edit.path) == 3 and edit.path[2] in _PROMISED)


def _move(edit: Edit, goal: Goal, changed: Sequence[DayChange]) -> Move | None:
    days = [each.day for each in changed if _at(each.before, edit.path) != _at(each.after, edit.path)]
    result = next((each for each in goal.key_results if each.id == edit.path[1]), None)
    if not days or isinstance(edit.before, (list, dict)) or isinstance(edit.after, (list, dict)):
        return None
    title, unit = (result.title, result.unit) if result else ("", "")
    return Move(edit.path, edit.before, edit.after, days[-1], title, unit)


def _at(each: ConfiguredVersion, path: Iterable[str]) -> Json | None:
    found: Json | None = dict(each.agreed)
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
