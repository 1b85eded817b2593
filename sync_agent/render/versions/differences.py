"""What changed between two versions of a goal, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sync_agent.ask.identity.versions import Edit, edits
from sync_agent.model import Organisation
from sync_agent.model.versions import ConfiguredVersion, Move
from sync_agent.render.markup.document import clean
from sync_agent.words import say_amount, say_count, say_day, say_number

_LONGEST = 120
_FIRST = ("objective", "owner", "kind", "period", "key_results", "needs", "depends_on", "supports")
"""These are told first."""


def say_difference(
    before: ConfiguredVersion, after: ConfiguredVersion, organisation: Organisation, today: date
) -> tuple[str, ...]:
    """`target of “95th percentile”: 250 → 300 ms`, `due 18 Dec → 15 Jan 2027`: one line per difference, titles last."""
    words = _Words(before, after, _names(organisation), today)
    found = sorted(edits(before.agreed, after.agreed), key=lambda edit: _FIRST.index(edit.path[0]))
    return (*(line for edit in found for line in words.of(edit)), *_retitled(before, after))


def say_titles(before: ConfiguredVersion, after: ConfiguredVersion) -> tuple[str, ...]:
    """The titles of key results that were changed."""
    return tuple(_retitled(before, after))


def say_move(move: Move, today: date) -> str:
    """`due date moved by 28 days on 20 Nov`, `target of “95th percentile”: 250 → 300 ms since 20 Nov`."""
    on = say_day(move.on, today)
    if move.path == ("period", "due"):
        later = (date.fromisoformat(str(move.after)) - date.fromisoformat(str(move.before))).days
        return f"due date moved by {say_count(abs(later), 'day')}{'' if later > 0 else ' forward'} on {on}"
    change = f"{_amount(move.before, '')} → {_amount(move.after, move.unit)}"
    return f"{move.path[-1]} of “{_short(move.title)}”: {change} since {on}"


def _names(organisation: Organisation) -> Callable[[str], str]:
    named = {person.id: person.name for person in organisation.people.values()}
    return lambda identifier: named.get(identifier, identifier)


def _retitled(before: ConfiguredVersion, after: ConfiguredVersion) -> Iterator[str]:
    for name, title in after.titles.items():
        if (old := before.titles.get(name, title)) != title:
            yield f"“{_short(old)}” is now called “{_short(title)}”"


@dataclass(frozen=True, slots=True)
class _Words:
    """Words for the edits between two versions."""

    before: ConfiguredVersion
    after: ConfiguredVersion
    name: Callable[[str], str]
    today: date

    def of(self, edit: Edit) -> Iterator[str]:
        """One or more lines for one edit."""
        match edit.path:
            case ("objective",):
                yield f"objective “{_short(edit.before)}” → “{_short(edit.after)}”"
            case ("owner",):
                yield f"owner {self.name(str(edit.before))} → {self.name(str(edit.after))}"
            case ("kind",):
                yield f"{edit.before} → {edit.after}"
            case ("period", end):
                yield f"{end} {self._day(edit.before)} → {self._day(edit.after)}"
            case ("needs", *where):
                yield from self._needs(edit, where)
            case ("depends_on",):
                yield from _listed(edit, "now depends on", "no longer depends on")
            case ("supports",):
                yield _single("supports", edit.before, edit.after)
            case ("key_results", *where):
                yield from self._key_results(edit, where)

    def _needs(self, edit: Edit, where: Sequence[str]) -> Iterator[str]:
        if not where:
            givers = {name: (_mapping(edit.before).get(name), _mapping(edit.after).get(name)) for name in _keys(edit)}
            for giver, (before, after) in givers.items():
                yield from self._needs(Edit((*edit.path, giver), before, after), [giver])
        elif len(where) == 1:
            for what in _keys(edit):
                one = Edit((*edit.path, what), _mapping(edit.before).get(what), _mapping(edit.after).get(what))
                yield from self._needs(one, [where[0], what])
        else:
            yield self._need(edit, *where)

    def _need(self, edit: Edit, giver: str, what: str) -> str:
        needed = f"“{_short(what)}” of {self.name(giver)}"
        if edit.before is None:
            return f"now needs {needed} by {self._day(edit.after)}"
        if edit.after is None:
            return f"no longer needs {needed}"
        return f"needs {needed} by {self._day(edit.before)} → {self._day(edit.after)}"

    def _key_results(self, edit: Edit, where: Sequence[str]) -> Iterator[str]:
        result, *part = where
        title = f"“{_short(self.after.titles.get(result) or self.before.titles.get(result) or result)}”"
        match part:
            case []:
                yield f"new key result {title}" if edit.before is None else f"key result {title} is gone"
            case ["target" | "baseline" as end]:
                yield f"{end} of {title}: {_ends(edit, self._unit(result))}"
            case ["between"]:
                yield f"range of {title}: {_range(edit.before)} → {_range(edit.after)}"
            case ["measure" | "unit" as what]:
                yield f"{what} of {title}: {edit.before or 'none'} → {edit.after or 'none'}"
            case ["delivers"]:
                yield from _counted(edit, title)
            case ["milestones", *day]:
                yield from self._milestones(edit, title, day)
            case _:
                yield f"the number behind {title} is read otherwise"

    def _milestones(self, edit: Edit, title: str, day: Sequence[str]) -> Iterator[str]:
        every = [day[0]] if day else _keys(edit)
        for each in every:
            before = edit.before if day else _mapping(edit.before).get(each)
            after = edit.after if day else _mapping(edit.after).get(each)
            yield f"milestone {self._day(each)} of {title}: {_amount(before, '')} → {_amount(after, '')}"

    def _unit(self, result: str) -> str:
        every = {**self.before.agreed["key_results"], **self.after.agreed["key_results"]}
        return str(every.get(result, {}).get("unit", ""))

    def _day(self, text: object) -> str:
        return say_day(date.fromisoformat(str(text)), self.today)


def _counted(edit: Edit, title: str) -> Iterator[str]:
    """The items that count as the work of a key result."""
    before, after = ([_selected(each) for each in _list(found)] for found in (edit.before, edit.after))
    added, gone = [each for each in after if each not in before], [each for each in before if each not in after]
    if added and gone:
        yield f"{title} now counts {'; '.join(added)} instead of {'; '.join(gone)}"
    elif added:
        yield f"{title} now also counts {'; '.join(added)}"
    else:
        yield f"{title} no longer counts {'; '.join(gone)}"


def _selected(selector: Any) -> str:
    parts = (f"{key.replace('_', ' ')} {_several(value)}" for key, value in selector.items() if key != "source")
    return _short(f"{selector.get('source', '')} {', '.join(parts)}".strip())


def _several(value: Any) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def _listed(edit: Edit, added: str, gone: str) -> Iterator[str]:
    before, after = _list(edit.before), _list(edit.after)
    yield from (f"{added} {each}" for each in after if each not in before)
    yield from (f"{gone} {each}" for each in before if each not in after)


def _single(verb: str, before: object, after: object) -> str:
    if before is None:
        return f"now {verb} {after}"
    return f"no longer {verb} {before}" if after is None else f"{verb} {before} → {after}"


def _ends(edit: Edit, unit: str) -> str:
    return f"{_amount(edit.before, '')} → {_amount(edit.after, unit)}"


def _amount(value: object, unit: str) -> str:
    return say_amount(value, unit) if isinstance(value, (int, float)) else "none"


def _range(found: object) -> str:
    return " to ".join(say_number(each) for each in found) if isinstance(found, list) else "none"


def _mapping(found: object) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


def _keys(edit: Edit) -> list[str]:
    return sorted({*_mapping(edit.before), *_mapping(edit.after)})


def _short(text: object) -> str:
    return clean(str(text), _LONGEST)
