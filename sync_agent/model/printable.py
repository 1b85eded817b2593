"""Makes text from outside safe to print: it moves no cursor, reverses no line, and has a limited length."""

import unicodedata

# Control, format (direction overrides, zero width), surrogates, private use, unassigned, line and paragraph breaks.
_ACTIVE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def printable(text: str, keep: str = "") -> str:
    """Removes characters that do something instead of being seen, except those in `keep`."""
    if text.isprintable():
        return text
    return "".join(c for c in text if c in keep or unicodedata.category(c) not in _ACTIVE)


def one_line(text: str, longest: int) -> str:
    """Returns one printable line of at most `longest` characters; runs of white space become one space."""
    line = " ".join(printable(text[: longest * 20], keep="\t\r\n").split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
