"""The short notation: `70 waiting for the contract needs review from @ilse by 2026-12-02`.

First come the single values in the order of their fields, then the first text, then the fields with a lead. A text goes
on until the last leads that can be read, so it may contain `needs`, `from` and `by`. Where even that is ambiguous,
quotes delimit it.

The cost is linear: each word is looked at no more than once per field, and the search for leads stops at the first that
cannot be read.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sync_agent.ask.fields import values
from sync_agent.ask.fields.mistakes import OTHER_WORDS, FieldMistake, UnreadableField, Wrong, shortened
from sync_agent.ask.fields.values import Reading
from sync_agent.model.asking.fields import AnyField, FreeText, Group, ListOf, Single, Value

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"(?!\S)|\S+', re.DOTALL)
_DASHES = "-–—:,; "
"""What people put between a number and the text after it."""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Filled:
    """What was understood so far."""

    values: dict[str, Value] = field(default_factory=dict)
    mistakes: list[FieldMistake] = field(default_factory=list)
    stopped: UnreadableField | None = None
    """Why the last lead that was tried does not count as one."""


class _SplitText:
    """A text in words. A slice of them is the text as it was written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = [found.span() for found in _TOKEN.finditer(text)]

    def __len__(self) -> int:
        return len(self._spans)

    def slice(self, first: int, last: int) -> str:
        """The text from one word up to another. Quotes around a single word are removed."""
        if first >= last:
            return ""
        text = self._text[self._spans[first][0] : self._spans[last - 1][1]]
        quoted = last - first == 1 and len(text) > 1 and text[0] == text[-1] == '"'
        return _ESCAPED.sub(r"\1", text[1:-1]) if quoted else text

    def positions(self, leads: Mapping[str, AnyField]) -> list[int]:
        """Where a lead occurs, last first."""
        found = (index for index, (start, end) in enumerate(self._spans) if self._text[start:end].casefold() in leads)
        return sorted(found, reverse=True)

    def lead(self, index: int) -> str:
        """The folded word at a position."""
        start, end = self._spans[index]
        return self._text[start:end].casefold()


def read_short(fields: Sequence[AnyField], text: str, reading: Reading) -> Filled:
    """Reads some fields from a text. What is missing is no mistake here, for it may be said elsewhere."""
    words, filled = _SplitText(text), Filled()
    end = _read_leads(fields, words, reading, filled)
    start = 0
    for each in fields:
        if each.lead or isinstance(each, ListOf) or start >= end:
            continue
        if isinstance(each, (FreeText, Group)):
            text = words.slice(start, end)
            _read_rest(each, text.lstrip(_DASHES) if start else text, reading, filled)
            start = end
        else:
            start = _read_next(each, words, (start, end), reading, filled)
    if start < end and not filled.mistakes:
        filled.mistakes.append(FieldMistake("", Wrong.LEFT_OVER, shortened(words.slice(start, end))))
    return filled


def write_short(fields: Sequence[AnyField], filled: Mapping[str, Value], *, quoted: bool = False) -> str:
    """Values in the short notation. If that does not read back, everything has to be named, or `quoted`."""
    parts = []
    for each in sorted(fields, key=lambda f: bool(f.lead)):
        if each.name in filled:
            found = filled[each.name]
            every = found if isinstance(each, ListOf) and isinstance(found, tuple) else (found,)
            parts += [f"{each.lead} {write_one(each, value, quoted=quoted)}".strip() for value in every]
    return " ".join(parts)


def read_one(each: AnyField, text: str, reading: Reading) -> Value:
    """One value of a field, or one element of a list. Raises Unreadable."""
    single = each.of if isinstance(each, ListOf) else each
    return read_group(single, text, reading) if isinstance(single, Group) else values.read(single, text, reading)


def write_one(each: AnyField, value: Value, *, quoted: bool = False) -> str:
    """One value of a field, or one element of a list."""
    single = each.of if isinstance(each, ListOf) else each
    if isinstance(single, Group):
        return write_group(single, value)
    text = values.write(single, value)
    return _quote(text) if quoted and isinstance(single, FreeText) else text


def read_group(group: Group, text: str, reading: Reading) -> Mapping[str, Value]:
    """The parts of a group. Raises Unreadable for the first that is wrong."""
    filled = read_short(group.parts, text, reading)
    wrong = next(iter(filled.mistakes), None)
    if wrong:
        raise UnreadableField(wrong.wrong, wrong.said, wrong.right)
    if any(part.required and part.name not in filled.values for part in group.parts):
        raise filled.stopped or UnreadableField(Wrong.MISSING, text, notation(group))
    return filled.values


def write_group(group: Group, value: Value) -> str:
    """A group as a line; quoted where it would not read back otherwise."""
    assert isinstance(value, Mapping)
    ends = {p.lead.casefold() for p in group.parts if p.lead}
    texts = (str(value[p.name]) for p in group.parts if isinstance(p, FreeText) and p.name in value)
    quoted = any('"' in text or not ends.isdisjoint(text.casefold().split()) for text in texts)
    first = next((p for p in group.parts if not p.lead), None)
    return write_short(group.parts, value, quoted=quoted or not isinstance(first, FreeText))


def notation(each: AnyField) -> str:
    """What would be right: `(what) from @name by 2026-12-02`."""
    single = each.of if isinstance(each, ListOf) else each
    if isinstance(single, Group):
        shown = (f"({p.label})" if isinstance(p, FreeText) else values.right(p) for p in single.parts)
        return " ".join(f"{p.lead} {text}".strip() for p, text in zip(single.parts, shown, strict=True))
    return "a few words" if isinstance(single, FreeText) else values.right(single)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read_leads(fields: Sequence[AnyField], words: _SplitText, reading: Reading, filled: Filled) -> int:
    """Reads what follows leads, last first. Returns where the rest ends."""
    leads = {each.lead.casefold(): each for each in fields if each.lead}
    end, lists = len(words), dict[str, list[Value]]()
    for position in words.positions(leads):
        each = leads[words.lead(position)]
        if each.name in filled.values:
            break
        try:
            value = read_one(each, words.slice(position + 1, end), reading)
        except UnreadableField as problem:
            filled.stopped = problem
            break
        if isinstance(each, ListOf):
            lists.setdefault(each.name, []).append(value)
        else:
            filled.values[each.name] = value
        end = position
    filled.values.update({name: tuple(reversed(found)) for name, found in lists.items()})
    return end


def _read_rest(each: FreeText | Group, text: str, reading: Reading, filled: Filled) -> None:
    try:
        filled.values[each.name] = read_one(each, text, reading)
    except UnreadableField as problem:
        filled.mistakes.append(problem.of(each.name))


def _read_next(each: Single, words: _SplitText, span: tuple[int, int], reading: Reading, filled: Filled) -> int:
    """Reads the single value that a span begins with, however many words it has. Returns where the next begins."""
    start, end = span
    problem = UnreadableField(Wrong.MISSING, "", values.right(each))
    for size in range(min(values.words_of(each), end - start), 0, -1):
        try:
            filled.values[each.name] = values.read(each, words.slice(start, start + size), reading)
        except UnreadableField as found:
            problem = found
        else:
            return start + size
    if each.required or problem.wrong not in OTHER_WORDS:
        filled.mistakes.append(problem.of(each.name))
    return start
