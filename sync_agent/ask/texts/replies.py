"""Finds the author's own words in a reply to a mail.

Every library for this was found to hang on hostile text. The agent knows its own mail, so this is enough: the author's
words end at the first quoted line, or at the first line with the agent's name, address or marker.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence

from sync_agent.ask.fields.values import tidy

_SIGNATURE = "--"
_RULES = ("--", "__", "==", "**")
_DEVICES = ("iphone", "ipad", "android", "galaxy", "samsung", "huawei", "outlook", "blackberry", "proton")
_SENT = (
    "sent from", "get outlook", "gesendet", "envoyé", "enviado", "inviato", "verzonden", "skickat", "sendt", "wysłane",
    "отправлено", "送信", "发自", "보냄",
)  # fmt: skip
_LONGEST_OF_A_DEVICE = 80
_LONGEST_LINE = 2_000
_LONGEST = 100_000
"""At most this many characters of a mail are read: five times what is kept of an answer."""


def own_words(text: str, signs: Collection[str]) -> str:
    """The part of a reply that its author wrote: above the quoted mail, or below it if there is nothing above.

    `signs` are folded texts that occur only in the agent's own mails and in the lines with which mail programs
    introduce them: its name, its address, its token. What somebody writes into the quotation itself is not heard; the
    text beside a question says so.
    """
    lines = tidy(text[:_LONGEST]).split("\n")
    cut = next((index for index, line in enumerate(lines) if _quoted(line, signs)), len(lines))
    above = _trimmed(lines[:cut])
    return above or _trimmed(line for line in lines[cut:] if not _quoted(line, signs))


def _quoted(line: str, signs: Collection[str]) -> bool:
    folded = line[:_LONGEST_LINE].casefold()
    return folded.lstrip().startswith(">") or any(sign in folded for sign in signs)


def _trimmed(lines: Iterable[str]) -> str:
    """The lines before a signature, without rules and "Sent from my iPhone" at the end."""
    kept = list(_before_signature(lines))
    while kept and (not kept[-1].strip() or kept[-1].startswith(_RULES) or _of_a_device(kept[-2:])):
        kept.pop()
    return "\n".join(kept).strip()


def _of_a_device(lines: Sequence[str]) -> bool:
    """Whether the last line was put there by a telephone: a short paragraph of its own."""
    *above, line = lines
    folded = line.casefold()
    alone = len(line) <= _LONGEST_OF_A_DEVICE and not any(each.strip() for each in above)
    return alone and any(name in folded for name in _DEVICES) and any(word in folded for word in _SENT)


def _before_signature(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if line.rstrip() == _SIGNATURE:
            return
        yield line
