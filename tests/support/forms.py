"""The forms on a real port, over a real store, and a question to answer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import requests

from sync_agent.ask.identity.links import Links
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.hear.forms import FormDoor
from sync_agent.model import CheckIn, Organisation, Person, Role, Rules
from sync_agent.model.asking import Answer, Ask
from sync_agent.store import Store
from sync_agent.store.memory.answers import load_answers, save_asks
from sync_agent.web import Forms, Metrics, WebServer, build_app
from tests.support.builders import NOW, goal, organisation
from tests.support.pages import GOOD

SECRET = "a secret of thirty-two characters"
SAID = CheckIn((NOW - timedelta(days=21)).date(), "dana", 0.8, "tests are left")
SHOP = goal(rules=Rules(check_in_days=14), check_ins=(SAID,))
NOOR = Person("noor", "Noor Haddad", Role.OWNER, "noor@example.org", {"jira": "noor"})


def company() -> Organisation:
    made = organisation(SHOP)
    return replace(made, people={**made.people, "noor": NOOR})


@dataclass
class Site:
    """What a test has of it. Its clock stands until the test moves it; `down` lets the store fail."""

    store: Store
    place: Organisation = field(default_factory=company)
    now: datetime = NOW
    seconds: float = 0.0
    links: Links = field(default_factory=lambda: Links("http://127.0.0.1", (SECRET,)))
    deputies: dict[str, str] = field(default_factory=dict)
    base: str = ""

    def situation(self, now: datetime, answers: tuple[Answer, ...]) -> Situation:
        return Situation(self.place, now, answers=answers, deputies=self.deputies)

    def asked(self, **changes: object) -> Ask:
        """The check-in that is open, as it was asked."""
        found = next(a for a in asks(self.situation(self.now, ())) if a.opens <= self.now < a.closes)
        ask = replace(found, **changes)  # type: ignore[arg-type]
        with self.store.begin() as connection:
            save_asks(connection, [ask])
        return ask

    def answers(self) -> tuple[Answer, ...]:
        with self.store.read() as connection:
            return load_answers(connection)

    def link(self, ask: str, person: str = "dana") -> str:
        """The address of a question's form, here."""
        made = self.links.answer_link(ask, person)
        assert made
        return self.here(made)

    def here(self, link: str) -> str:
        return link.replace(self.links.url.rstrip("/"), self.base)


@contextmanager
def site() -> Iterator[Site]:
    with Store.temporary() as store:
        found = Site(store)
        door = FormDoor(store, found.situation)
        forms = Forms(lambda: found.links, door, lambda: found.now, lambda: found.seconds)
        app = build_app(lambda: GOOD, lambda: Metrics().registry, lambda: NOW, lambda: 0.0, forms=forms)
        with WebServer(app, "127.0.0.1", 0) as server:
            found.base = f"http://127.0.0.1:{server.port}"
            yield found


def nonce(page: requests.Response) -> str:
    """The nonce of the form on a page."""
    found = re.search(r'name="nonce" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]
