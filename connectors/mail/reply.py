"""What somebody wrote in a reply, without the mail that they replied to.

No library does it: every one that was tried takes more than ten seconds for some mails of 60 kB. We need less than they
offer, for the mail that is quoted is always one of our own, and we know what is in it.
"""

from collections.abc import Collection, Sequence

_RULES = ("-----", "_____")
"""Outlook draws one above the mail that it quotes."""
_DIGITS_OF_A_TIME = 8


def written(text: str, ours: Collection[str]) -> tuple[str, str]:
    """Returns the part that the sender wrote, and the mail that they replied to.

    That mail begins at the first quoted line, or at the first line that introduces it with one of `ours`: the agent's
    name or address, as they stand in "On Monday, Goal sync <goals@example.org> wrote:" in any language. Whoever writes
    nothing above it has answered below its last quoted line.
    """
    marks = tuple(each.casefold() for each in ours if each)
    lines = text.splitlines()
    end = _first_of_ours(lines, marks)
    while end and (lines[end - 1].startswith(_RULES) or _is_above(lines[end - 1 : end + 1])):
        end -= 1
    above, quoted = _joined(lines[:end]), _joined(lines[end:])
    return above or _below(lines[end:], marks), quoted


def _is_above(lines: Sequence[str]) -> bool:
    """Whether the first of two lines belongs to the second, which introduces our mail: it has the time of that mail,
    as where a long "On Tuesday, 24 November 2026 at 09:00," is wrapped before our name.
    """
    line, *ours = lines
    dated = ":" in line and sum(c.isdigit() for c in line) >= _DIGITS_OF_A_TIME
    return dated and bool(ours) and bool(ours[0].strip()) and not _is_quoted(ours[0]) and not _is_quoted(line)


def _below(lines: Sequence[str], marks: tuple[str, ...]) -> str:
    quoted = [n for n, line in enumerate(lines) if _is_quoted(line)]
    answer = lines[quoted[-1] + 1 :] if quoted else []
    return _joined(answer[: _first_of_ours(answer, marks)])


def _first_of_ours(lines: Sequence[str], marks: tuple[str, ...]) -> int:
    names, addresses = [m for m in marks if "@" not in m], [m for m in marks if "@" in m]
    for number, line in enumerate(lines):
        folded = line.casefold().strip()
        if _is_quoted(line) or any(sign in folded for sign in addresses):
            return number
        following = lines[number + 1].casefold() if number + 1 < len(lines) else ""
        addressed = any(sign in following for sign in addresses)
        if any(name in folded and _introduces(folded, name, addressed=addressed) for name in names):
            return number
    return len(lines)


def _introduces(line: str, name: str, *, addressed: bool) -> bool:
    """Whether a line that holds our name is about our mail. The name may be a word that people use: "our goals are
    late". `addressed`: the next line has our address.
    """
    if line.partition(":")[2].strip(' "').startswith(name) or line.endswith("<"):
        return True  # From: Goals
    if line.endswith(":"):
        return " " in name or any(c.isdigit() for c in line)  # 23 Nov 2026, Goals wrote:
    return addressed and line.endswith(name)


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip()
