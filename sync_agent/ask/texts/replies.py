"""Replies to mails: which part of them is the author's own, and what it says.

Every library that cuts replies was found to hang on hostile text. The agent knows its own mail, so this is enough: the
author's words end at the first quoted line, or the first that holds the agent's name, address or marker.
"""

from collections.abc import Collection, Iterable, Iterator

from sync_agent.ask.fields.values import tidy

_SIGNATURE = "--"
_RULES = ("--", "__", "==", "**")
_LONGEST_LINE = 2_000
_LONGEST = 100_000
"""Characters of a mail that are looked through: five times what is kept of an answer."""


def own_words(text: str, signs: Collection[str]) -> str:
    """The part of a reply that its author wrote: above the quoted mail, or below it where nothing stands above.

    `signs` are folded texts that only the agent's own mails hold, and the lines by which mail programs introduce them:
    its name, its address, its token. What somebody writes into the quotation itself is not heard; the text beside a
    question says so.
    """
    lines = tidy(text[:_LONGEST]).split("\n")
    cut = next((index for index, line in enumerate(lines) if _quoted(line, signs)), len(lines))
    above = _trimmed(lines[:cut])
    return above or _trimmed(line for line in lines[cut:] if not _quoted(line, signs))


def _quoted(line: str, signs: Collection[str]) -> bool:
    folded = line[:_LONGEST_LINE].casefold()
    return folded.lstrip().startswith(">") or any(sign in folded for sign in signs)


def _trimmed(lines: Iterable[str]) -> str:
    """The lines up to a signature, without rules at the end."""
    kept = list(_before_signature(lines))
    while kept and (not kept[-1].strip() or kept[-1].startswith(_RULES)):
        kept.pop()
    return "\n".join(kept).strip()


def _before_signature(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line.rstrip() == _SIGNATURE:
            return
        yield line
