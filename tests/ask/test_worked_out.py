"""Less work, the same questions: what is over is left out, and what the cycle before worked out is used again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync_agent.ask.identity.versions import Versions, version_of
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks
from sync_agent.ask.kinds.check_in import about
from sync_agent.ask.worked_out import WorkedOut
from sync_agent.decide.asking import Inquiry
from sync_agent.decide.notices.asks import Post, ask_notices
from sync_agent.model import AvailableChannels, CheckIn, Goal, Need, Organisation, Period, Person, Role, Rules
from sync_agent.model.asking import Answer, Door, Known
from tests.support.builders import goal

START = datetime(2026, 10, 1, tzinfo=UTC)
PEOPLE = {
    "dana": Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org"),
    "noor": Person("noor", "Noor Haddad", Role.BUSINESS_PARTNER, "noor@example.org"),
}
DAYS = st.integers(0, 120).map(lambda days: date(2026, 10, 1) + timedelta(days=days))
HOURS = st.integers(0, 24 * 120).map(lambda hours: START + timedelta(hours=hours))


@st.composite
def goals(draw: st.DrawFn, name: str) -> Goal:
    start, spans = draw(DAYS), draw(st.integers(1, 120))
    said = [CheckIn(day, "dana", 0.7, "") for day in draw(st.lists(DAYS, max_size=3))]
    needs = [Need(name, "noor", "a review", day, "dana") for day in draw(st.lists(DAYS, max_size=2, unique=True))]
    rules = Rules(check_in_days=draw(st.sampled_from([0, 1, 7, 14, 200])))
    period = Period(start, start + timedelta(days=spans))
    return replace(goal(rules=rules, period=period, check_ins=tuple(said), needs=tuple(needs)), id=name)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    every = tuple(draw(goals(name)) for name in ("one", "two"))
    zone = draw(st.sampled_from(["UTC", "Europe/Berlin", "America/Los_Angeles", "Africa/Cairo", "Pacific/Kiritimati"]))
    place = Organisation("Acme", every, PEOPLE, timezone=zone)
    now, needs = draw(HOURS), tuple(need for each in every for need in each.needs)
    heard = [at for at in draw(st.lists(HOURS, max_size=3)) if at <= now]
    answers = tuple(_answer(every[0], at, n) for n, at in enumerate(heard))
    return Situation(place, now, answers=answers, needs=needs, versions=Versions().of(every))


def _answer(of: Goal, at: datetime, number: int) -> Answer:
    said = {"confidence": 60.0}
    return Answer(f"o{number}", f"a{number}", "check-in", about(of), "dana", at, Door.FORM, Known.LINK, said)


@given(situations())
def test_what_is_over_changes_nothing_today(situation: Situation) -> None:
    less = replace(situation, over=(situation.now - timedelta(days=1)).date())
    everything, some = asks(situation), asks(less)
    left_out = [ask for ask in everything if ask not in some]
    assert [ask for ask in everything if ask not in left_out] == list(some)
    assert all(ask.closes <= situation.now for ask in left_out)
    kept = {ask.id: ask for ask in everything if ask.opens <= situation.now < ask.closes}
    post = Post((), AvailableChannels(email=True))
    before = ask_notices(Inquiry(situation, {ask.id: ask for ask in everything}, kept), post)
    assert ask_notices(Inquiry(less, {ask.id: ask for ask in some}, kept), post) == before


@given(situations(), situations(), st.lists(st.tuples(st.booleans(), st.integers(0, 30)), min_size=2, max_size=6))
def test_what_was_worked_out_is_what_would_be_worked_out_now(
    one: Situation, other: Situation, cycles: list[tuple[bool, int]]
) -> None:
    worked_out, now = WorkedOut(), START
    for first, hours in cycles:
        now += timedelta(hours=hours)
        present = replace(one if first else other, now=now)
        assert worked_out.asks(present) == asks(present)


@given(st.lists(st.booleans(), min_size=1, max_size=4), goals("one"), goals("two"))
def test_the_versions_are_those_of_todays_goals(changes: list[bool], one: Goal, other: Goal) -> None:
    versions = Versions()
    for changed in changes:
        now = (replace(one, objective="another"), other) if changed else (one, other)
        assert versions.of(now) == {each.id: version_of(each).hash for each in now}
