"""The address at which a person answers a mail, and which token an answer carries."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sync_agent.ask.identity.ids import about_id
from sync_agent.ask.identity.links import DIGEST
from sync_agent.ask.identity.tokens import is_theirs, reply_token
from sync_agent.model import Goal, MessageKind, Notice, Person, ReplyTo
from sync_agent.model.asking import About, Topic

AGENT = About(Topic.AGENT, "")
_DIGEST = About(Topic.AGENT, DIGEST)
ASKED = About(Topic.AGENT, "asked")
"""The subject of the reply address of a mail with several questions."""
_TOKEN = re.compile(r"(?<![0-9a-z])[0-9a-hjkmnp-tv-z]{12}\.[a-z2-7]{16}(?![0-9a-z])", re.ASCII)
_STOPS = ":,."
_MOST = 20
"""At most this many tokens of one mail are looked at. A thread that was quoted many times has several."""


@dataclass(frozen=True, slots=True)
class Replies:
    """The mailbox that people answer to. With `plus`, its address may carry a token after a plus sign. The first of the
    `secrets` signs, all of them verify.
    """

    address: str
    plus: bool
    secrets: tuple[str, ...]

    def to(self, subject: str, person: str) -> ReplyTo:
        """The address at which somebody answers a mail about a `subject`: the id of a question, or `ids.about_id`."""
        token = reply_token(subject, person, self.secrets)
        box, _, domain = self.address.rpartition("@")
        return ReplyTo(f"{box}+{token}@{domain}" if self.plus else self.address, token)

    def of(self, notice: Notice, person: str) -> ReplyTo:
        """The address at which somebody answers a notice: its questions if it has any, otherwise its topic."""
        about = _subject_of(notice)
        if not notice.listed:
            return self.to(about, person)
        asked = notice.listed[0].ask.id if len(notice.listed) == 1 else about_id(ASKED)
        return replace(self.to(asked, person), ends=reply_token(about, person, self.secrets))

    def theirs(self, tokens: Iterable[str], person: Person) -> tuple[str, ...]:
        """The subjects of those tokens that we sent to this person, under whatever id they had then."""
        names = (person.id, *person.renamed_from)
        return tuple(
            each.partition(".")[0] for each in tokens if any(is_theirs(each, name, self.secrets) for name in names)
        )


def _subject_of(notice: Notice) -> str:
    if notice.kind is MessageKind.DIGEST:
        return about_id(_DIGEST)
    return about_id(About(Topic.GOAL, notice.goals[0][0].id) if len(notice.goals) == 1 else AGENT)


def tokens_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Everything in some texts that looks like one of our tokens, each once."""
    found = dict.fromkeys(match.group() for text in texts for match in _TOKEN.finditer(text.casefold()))
    return tuple(found)[:_MOST]


class Subjects:
    """What tokens can be about besides questions, and which goal a subject line names."""

    def __init__(self, goals: Sequence[Goal]) -> None:
        abouts = {about: about for about in (AGENT, _DIGEST, ASKED)}
        for goal in goals:
            names = (*goal.renamed_from, goal.id)
            abouts |= {About(Topic.GOAL, name): About(Topic.GOAL, goal.id) for name in names}
        self._abouts: Mapping[str, About] = {about_id(named): about for named, about in abouts.items()}
        self._names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for goal in goals:
            for words in (goal.id.casefold().split(), goal.objective.casefold().split()):
                self._names[words[0].rstrip(_STOPS) if words else ""].append((" ".join(words), goal.id))

    def about(self, subject: str) -> About | None:
        """What the subject of a token stands for; None if it is a question."""
        return self._abouts.get(subject)

    def named(self, line: str) -> About | None:
        """The goal that a subject line names by its id or objective; None unless it is exactly one."""
        words = line.casefold().split()
        text = f" {' '.join(words)} "
        goals = {goal for name, goal in self._possible(words) if f" {name} " in text or f" {name}: " in text}
        return About(Topic.GOAL, goals.pop()) if len(goals) == 1 else None

    def _possible(self, words: Iterable[str]) -> Iterator[tuple[str, str]]:
        for word in dict.fromkeys(words):
            yield from self._names.get(word.rstrip(_STOPS), ())


def ended_by(about: About) -> str | None:
    """Which mails somebody unsubscribes from by answering one with `unsubscribe`, as in `links.subject_of`; None for
    none.
    """
    if about == _DIGEST:
        return DIGEST
    return about.id if about.topic is Topic.GOAL else None


def spoken_of(about: About) -> About:
    """What an answer is about. An answer to a digest goes to whoever looks after the goals."""
    return AGENT if about == _DIGEST else about
