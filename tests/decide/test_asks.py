"""Whatever happens, nobody hears of a question too often, too late, or at the wrong time."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.ask.diary import Diary
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.decide.asking import AskEntry, Inquiry
from sync_agent.decide.notices.asks import Asked, Post, ask_notices, told_by
from sync_agent.decide.notices.digests import due_slot, next_slot
from sync_agent.model import (
    EMAIL,
    Absence,
    AvailableChannels,
    Match,
    MessageKind,
    Need,
    Notice,
    Organisation,
    Period,
    Person,
    Reason,
    ReasonKind,
    Role,
    RouteNode,
    Rules,
    Timing,
)
from sync_agent.model.asking import Answer, Ask, AskTold, Door, Known, NotAsked, Step
from tests.support.builders import goal

START = datetime(2026, 10, 5, 8, 0, tzinfo=UTC)
NEEDED = Need("checkout", "noor", "review the contract", date(2026, 10, 20), "dana")
GOAL = goal(rules=Rules(check_in_days=7), period=Period(date(2026, 10, 1), date(2026, 12, 31)), needs=(NEEDED,))
DANA = Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org", {"jira": "dana"}, deputy="noor")
NOOR = Person("noor", "Noor Haddad", Role.BUSINESS_PARTNER, "noor@example.org")


def company(dana: Person = DANA, noor: Person = NOOR, routes: tuple[RouteNode, ...] = ()) -> Organisation:
    return Organisation("Acme", (GOAL,), {"dana": dana, "noor": noor}, routes=routes)


class Days:
    """Cycles over some weeks, and what people have heard in them."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.answers: tuple[Answer, ...] = ()
        self.told: list[AskTold] = []
        self.kept: dict[str, Ask] = {}
        self.sent: list[tuple[datetime, Notice]] = []

    def cycle(self, now: datetime) -> Asked:
        """What is asked at a time; sent and remembered as a store would."""
        deputies = {p.id: p.deputy for p in self.organisation.people.values() if p.deputy}
        situation = Situation(self.organisation, now, answers=self.answers, needs=GOAL.needs, deputies=deputies)
        wanted = {ask.id: ask for ask in asks(situation)}
        there = {notice.key for _, notice in self.sent}
        asked = ask_notices(
            Inquiry(situation, wanted, {k: a for k, a in self.kept.items() if a.closes > now}, tuple(self.told)),
            Post(tuple(self._digests(now)), AvailableChannels(), there=there),
        )
        for notice in (each for each in asked.notices if each.key not in there):
            self.sent.append((now, notice))
            self.told += told_by(notice, now)
            self.kept |= {each.ask.id: wanted[each.ask.id] for each in notice.listed if each.ask.id in wanted}
        return asked

    def answer(self, ask: Ask, now: datetime) -> None:
        """Somebody says 70."""
        said = {"confidence": 70.0} if ask.kind == "check-in" else {"reply": "accept"}
        given_ = Answer(
            f"o{len(self.answers)}", ask.id, ask.kind, ask.about, ask.person, now, Door.FORM, Known.LINK, said
        )
        self.answers = (*self.answers, given_)

    def _digests(self, now: datetime) -> list[Notice]:
        found = []
        for person in self.organisation.people.values():
            slot = due_slot(person.digest, person.timezone, now) if person.digest else None
            if slot and person.id == "dana":
                key, why = f"digest/{person.id}/{slot}", Reason(ReasonKind.DIGEST)
                found.append(Notice(key, MessageKind.DIGEST, EMAIL, why, person=person))
        return found


@settings(max_examples=40, deadline=None)
@given(
    hours=st.lists(st.integers(1, 40), min_size=5, max_size=30),
    digest=st.sampled_from([None, "mon 09:00", "daily 09:00", "fri 16:00"]),
    away=st.tuples(st.integers(0, 30), st.integers(0, 20)),
    answered=st.sets(st.integers(0, 29), max_size=3),
)
def test_asked_once_reminded_twice_and_never_of_what_is_over(
    hours: list[int], digest: str | None, away: tuple[int, int], answered: set[int]
) -> None:
    first = START.date() + timedelta(days=away[0])
    dana = replace(DANA, digest=digest, away=(Absence(first, first + timedelta(days=away[1])),))
    days, now = Days(company(dana)), START
    answered_at: dict[str, datetime] = {}
    for number, ahead in enumerate(hours):
        now += timedelta(hours=ahead)
        days.cycle(now)
        if number in answered and (ask := next((a for a in days.kept.values() if a.id not in answered_at), None)):
            days.answer(ask, now)
            answered_at[ask.id] = now
    steps = Counter((each.ask, each.person, each.step) for each in days.told)
    assert all(count <= (2 if step is Step.REMIND else 1) for (_, _, step), count in steps.items())
    for each in (each for each in days.told if each.step in (Step.ASK, Step.REMIND)):
        person = days.organisation.people[each.person]
        assert days.kept[each.ask].opens <= each.at < days.kept[each.ask].closes
        assert each.at <= answered_at.get(each.ask, each.at)
        assert not Diary(person).away(Diary(person).day(each.at))
    mails = [(at, n) for at, n in days.sent if n.kind is MessageKind.ASKED and n.person]
    assert all(9 <= at.hour < 17 and at.weekday() < 5 for at, _ in mails)
    assert max(Counter((n.person.id, at.date()) for at, n in mails if n.person).values(), default=1) == 1


def fates(asked: Asked) -> dict[str, Step | NotAsked]:
    return {entry.ask.kind: entry.fate for entry in asked.entries}


def test_a_route_that_says_never_asks_nobody_and_a_partner_is_asked_for_what_they_promise() -> None:
    nine = datetime(2026, 10, 8, 9, 30, tzinfo=UTC)
    assert fates(Days(company()).cycle(nine)) == {"check-in": Step.ASK, "need": Step.ASK}
    never = RouteNode("quiet", Match(person=frozenset({"noor"})), timing=Timing.NEVER)
    assert fates(Days(company(routes=(never,))).cycle(nine))["need"] is NotAsked.ROUTE


def test_who_can_be_reached_in_no_way_is_named() -> None:
    mute = replace(NOOR, email=None)
    asked = Days(company(noor=mute)).cycle(datetime(2026, 10, 8, 9, 30, tzinfo=UTC))
    assert fates(asked)["need"] is NotAsked.OUT_OF_REACH
    assert isinstance(asked.entries[0], AskEntry)


def test_the_next_digest_of_a_schedule() -> None:
    assert next_slot("mon 09:00", "Europe/Berlin", START) == datetime(2026, 10, 12, 7, 0, tzinfo=UTC)
    assert next_slot("daily 09:00", "UTC", START) == datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
