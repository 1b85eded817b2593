"""The notation that mails and comments share: a short line, lines with names, and text below.

    70 waiting for the contract             the short notation (`short`), or a shortcut such as `still true`
    more about it, on as many lines as it takes
    needs: review from @ilse by 2026-12-02  a field by its name or label, in any case; lists have a line for each
    element needs the contract from @noor by friday a lead does without the colon

A line of text that would be taken for something else begins with a backslash, which is taken away in reading.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from sync_agent.ask.fields import values
from sync_agent.ask.fields.mistakes import FieldMistake, UnreadableField, Wrong, shortened
from sync_agent.ask.fields.short import Filled, notation, read_one, read_short, write_one
from sync_agent.ask.fields.values import Reading, tidy
from sync_agent.model.asking.fields import AnyField, Choice, FreeText, Group, ListOf, Sheet, Shortcut, Value, Values

_LONGEST_KEY = 200
_LONGEST_LABEL = 80
_GREETINGS = 5
"""An answer begins within this many lines."""
_GREETING_WORDS = 4
_KEY = re.compile(r"[\W_]+")
_ESCAPED = ("\\", " ", "\t", ">", "--", "__", "==", "**", "bq.")


def read(sheet: Sheet, text: str, reading: Reading) -> Filled:
    """Reads what the author's own words say. Required fields that are missing are mistakes."""
    lines = _Lines(sheet, reading)
    for line in tidy(text).split("\n"):
        lines.add(line)
    return checked(sheet, lines.filled())


def write(sheet: Sheet, given: Values, *, labels: bool = False) -> str:
    """Values as text that `read` understands, each with its name, or its label if `labels` and where that works."""
    keys, out = _keys(sheet), list[str]()
    for each in sheet.fields:
        name = each.label if labels and _usable(each, keys) else each.name
        for value in elements(each, given):
            first, *more = write_one(each, value).split("\n")
            out += [f"{name}: {first}", *(escaped(sheet, line) for line in more)]
    return "\n".join(out)


