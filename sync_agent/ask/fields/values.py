"""One value of one field as text, and back. Every notation uses this, so a value is written the same way everywhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sync_agent.ask.fields import days
from sync_agent.ask.fields.mistakes import UnreadableField, Wrong
from sync_agent.model import Organisation
from sync_agent.model.asking import LONGEST_RAW
from sync_agent.model.asking.fields import Choice, Day, FreeText, Number, Percent, Scale, Single, Someone, Value

# No number has more characters: the smallest of all, 5e-324, is written with 326.
_LONGEST_NUMBER = 400
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+", re.ASCII)
_BREAKS = re.compile("\r\n|[\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# Control characters and lone surrogates: not every store can keep them.
_UNFIT = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is needed to understand a text: what day it is, and which folded names mean whom (ids)."""

    today: date
    people: Mapping[str, str]

    @classmethod
    def of(cls, organisation: Organisation, today: date) -> "Reading":
        """The people of an organisation by id, name, address and login. A name that two people share means nobody."""
        owners: dict[str, set[str]] = {}
        for person in organisation.people.values():
            for name in (person.name, person.email, *person.accounts.values()):
                owners.setdefault((name or "").casefold(), set()).add(person.id)
        alone = {name: next(iter(ids)) for name, ids in owners.items() if name and len(ids) == 1}
        return cls(today, alone | {person.casefold(): person for person in organisation.people})


def words_of(field: Single) -> int:
    """How many words a value of a field may have where other words surround it."""
    match field:
        case Choice():
            return max((len(text.split()) for each in field.options for text in (each.id, each.label)), default=1)
        case Someone():
            return 4
        case Day():
            return days.WORDS
        case Number():
            return 1 + len(field.unit.split())
        case _:
            return 2


def read(field: Single, text: str, reading: Reading) -> Value:
    """Reads the value of a field from a text. Raises Unreadable, which says what would be right."""
    text = text.strip()
    match field:
        case FreeText():
            return _text(field, text)
        case Choice():
            return _option(field, text)
        case Number():
            return _within(field.least, field.most, _number(text, field.unit, right(field)), text, right(field))
        case Percent():
            return _within(0, 100, _number(text, "%", right(field)), text, right(field))
        case Scale():
            return _step(field, text)
        case Day():
            return _day(field, text, reading.today)
        case Someone():
            return _person(text, reading.people)


def write(field: Single, value: Value) -> str:
    """A value as text that `read` takes for the same value."""
    match field, value:
        case Day(), date():
            return value.isoformat()
        case Someone(), str():
            return f"@{value}"
        case _, float():
            return plain_number(value)
        case _:
            return str(value)


def right(field: Single) -> str:
    """What would be right, in the notation that people use."""
    match field:
        case Choice():
            return ", ".join(option.id for option in field.options)
        case Scale():
            return f"{field.least} to {field.most}"
        case Percent():
            return "0 to 100"
        case Number():
            return f"{_span(_limit(field.least), _limit(field.most)) or '42'} {field.unit}".strip()
        case Day():
            return _span(str(field.least or ""), str(field.most or "")) or days.RIGHT
        case Someone():
            return "@name"
        case FreeText():
            return f"{field.longest}"


def plain_number(value: float) -> str:
    """`70`, `0.5`: never with an exponent."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else format(Decimal(repr(value)), "f")


def lines_of(text: str) -> list[str]:
    """The lines of a text, however they are separated, stripped and without control characters."""
    return [line.rstrip() for line in _UNFIT.sub("", _BREAKS.sub("\n", text)).split("\n")]


def tidy(text: str, *, lines: bool = True) -> str:
    """Text in the form in which it is stored."""
    return "\n".join(lines_of(text)).strip() if lines else " ".join(_UNFIT.sub("", text).split())


def _text(field: FreeText, text: str) -> str:
    if len(text) > max(LONGEST_RAW, field.longest):
        raise UnreadableField(Wrong.TOO_LONG, text, right(field))
    kept = tidy(text, lines=field.lines)
    if not kept:
        raise UnreadableField(Wrong.MISSING, "", "")
    if len(kept) > field.longest:
        raise UnreadableField(Wrong.TOO_LONG, kept, right(field))
    return kept


def _option(field: Choice, text: str) -> str:
    said = _folded(text)
    named = next((option for option in field.options if _folded(option.id) == said), None)
    found = named or next((option for option in field.options if _folded(option.label) == said), None)
    if found is None:
        raise UnreadableField(Wrong.NO_SUCH_OPTION, text, right(field))
    return found.id


def _folded(text: str) -> str:
    return " ".join(text[:_LONGEST_NUMBER].casefold().split()).rstrip(".!")


def _number(text: str, unit: str, wanted: str) -> float:
    """`70`, `70 %`, `1.5`, `1,5`. `1,500` is refused, because it may be large or small."""
    bare = text.strip("*_").rstrip(".,;:!")  # Some people write **70**.
    if unit and bare.casefold().endswith(unit.casefold()):
        bare = bare[: len(bare) - len(unit)].rstrip()
    if len(bare) > _LONGEST_NUMBER:
        raise UnreadableField(Wrong.NOT_A_NUMBER, text, wanted)
    if _THOUSANDS.fullmatch(bare):
        if bare.count(",") == 1:
            raise UnreadableField(Wrong.AMBIGUOUS_NUMBER, text, f"{bare.replace(',', '')}, {bare.replace(',', '.')}")
        bare = bare.replace(",", "")
    bare = bare.replace(",", ".")
    if not _NUMBER.fullmatch(bare):
        raise UnreadableField(Wrong.NOT_A_NUMBER, text, wanted)
    return float(bare) + 0.0  # Not -0.0.


def _within(least: float | None, most: float | None, value: float, text: str, wanted: str) -> float:
    if least is not None and value < least:
        raise UnreadableField(Wrong.TOO_SMALL, text, wanted)
    if (most is not None and value > most) or value in _ENDLESS:
        raise UnreadableField(Wrong.TOO_LARGE, text, wanted)
    return value


_ENDLESS = (float("inf"), float("-inf"))


def _step(field: Scale, text: str) -> int:
    value = _number(text, f"/{field.most}", right(field))
    _within(field.least, field.most, value, text, right(field))
    if value != int(value):
        raise UnreadableField(Wrong.NOT_WHOLE, text, right(field))
    return int(value)


def _day(field: Day, text: str, today: date) -> date:
    found = days.read_day(text, today)
    if field.least and found < field.least:
        raise UnreadableField(Wrong.TOO_EARLY, text, right(field))
    if field.most and found > field.most:
        raise UnreadableField(Wrong.TOO_LATE, text, right(field))
    return found


def _person(text: str, people: Mapping[str, str]) -> str:
    said = _folded(text).removeprefix("@").rstrip(",;:")
    if said not in people:
        raise UnreadableField(Wrong.NO_SUCH_PERSON, text, "@name")
    return people[said]


def _span(least: str, most: str) -> str:
    return f"{least} to {most}".strip() if least or most else ""


def _limit(limit: float | None) -> str:
    return "" if limit is None else plain_number(limit)
