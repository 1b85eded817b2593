"""The fields of a question, defined once and shown as a web form, as a mail reply and as a comment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Value = str | int | float | date | tuple["Value", ...] | Mapping[str, "Value"]
"""The value of one field: an option's or person's id, a number, a day, text, several of them, or a group by field
name.
"""

Values = Mapping[str, Value]
"""Values by field name. A field that was left out has no entry."""

LONGEST_TEXT = 4_000
"""The most characters of a text field, unless the field says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskField:
    """What all fields have in common.

    `name` is a lower-case word that must not change (letters, digits, `_` and `-`); `label` and `help` are what
    people read. With a `lead`, a comment or short reply introduces the value with that word: `by 2026-12-02`.
    """

    name: str
    label: str
    help: str = ""
    required: bool = True
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things to choose from. People may write its `id` or its `label`, in any case.

    Whoever chooses it must also fill in the fields named in `needs`: whoever declines says why.
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
    """A whole number from `least` to `most`; `least_means` and `most_means` say what the ends mean."""

    least: int = 1
    most: int = 5
    least_means: str = ""
    most_means: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Percent(AskField):
    """A percentage, 0 to 100."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(AskField):
    """A calendar day within limits, both included."""

    least: date | None = None
    most: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeText(AskField):
    """Words, on one line or several, with at most `longest` characters."""

    longest: int = LONGEST_TEXT
    lines: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone(AskField):
    """A configured person; the value is their id. People may write the id, a name, a login or an address."""


Single = Choice | Number | Scale | Percent | Day | FreeText | Someone


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(AskField):
    """Several fields that belong together: what is needed, from whom, by when. Only the first text field has no
    `lead`.
    """

    parts: tuple[Single, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf(AskField):
    """A list of at most `most` values of one field. The list's name, label and lead are shown, not the element's."""

    of: Single | Group
    most: int = 20


AnyField = Single | Group | ListOf


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A few words that answer everything at once, such as `still true`: a button on the form, a whole line
    elsewhere.
    """

    words: str
    values: Values


@dataclass(frozen=True, slots=True)
class Sheet:
    """The fields to fill in, in order."""

    fields: tuple[AnyField, ...]
    shortcuts: tuple[Shortcut, ...] = ()
