"""What people answer while the agent is being killed: by comment, by mail and by form."""

import mailbox
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from sync_agent.ask.identity.ids import origin
from sync_agent.ask.kinds import asks
from sync_agent.config import installed_connectors, load
from sync_agent.demo.files import TOKENS
from sync_agent.demo.stage import Stage
from sync_agent.demo.story import REPOSITORY
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.model.asking import Answer, Door, Heard, Known
from sync_agent.store import Store, StoreError
from sync_agent.store.memory.answers import load_answers

_ON_JIRA = ("sync-agent feedback receipts arrive late", "sync-agent feedback the page flickers")
_ON_GITHUB = (
    "sync-agent checkin 61 the index is slow",
    "sync-agent feedback titles are cut off",
    "sync-agent checkin sixty",
)
"""The last of them is not understood, which the status says. Only the form answers for the other goal: a check-in is
due so long after the last one.
"""
_MAILS = (
    ("mira", "fast-checkout", "By mail: the tests are left."),
    ("ines", "search", "By mail: the index is slow."),
    ("tomas", "unsubscribe", "unsubscribe"),
)
"""Who writes, the subject, and what; the last is answered, for nobody can tell which mails are meant."""


@dataclass(frozen=True)
class Answering:
    """The people of one story. Everything that they say arrives before the first run; the form is sent with each."""

    stage: Stage
    began: datetime

    def speak(self) -> None:
        """Comments on both trackers, and mails, one of them twice and one from a vacation program."""
        jira, hub, at = self.stage.story.jira, self.stage.story.github, self.began - timedelta(minutes=1)
        for text in _ON_JIRA:
            paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
            jira.comment("SHOP-1", {"type": "doc", "version": 1, "content": [paragraph]}, at=at, by="mira")
        for text in _ON_GITHUB:
            hub.comment(REPOSITORY, 1, text, at=at, by="mira")
        for number, (person, subject, text) in enumerate(_MAILS):
            self._mail(number, person, subject, text, at)
        self._mail(0, *_MAILS[0], at)
        self._mail(9, "tomas", "Out of office", "I am away.", at, automatic=True)

    def fill_in(self) -> bool:
        """Sends the form of the first open check-in, always the same; whether it is kept. While the agent writes it may
        have to be sent again, as a person would.
        """
        path = self.stage.config.parent / "state.db"
        if not path.exists():
            return False
        organisation = load(self.stage.config, TOKENS, installed_connectors()).organisation
        situation = at_hand(organisation, self.began, ())
        ask = next(each for each in asks(situation) if each.kind == "check-in" and each.opens > self.began)
        sent: dict[str, tuple[str, ...]] = {"confidence": ("55",), "note": ("by form: two tests are left",)}
        heard = Heard(
            origin(Door.FORM, "one nonce"), Door.FORM, self.began, Known.LINK, ask.person, ask=ask.id, submitted=sent
        )
        with suppress(StoreError), _opened(path) as store:
            door = FormDoor(store, lambda now, answers: at_hand(organisation, now, answers))
            return isinstance(door.hear(heard).found, Answer)
        return False

    def kept(self) -> Counter[str]:
        """How often the store has each answer: by its door, author and words."""
        with _opened(self.stage.config.parent / "state.db") as store, store.read() as connection:
            return Counter(f"{a.door} {a.person}: {a.raw or dict(a.values)}" for a in load_answers(connection))

    def _mail(
        self, number: int, person: str, subject: str, text: str, at: datetime, *, automatic: bool = False
    ) -> None:
        message = EmailMessage()
        message["From"], message["To"] = f"{person}@lantern.example", "goals@lantern.example"
        message["Subject"], message["Message-ID"] = subject, f"<{number}@mail.lantern.example>"
        if automatic:
            message["Auto-Submitted"] = "auto-replied"
        message.set_content(text)
        key = mailbox.Maildir(self.stage.inbox).add(message.as_bytes())
        os.utime(self.stage.inbox / "new" / key, (at.timestamp(), at.timestamp()))


@contextmanager
def _opened(path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{path}")
    try:
        yield store
    finally:
        store.close()