def template(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """The lines to fill in, each with an example of what would be right: (`Confidence`, `0 to 100`)."""
    keys = _keys(sheet)
    return tuple((each.label if _usable(each, keys) else each.name, notation(each)) for each in sheet.fields)


def checked(sheet: Sheet, filled: Filled) -> Filled:
    """Adds the mistakes about what is missing or too much, and puts the values into the order of their fields."""
    known = {mistake.field for mistake in filled.mistakes}
    wanted = {each.name for each in sheet.fields if each.required} | _chosen_needs(sheet, filled.values)
    for each in sheet.fields:
        found = filled.values.get(each.name)
        if found is None and each.name in wanted and each.name not in known:
            filled.mistakes.append(FieldMistake(each.name, Wrong.MISSING, right=notation(each)))
        if isinstance(each, ListOf) and isinstance(found, tuple) and len(found) > each.most:
            filled.mistakes.append(FieldMistake(each.name, Wrong.TOO_MANY, str(len(found)), str(each.most)))
    ordered = {each.name: filled.values[each.name] for each in sheet.fields if each.name in filled.values}
    return Filled(ordered, filled.mistakes)


def _chosen_needs(sheet: Sheet, given: Values) -> set[str]:
    """The fields that are required because of an option that was chosen."""
    options = (
        o for each in sheet.fields if isinstance(each, Choice) for o in each.options if given.get(each.name) == o.id
    )
    return {name for option in options for name in option.needs}


def elements(each: AnyField, given: Values) -> tuple[Value, ...]:
    """The values of a field, one by one."""
    if each.name not in given:
        return ()
    found = given[each.name]
    return found if isinstance(each, ListOf) and isinstance(found, tuple) else (found,)


def escaped(sheet: Sheet, line: str) -> str:
    """A line that continues a text, with a backslash where it would be taken for something else."""
    special = line.startswith(_ESCAPED) or _command_like(line) or _named(_keys(sheet), line) or _led(sheet, line)
    return f"\\{line}" if special else line


class _Lines:
    """Reads line by line. `_open` is the text field that lines without a name continue."""

    def __init__(self, sheet: Sheet, reading: Reading) -> None:
        self._sheet, self._reading = sheet, reading
        self._keys = _keys(sheet)
        self._head = list[str]()
        self._texts = list[tuple[AnyField, list[str]]]()
        self._open = self._head
        self._found = Filled()

    def add(self, line: str) -> None:
        """Takes the next line."""
        named = _named(self._keys, line)
        if named:
            self._begin(*named)
        elif not self._take_lead(line):
            self._open.append(line.removeprefix("\\"))

    def filled(self) -> Filled:
        """Everything that was said."""
        for each, lines in self._texts:
            if said := "\n".join(lines).strip():
                self._set(each, said)
        return self._with_head("\n".join(self._head).strip())

    def _begin(self, each: AnyField, said: str) -> None:
        if isinstance(each, FreeText) or (isinstance(each, ListOf) and isinstance(each.of, FreeText)):
            self._open = [said]
            self._texts.append((each, self._open))
        else:
            self._open = self._head
            for element in _split(each, said):
                self._set(each, element)

    def _take_lead(self, line: str) -> bool:
        """Returns whether the line began with a lead and was read, or was clearly meant to be one."""
        each = _led(self._sheet, line)
        if each is None:
            return False
        try:
            value = read_one(each, line.split(maxsplit=1)[1], self._reading)
        except UnreadableField as problem:
            if not _complete(each, line):
                return False
            self._found.mistakes.append(problem.of(each.name))
        else:
            self._keep(each, value)
        return True

    def _set(self, each: AnyField, said: str) -> None:
        try:
            self._keep(each, read_one(each, said, self._reading))
        except UnreadableField as problem:
            self._found.mistakes.append(problem.of(each.name))

    def _keep(self, each: AnyField, value: Value) -> None:
        before = self._found.values.get(each.name)
        if isinstance(each, ListOf):
            self._found.values[each.name] = (*(before if isinstance(before, tuple) else ()), value)
        elif before is not None and before != value:
            self._found.mistakes.append(FieldMistake(each.name, Wrong.TWICE, shortened(str(value))))
        else:
            self._found.values[each.name] = value

    def _with_head(self, head: str) -> Filled:
        """Joins what the lines without a name say with the fields that have one."""
        base, filled = _read_head(self._sheet, head, self._reading)
        for each in self._sheet.fields:
            for value in elements(each, filled.values):
                self._keep(each, value)
        given = {**base, **self._found.values}
        left = [mistake for mistake in filled.mistakes if mistake.field not in given]
        return Filled(given, [*self._found.mistakes, *left])


def _read_head(sheet: Sheet, head: str, reading: Reading) -> tuple[Values, Filled]:
    """Reads a shortcut, or the lines without a name. The answer begins in one of the first lines, because people greet
    first; all later lines continue its text.
    """
    lines = head.split("\n")
    first = [index for index, line in enumerate(lines) if line.strip()][:_GREETINGS]
    wanted = {each.name for each in sheet.fields if each.required and not each.lead}
    for index in first:
        shortcut, line = _shortcut(sheet.shortcuts, lines[index])
        filled = read_short(sheet.fields, line, reading)
        given = {**(shortcut.values if shortcut else {}), **filled.values}
        if shortcut or (not filled.mistakes and given.keys() >= wanted):
            break
    else:
        shortcut, index, filled = None, 0, read_short(sheet.fields, lines[0], reading)
    more = [line for line in lines[:index] if not _is_greeting(line)], lines[index + 1 :]
    return shortcut.values if shortcut else {}, _gone_on(sheet, filled, more, reading)


def _gone_on(sheet: Sheet, filled: Filled, more: tuple[list[str], list[str]], reading: Reading) -> Filled:
    """The same, with the text above and below the line added."""
    above, below = ("\n".join(lines).strip() for lines in more)
    if not above and not below:
        return filled
    note = next((each for each in sheet.fields if isinstance(each, FreeText) and not each.lead), None)
    if note is None:
        left = FieldMistake("", Wrong.LEFT_OVER, shortened(above or below))
        return Filled(filled.values, [*filled.mistakes, left])
    parts = (above, str(filled.values.get(note.name, "")), "\n".join(more[1]))
    try:
        filled.values[note.name] = values.read(note, "\n".join(part for part in parts if part.strip()), reading)
    except UnreadableField as problem:
        filled.mistakes.append(problem.of(note.name))
    return filled


def _is_greeting(line: str) -> bool:
    """`Hello Dana,`"""
    return line.rstrip().endswith((",", "!")) and len(line[:_LONGEST_KEY].split()) <= _GREETING_WORDS


def _shortcut(shortcuts: Iterable[Shortcut], line: str) -> tuple[Shortcut | None, str]:
    """The shortcut at the beginning of a line, and what follows it."""
    folded = line[:_LONGEST_KEY].casefold()
    for each in shortcuts:
        size = len(each.words)
        if folded.startswith(each.words.casefold()) and not folded[size : size + 1].isalnum():
            return each, line[size:].lstrip(" .,;:!–—-")
    return None, line


def _keys(sheet: Sheet) -> Mapping[str, AnyField]:
    """The fields by the words that name them. A name comes before another field's label."""
    labels = {_key(each.label): each for each in reversed(sheet.fields)}
    return {key: each for key, each in (labels | {_key(each.name): each for each in sheet.fields}).items() if key}


def _key(text: str) -> str:
    """A name in the form in which names are compared: without case, punctuation, and anything in brackets."""
    return _KEY.sub(" ", text.partition("(")[0].casefold()).strip()


def _usable(each: AnyField, keys: Mapping[str, AnyField]) -> bool:
    """Whether a label before a colon means its field."""
    label = each.label
    plain = (
        label == tidy(label, lines=False) and len(label) < _LONGEST_LABEL and not any(c in label for c in ":\n\\`~<>{}")
    )
    return plain and keys.get(_key(label)) is each and not label.startswith(_ESCAPED)


def _named(keys: Mapping[str, AnyField], line: str) -> tuple[AnyField, str] | None:
    """The field that a line names before a colon, and what follows the colon."""
    if line.startswith("\\"):
        return None
    name, colon, _rest = line[:_LONGEST_KEY].partition(":")
    each = keys.get(_key(name)) if colon else None
    return (each, line[len(name) + 1 :].strip()) if each else None


def _led(sheet: Sheet, line: str) -> AnyField | None:
    """The field whose lead begins the line, if the line says more than that."""
    words = line[:_LONGEST_KEY].split(maxsplit=1)
    if len(words) < 2:
        return None
    return next((each for each in sheet.fields if each.lead and each.lead.casefold() == words[0].casefold()), None)


def _complete(each: AnyField, line: str) -> bool:
    """Whether the leads of all parts of a group are there, so that nothing else can be meant."""
    single = each.of if isinstance(each, ListOf) else each
    leads = [part.lead for part in single.parts if part.lead] if isinstance(single, Group) else []
    words = set(line.casefold().split())
    return bool(leads) and words.issuperset(lead.casefold() for lead in leads)


def _split(each: AnyField, said: str) -> Iterator[str]:
    """The elements on one line: short values may be separated by commas."""
    many = isinstance(each, ListOf) and not isinstance(each.of, Group)
    yield from (part.strip() for part in (said.split(",") if many else (said,)) if part.strip())


def _command_like(line: str) -> bool:
    return line.lstrip("@/").casefold().startswith("sync-agent")
