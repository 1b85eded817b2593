"""What is wrong with an answer, as a value. `render` says it in words."""

from dataclasses import dataclass
from enum import StrEnum

_SHOWN = 40


class Wrong(StrEnum):
    """What can be wrong with one field."""

    MISSING = "missing"
    NOT_A_NUMBER = "not a number"
    AMBIGUOUS_NUMBER = "ambiguous number"
    NOT_WHOLE = "not whole"
    TOO_SMALL = "too small"
    TOO_LARGE = "too large"
    NO_SUCH_OPTION = "no such option"
    NOT_A_DAY = "not a day"
    TOO_EARLY = "too early"
    TOO_LATE = "too late"
    NO_SUCH_PERSON = "no such person"
    TOO_LONG = "too long"
    TOO_MANY = "too many"
    TWICE = "twice"
    LEFT_OVER = "left over"


OTHER_WORDS = frozenset(
    {Wrong.NOT_A_NUMBER, Wrong.NO_SUCH_OPTION, Wrong.NOT_A_DAY, Wrong.NO_SUCH_PERSON, Wrong.MISSING}
)
"""The words belong to something else: an optional field was left out."""


@dataclass(frozen=True, slots=True)
class FieldMistake:
    """One mistake: the name of the field ("" for words that belong to none), what was written (shortened and
    untrusted), and what would be right, as people would write it: `0 to 100`, `accept, counter, decline`, `2026-12-02`.
    """

    field: str
    wrong: Wrong
    said: str = ""
    right: str = ""


class UnreadableField(Exception):
    """A text that is not a value of its field."""

    def __init__(self, wrong: Wrong, said: str, right: str) -> None:
        super().__init__(wrong.value)
        self.wrong, self.said, self.right = wrong, shortened(said), right

    def of(self, field: str) -> FieldMistake:
        """The same as a mistake in a field."""
        return FieldMistake(field, self.wrong, self.said, self.right)


def shortened(text: str) -> str:
    """As much of a text as an error shows."""
    line = " ".join(text[: _SHOWN * 4].split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
