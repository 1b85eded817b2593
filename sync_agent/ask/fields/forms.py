"""Fields as a form: a description that any template can draw, and the reading of what was submitted.

Names of inputs: `confidence`; `needs.0.what` in a list of groups; `name.0.part` in a single group.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sync_agent.ask.fields import values
from sync_agent.ask.fields.lines import checked, elements
from sync_agent.ask.fields.mistakes import FieldMistake, UnreadableField, Wrong
from sync_agent.ask.fields.short import Filled
from sync_agent.ask.fields.values import Reading
from sync_agent.model.asking.answers import Submission
from sync_agent.model.asking.fields import (  # fmt: skip
    AnyField,
    Choice,
    Day,
    FreeText,
    Group,
    ListOf,
    Number,
    Option,
    Percent,
    Scale,
    Sheet,
    Single,
    Someone,
    Value,
    Values,
)

SHORTCUT = "shortcut"
"""The name of the buttons that answer everything at once. Their value is the words of the shortcut."""

_SPARE_ROWS = 2


class ControlKind(StrEnum):
    """The kinds of control."""

    RADIO = "radio"
    CHECKBOX = "checkbox"
    NUMBER = "number"
    DATE = "date"
    LINE = "line"
    LINES = "lines"
    PERSON = "person"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form, ready to be drawn. `entered` is what is in it, as it was typed. `options` can be chosen.
    `rows` hold the controls of groups. `many` means that several inputs have this name. `mistake` is shown beside it.
    """

    name: str
    kind: ControlKind
    label: str
    help: str = ""
    required: bool = True
    entered: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    least: str = ""
    most: str = ""
    unit: str = ""
    longest: int | None = None
    many: bool = False
    rows: "tuple[tuple[Control, ...], ...]" = ()
    mistake: FieldMistake | None = None


def form(
    sheet: Sheet, submitted: Submission | None = None, mistakes: Sequence[FieldMistake] = ()
) -> tuple[Control, ...]:
    """The controls, with what was entered and what is wrong with it. A new form is empty, so that whoever sends it has
    made a choice.
    """
    wrong = {mistake.field: mistake for mistake in reversed(mistakes)}
    return tuple(_control(each, submitted or {}, wrong.get(each.name)) for each in sheet.fields)


def read(sheet: Sheet, submitted: Submission, reading: Reading) -> Filled:
    """What was submitted. If the button of a shortcut was pressed, only that counts. An empty form yields only
    mistakes.
    """
    pressed = next(iter(submitted.get(SHORTCUT, ())), None)
    for shortcut in sheet.shortcuts:
        if shortcut.words == pressed:
            return checked(sheet, Filled(dict(shortcut.values)))
    filled = Filled()
    for each in sheet.fields:
        _read_field(each, submitted, reading, filled)
    return checked(sheet, filled)


def write(sheet: Sheet, given: Values) -> Submission:
    """Values as a form submits them."""
    submitted: dict[str, list[str]] = {}
    for each in sheet.fields:
        single = _element(each)
        for index, value in enumerate(elements(each, given)):
            if isinstance(single, Group):
                assert isinstance(value, Mapping)
                for part in single.parts:
                    if part.name in value:
                        submitted[_cell(each, index, part)] = [_write(part, value[part.name])]
            else:
                submitted.setdefault(each.name, []).append(_write(single, value))
    return {name: tuple(entered) for name, entered in submitted.items()}


def _write(single: Single, value: Value) -> str:
    return str(value) if isinstance(single, Someone) else values.write(single, value)


def _element(each: AnyField) -> Single | Group:
    return each.of if isinstance(each, ListOf) else each


def _cell(each: AnyField, row: int, part: Single) -> str:
    return f"{each.name}.{row}.{part.name}"


def _read_field(each: AnyField, submitted: Submission, reading: Reading, filled: Filled) -> None:
    single = _element(each)
    try:
        if isinstance(single, Group):
            found = tuple(_read_rows(each, single, submitted, reading))
        else:
            said = (text for text in submitted.get(each.name, ()) if text.strip())
            found = tuple(values.read(single, text, reading) for text in said)
    except UnreadableField as problem:
        filled.mistakes.append(problem.of(each.name))
        return
    if isinstance(each, ListOf):
        filled.values.update({each.name: found} if found else {})
    elif len(set(map(str, found))) > 1:
        filled.mistakes.append(FieldMistake(each.name, Wrong.TWICE))
    elif found:
        filled.values[each.name] = found[0]


