"""An anonymous survey of eight people over a real store."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sync_agent.ask.identity.ids import ask_id, origin
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds.anonymous_survey import NAME
from sync_agent.ask.rounds.steps import about
from sync_agent.ask.rounds.urns import due_to_close, due_to_open
from sync_agent.hear import Hearing
from sync_agent.hear.forms import FormDoor
from sync_agent.model import Organisation, Period, Person, Role
from sync_agent.model.asking import Door, Heard, Known
from sync_agent.model.rounds import OpenDays, Round, RoundQuestion, RoundSurvey
from sync_agent.store import Store
from sync_agent.store.memory.urns import drop_urn, load_urn, save_result, save_urn
from tests.support.builders import NOW

PEOPLE = tuple(f"p{n}" for n in range(8))
LOAD, WHY = RoundQuestion("load", "Too much?", (1, 5)), RoundQuestion("why", "Why?")
TODAY = NOW.date()
SURVEY = RoundSurvey(
    id="candid", open=OpenDays(TODAY, TODAY + timedelta(days=9)), invited=PEOPLE, questions=(LOAD, WHY), anonymous=True
)
ROUND = Round("r", "R", Period(TODAY, TODAY), "p0", ("p0",), PEOPLE, (SURVEY,))
SUBJECT = about(ROUND, SURVEY)
Ballot = Mapping[str, str]


def company(*steps: RoundSurvey) -> Organisation:
    people = {name: Person(name, name, Role.TECHNICAL_EXPERT, f"{name}@example.org") for name in PEOPLE}
    return Organisation("Acme", (), people, rounds=(replace(ROUND, steps=steps or (SURVEY,)),))


def situation(now: datetime = NOW, *steps: RoundSurvey) -> Situation:
    return Situation(company(*steps), now)


class Poll:
    """A store with the survey open, and its forms."""

    def __init__(self, address: str) -> None:
        self.store = Store.open(address)
        self.door = FormDoor(self.store, lambda now, answers: replace(situation(now), answers=answers))
        with self.store.begin() as connection:
            for urn in due_to_open(situation()):
                save_urn(connection, urn)
        self.store.forget_overwritten()

    def send(self, person: str, ballot: Ballot, at: datetime = NOW, **more: object) -> Hearing:
        heard = Heard(
            origin(Door.FORM, f"{person}{at}"), Door.FORM, at, Known.LINK, person,
            ask=ask_id(NAME, SUBJECT, person, ""), submitted={name: (said,) for name, said in ballot.items()},
        )  # fmt: skip
        return self.door.hear(replace(heard, **more)).hearing  # type: ignore[arg-type]

    def close(self) -> None:
        """The survey's time is over."""
        later = situation(NOW + timedelta(days=20))
        with self.store.begin() as connection:
            urn = load_urn(connection, SUBJECT.id)
            assert urn
            for each, result in due_to_close(later, [urn]):
                drop_urn(connection, each.roll.survey)
                assert result
                save_result(connection, result)
        self.store.forget_overwritten()
