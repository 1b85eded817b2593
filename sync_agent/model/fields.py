"""The fields of a question. They are written once and shown as a form, as a reply to a mail and as a comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Value = str | int | float | date | tuple["Value", ...] | Mapping[str, "Value"]
"""What one field holds: the id of an option or person, a number, a day, text, several of them, or a group by name."""

Values = Mapping[str, Value]
"""Values by the names of their fields. A field that was left out has no entry."""

LONGEST_TEXT = 4_000
"""Characters of a text field, unless the field says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskField:
    """What every field has.

    `name` is a lower-case word that stays (letters, digits, `_` and `-`); `label` and `help` are what people read.
    With a `lead`, a comment or a short reply introduces the value with that word: `by 2026-12-02`.
    """

    name: str
    label: str
    help: str = ""
    required: bool = True
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things to choose from. People may write its `id` or its `label`, in any case. Who chooses it has to
    fill in the fields that it `needs`, by their names: who declines says why.
    """

    id: str
    label: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(AskField):
    """One of several options; its value is the option's id."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(AskField):
    """Any number within limits, both included."""

    least: float | None = None
    most: float | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(AskField):
    """A whole number from `least` to `most`; the words say what both ends mean."""

    least: int = 1
    most: int = 5
    least_means: str = ""
    most_means: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent(AskField):
    """0 to 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(AskField):
    """A calendar day, within limits, both included."""

    least: date | None = None
    most: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText(AskField):
    """Words, on one line or several, `longest` characters at most."""

    longest: int = LONGEST_TEXT
    lines: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone(AskField):
    """A person of the configuration; its value is their id. People write the id, a name, a login or an address."""


Single = Choice | Number | Scale | Percent | Day | FreeText | Someone


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(AskField):
    """Several fields that belong together: what is needed, from whom, by when. Only the first text has no lead."""

    parts: tuple[Single, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(AskField):
    """Any number of the same, `most` at most. The element's own name, label and lead do not show: the list's do."""

    of: Single | Group
    most: int = 20


AnyField = Single | Group | ListOf


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A few words that answer everything at once: `still true`. A button on the form, a whole line elsewhere."""

    words: str
    values: Values


@dataclass(frozen=True, slots=True)
class Sheet:
    """What there is to fill in, in its order."""

    fields: tuple[AnyField, ...]
    shortcuts: tuple[Shortcut, ...] = ()
