"""Ideas come in, are rated, and end in an outcome; their facilitator sees the order that people want."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from sync_agent.ask.identity.ids import origin
from sync_agent.ask.rounds.ideas import RATING
from sync_agent.hear import Hearing
from sync_agent.hear.forms import FormDoor
from sync_agent.hear.situation import at_hand
from sync_agent.model import Person, Role
from sync_agent.model.asking import Ask, Door, Heard, Known
from sync_agent.model.rounds import IdeaBoard, OpenDays, Prioritising
from sync_agent.store.memory.answers import load_asks
from tests.support.letters import Postbox, body_of, with_inbox
from tests.support.messages.round import FIRST, a_round, with_round
from tests.support.theatre import Theatre, theatre

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PEOPLE = tuple(f"p{n}" for n in range(4))
WEEK = OpenDays(FIRST, FIRST + 4 * DAY)
BOARD = IdeaBoard(id="ideas", open=WEEK, invited=PEOPLE)
RATE = Prioritising(id="rate", board="ideas", open=OpenDays(FIRST + 7 * DAY, FIRST + 11 * DAY), invited=PEOPLE)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        company = made.settings.organisation
        people = {name: Person(name, name.title(), Role.TECHNICAL_EXPERT, f"{name}@example.org") for name in PEOPLE}
        made.settings = replace(made.settings, organisation=replace(company, people={**company.people, **people}))
        with_round(made, a_round(BOARD, RATE))
        yield made


@pytest.fixture
def box(stage: Theatre, tmp_path: Path) -> Postbox:
    return with_inbox(stage, tmp_path / "inbox", plus_addresses=True)


def asked(stage: Theatre, who: str) -> list[EmailMessage]:
    return [mail for mail in stage.mails_to(f"{who}@example.org") if "sked of you" in mail["Subject"]]


def over(stage: Theatre) -> list[EmailMessage]:
    return [mail for mail in stage.mails_to("dana@example.org") if "winter: every step is over" in mail["Subject"]]


def flat(mail: EmailMessage) -> str:
    return " ".join(body_of(mail).split())


def ratings(stage: Theatre) -> dict[str, Ask]:
    with stage.store.read() as connection:
        return {ask.person: ask for ask in load_asks(connection).values() if ask.kind == RATING}


def rate(stage: Theatre, ask: Ask, given: dict[str, int]) -> None:
    door = FormDoor(stage.store, lambda now, answers: at_hand(stage.settings.organisation, now, answers))
    sent = {field.name: (str(given[field.label.rpartition(":")[0]]),) for field in ask.sheet.fields}
    heard = Heard(
        origin(Door.FORM, ask.id), Door.FORM, stage.clock.now(), Known.LINK, ask.person, ask=ask.id, submitted=sent
    )
    assert door.hear(heard).hearing is Hearing.KEPT


def test_from_an_idea_to_its_place_and_its_outcome(stage: Theatre, box: Postbox) -> None:
    stage.cycle()
    (mail,) = asked(stage, "p0")
    assert mail["Subject"] == "[Goals] Asked of you: your ideas for “Goals for the winter” by Fri 9 Oct"
    box.deliver(box.reply(mail, "ideas: Faster search\nideas: A night mode"))
    box.deliver(box.reply(asked(stage, "p1")[0], "ideas: faster  search\nideas: Fewer meetings"))
    stage.cycle(HOUR)
    stage.cycle(7 * DAY)
    found = ratings(stage)
    assert set(found) == set(PEOPLE)
    ideas = {field.label.rpartition(":")[0] for field in found["p3"].sheet.fields}
    assert ideas == {"Faster search", "A night mode", "Fewer meetings"}
    assert "3 ideas to rate for “Goals for the winter”" in flat(asked(stage, "p3")[-1])
    for ask in found.values():
        rate(stage, ask, {"Faster search": 5, "A night mode": 1, "Fewer meetings": 3})
    stage.cycle(7 * DAY)
    told = [
        mail for mail in stage.mails_to("dana@example.org") if "Goals for the winter: every step" in mail["Subject"]
    ]
    assert "What 4 people want, by rate: * 1. Faster search * 2. Fewer meetings * 3. A night mode" in flat(told[0])
    (answered,) = [flat(m) for m in stage.mails_to("p2@example.org") if "Answered to you" in m["Subject"]]
    order = "1. Faster search; 2. Fewer meetings; 3. A night mode."
    assert f"What came of rate, for “Goals for the winter”: {order}" in answered
    wanted = [flat(mail) for mail in asked(stage, "dana")]
    assert sum(text.count("What becomes of this?") for text in wanted) == 4
    assert any("“A night mode” P0 said so, and may be quoted without their name." in text for text in wanted)


def test_of_three_people_no_order_is_told(stage: Theatre, box: Postbox) -> None:
    stage.cycle()
    box.deliver(box.reply(asked(stage, "p0")[0], "ideas: Faster search\nideas: A night mode"))
    stage.cycle(HOUR)
    stage.cycle(7 * DAY)
    for ask in list(ratings(stage).values())[:3]:
        rate(stage, ask, {"Faster search": 5, "A night mode": 1})
    stage.cycle(7 * DAY)
    told = [
        mail for mail in stage.mails_to("dana@example.org") if "Goals for the winter: every step" in mail["Subject"]
    ]
    assert "no order, for fewer than 4 people have rated * Faster search * A night mode" in flat(told[0])


def test_nobody_is_asked_to_rate_where_there_is_no_idea(stage: Theatre) -> None:
    stage.cycle()
    stage.cycle(8 * DAY)
    assert ratings(stage) == {}
