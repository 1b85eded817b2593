"""A megabyte of hostile text through each door, and what it costs."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.mail.incoming import read_mail
from sync_agent.ask.hearing import Listener
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.ask.texts.comments import CommentMarkup, commands
from sync_agent.ask.texts.grammar import spoken
from sync_agent.ask.texts.replies import own_words
from sync_agent.model import Goal, Organisation, Period, Person, Role, Rules
from sync_agent.model.asking import About, Ask, Door, Heard, Known, Topic
from sync_agent.render import OUR_LINES

MEGABYTE = 1_000_000
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PIECES = (
    "\n", "> ", ">\n", "`", "~", "~~a ", "` `` ", "\\", '"', '"\\" ', "sync-agent ", "sync-agent a\n", "<", "<!--",
    "<del>", "</del>", "{code", "{code}", "{quote}\n", "needs ", "needs a from b by ", "needs a from dana by friday ",
    "a: ", "note: a\n", "needs: a\n", ":", "-- \n", "9", "9,999", "a\u2028", " ", "\t", "=?utf-8?", "--x\n", "&#9",
    "sync-agent checkin ", "sync-agent checkin 70 a\n", "On Monday, Goals <goals@example.org> wrote:\n",
)  # fmt: skip
_TYPES = ("text/plain", "text/html", "multipart/mixed; boundary=x", "message/rfc822")


@dataclass(frozen=True)
class Cost:
    """The most that a megabyte has cost at one door, in milliseconds of the processor, and of what it was made."""

    door: str
    worst: float
    piece: str


def costs() -> Iterator[Cost]:
    """For each door the worst of all pieces."""
    ask, listener = _listener()
    doors: dict[str, Callable[[str], object]] = {
        **{f"mail, {kind.partition(';')[0]}": _mail(kind, ask, listener) for kind in _TYPES},
        "comment, Markdown": _comment(CommentMarkup.MARKDOWN, ask, listener),
        "comment, wiki": _comment(CommentMarkup.WIKI, ask, listener),
        "form": _form(ask, listener),
    }
    for door, hear in doors.items():
        hear("70 waiting")  # What is loaded once is no cost of a text.
        spent = {piece: _milliseconds(hear, piece * (MEGABYTE // len(piece.encode()))) for piece in PIECES}
        worst = max(spent, key=lambda piece: spent[piece])
        yield Cost(door, spent[worst], worst)


def _milliseconds(hear: Callable[[str], object], text: str) -> float:
    """The least of three: what else the machine does is no cost of ours."""
    found = []
    for _ in range(3):
        began = time.process_time()
        hear(text)
        found.append((time.process_time() - began) * 1000)
    return min(found)


def _listener() -> tuple[Ask, Listener]:
    period = Period(NOW.date().replace(month=10, day=1), NOW.date().replace(month=12, day=31))
    goal = Goal("checkout", "Checkout feels instant", "dana", period, (), rules=Rules(check_in_days=14))
    people = {"dana": Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org")}
    situation = Situation(Organisation("Acme", (goal,), people), NOW)
    every = asks(situation)
    return next(each for each in every if each.opens <= NOW < each.closes), Listener(situation, every)


def _mail(kind: str, ask: Ask, listener: Listener) -> Callable[[str], object]:
    head = f"From: dana@example.org\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ours = ("Goals", "goals@example.org")

    def hear(text: str) -> object:
        mail = read_mail((head + text).encode(), NOW, ours, "mx.example.org")
        said = own_words(mail.text, OUR_LINES)
        return listener.understand(Heard("mail-1", Door.MAIL, NOW, Known.MAIL, "dana", said, ask=ask.id))

    return hear


def _comment(markup: CommentMarkup, ask: Ask, listener: Listener) -> Callable[[str], object]:
    def hear(text: str) -> object:
        for command in commands(text, markup)[:20]:
            said = spoken(command, ["checkin", "feedback"])
            if said:
                about = About(Topic.GOAL, ask.goal)
                heard = Heard("c-1", Door.COMMENT, NOW, Known.ACCOUNT, "dana", said.text, said.verb, about=about)
                listener.understand(heard)
        return None

    return hear


def _form(ask: Ask, listener: Listener) -> Callable[[str], object]:
    def hear(text: str) -> object:
        sent: dict[str, tuple[str, ...]] = {"confidence": (text,), "note": (text,), "needs.0.what": (text,)}
        heard = Heard("form-1", Door.FORM, NOW, Known.LINK, "dana", ask=ask.id, submitted=sent)
        return listener.understand(heard)

    return hear
