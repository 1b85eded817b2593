"""Mistakes in a configuration, explained to the person who wrote it."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_LISTED = 20
_LONGEST_NAME = 200
# Tokens of GitHub, Atlassian and Slack, private keys, and addresses with a password.
_CREDENTIAL = re.compile(
    r"gh[pousr]_\w{10,}|github_pat_\w{10,}|ATATT[\w=-]{10,}|xox[bp]-[\w-]{10,}|-----BEGIN|://[^\s/:@]*:[^\s/@]+@"
)


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. `file` is relative to the configuration directory; `line` and `column` count from 1.

    Line 0 means the file (or directory) as a whole. The text never holds a secret.
    """

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        """Formats the mistake so that editors and CI systems link it: `goals/2026-q4.yaml:12:7: unknown person 'dna';
        …`.
        """
        where = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{where}: {self.text}"


class ConfigErrors(Exception):
    """All mistakes of a configuration, sorted by file and place; one per line when printed."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(sorted(set(mistakes)))
        super().__init__("\n".join(str(mistake) for mistake in self.mistakes))


def unknown(noun: str, found: str, known: Iterable[str]) -> str:
    """Says that a name is unknown: `unknown person 'dna'; did you mean 'dana'? Known: …`."""
    known = sorted(known)
    near = nearest(found, known)
    hint = f"; did you mean '{near}'?" if near else "."
    return f"unknown {noun} {quoted(found)}{hint} {listed(known)}"


def listed(known: Iterable[str]) -> str:
    """Lists the known names: `Known: a, b`, cut if the list gets long."""
    names = list(known)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"Known: {', '.join(names[:_LISTED]) or 'none'}{more}"


def nearest(found: str, known: Iterable[str]) -> str | None:
    """Returns the known name that somebody who wrote `found` most likely meant; None if none is similar."""
    if len(found) > _LONGEST_NAME:  # Comparing takes time quadratic in the length.
        return None
    folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(found.casefold(), folded, n=1)
    return folded[near[0]] if near else None


def quoted(text: str) -> str:
    """Quotes text as it was found, shortened to one line, and blanked out if it looks like a secret."""
    if looks_secret(text):
        return "'***'"
    line = "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
    return f"'{line[:57]}...'" if len(line) > 60 else f"'{line}'"


def looks_secret(text: str) -> bool:
    """Tells whether a text looks like a token, a private key or an address with a password."""
    return _CREDENTIAL.search(text) is not None
