"""Makes text from outside safe to print: it moves no cursor, reverses no line, and has a limited length."""

import unicodedata

# Control, format (direction overrides, zero width), surrogates, private use, unassigned, line and paragraph breaks.
_ACTIVE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Persian and other scripts write words with the first, and emoji are made with the second.
_JOINERS = "\u200c\u200d"


def printable(text: str, keep: str = "") -> str:
    """Removes characters that do something instead of being seen, except those in `keep`."""
    if text.isprintable():
        return text
    kept = (c for n, c in enumerate(text) if c in keep or unicodedata.category(c) not in _ACTIVE or _joins(text, n))
    return "".join(kept)


def _joins(text: str, place: int) -> bool:
    """Whether a joiner stands within a word of a script that needs it, or in an emoji. Elsewhere it only hides."""
    if text[place] not in _JOINERS or not 0 < place < len(text) - 1:
        return False
    return all(
        not each.isascii() and unicodedata.category(each)[0] in "LMS" for each in text[place - 1 : place + 2 : 2]
    )


def one_line(text: str, longest: int) -> str:
    """Returns one printable line of at most `longest` characters; runs of white space become one space."""
    line = " ".join(printable(text[: longest * 20], keep="\t\r\n").split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