def _read_rows(each: AnyField, group: Group, submitted: Submission, reading: Reading) -> Iterator[Value]:
    for row in range(_rows(each, submitted)):
        said = {part: _first(submitted, _cell(each, row, part)) for part in group.parts}
        if any(said.values()):
            missing = next((part for part, text in said.items() if part.required and not text), None)
            if missing:
                raise UnreadableField(Wrong.MISSING, missing.label, values.right(missing))
            yield {part.name: values.read(part, text, reading) for part, text in said.items() if text}


def _first(submitted: Submission, name: str) -> str:
    return next(iter(submitted.get(name, ())), "").strip()


def _rows(each: AnyField, submitted: Submission) -> int:
    """How many rows of a group were filled in. Only one row more is looked at than the list may hold."""
    most = each.most + 1 if isinstance(each, ListOf) else 1
    filled = (name for name, said in submitted.items() if any(text.strip() for text in said))
    rows = [name.split(".")[1] for name in filled if name.startswith(f"{each.name}.") and name.count(".") == 2]
    return max((int(row) + 1 for row in rows if row.isdecimal() and len(row) < 4 and int(row) < most), default=0)


def _control(each: AnyField, submitted: Submission, mistake: FieldMistake | None) -> Control:
    single = _element(each)
    if isinstance(single, Group):
        most = each.most if isinstance(each, ListOf) else 1
        count = min(_rows(each, submitted) + _SPARE_ROWS, most)
        rows = tuple(
            tuple(_drawn(part, _cell(each, row, part), part.label, submitted) for part in single.parts)
            for row in range(count)
        )
        return Control(each.name, ControlKind.ROWS, each.label, each.help, each.required, rows=rows, mistake=mistake)
    return _drawn(single, each.name, each.label, submitted, each, mistake)


def _drawn(
    single: Single, name: str, label: str, submitted: Submission, owner: AnyField | None = None,
    mistake: FieldMistake | None = None,
) -> Control:  # fmt: skip
    """The control of a single field. In a list (`owner`), name and help are those of the list, and so is whether it is
    required.
    """
    least, most = _limits(single)
    owner, many = owner or single, isinstance(owner, ListOf)
    return Control(
        name=name,
        kind=_kind(single, many=many),
        label=label,
        help=owner.help,
        required=owner.required,
        entered=tuple(submitted.get(name, ())),
        options=_options(single),
        least=least,
        most=most,
        unit="%" if isinstance(single, Percent) else getattr(single, "unit", ""),
        longest=single.longest if isinstance(single, FreeText) else None,
        many=many,
        mistake=mistake,
    )


def _kind(single: Single, *, many: bool) -> ControlKind:
    match single:
        case Choice() | Scale():
            return ControlKind.CHECKBOX if many else ControlKind.RADIO
        case Number() | Percent():
            return ControlKind.NUMBER
        case Day():
            return ControlKind.DATE
        case Someone():
            return ControlKind.PERSON
        case FreeText():
            return ControlKind.LINES if single.lines else ControlKind.LINE


def _options(single: Single) -> tuple[Option, ...]:
    match single:
        case Choice():
            return single.options
        case Scale():
            ends = {single.least: single.least_means, single.most: single.most_means}
            steps = range(single.least, single.most + 1)
            return tuple(Option(str(step), f"{step} {ends.get(step, '')}".strip()) for step in steps)
        case _:
            return ()


def _limits(single: Single) -> tuple[str, str]:
    match single:
        case Percent():
            return "0", "100"
        case Scale() | Number():
            return _limit(single.least), _limit(single.most)
        case Day():
            return _limit(single.least), _limit(single.most)
        case _:
            return "", ""


def _limit(limit: float | date | None) -> str:
    if limit is None:
        return ""
    return limit.isoformat() if isinstance(limit, date) else values.plain_number(limit)
