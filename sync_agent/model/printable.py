"""Text from outside as text: it moves no cursor, turns no line around and has an end."""

import unicodedata

# Control, format (direction overrides, zero width), surrogates, private use, unassigned, line and paragraph breaks.
_ACTIVE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str, keep: str = "") -> str:
    """The text without characters that do something instead of being seen, but for those in `keep`."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c in keep or unicodedata.category(c) not in _ACTIVE)


def one_line(text: str, longest: int) -> str:
    """One printable line of at most `longest` characters; white space is one space each."""
    line = " ".join(printable(text[: longest * 20], keep="\t\r\n").split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
