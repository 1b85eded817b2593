"""Whether a goal is agreed: the formula over random histories, and each way in which a discussion ends."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_agent.ask.agreeing.agreement import agreement, matters
from sync_agent.ask.agreeing.agreements import agreements
from sync_agent.ask.hearing import Listener, Misheard, Unheard
from sync_agent.ask.history import Histories, version_news, with_news
from sync_agent.ask.identity.versions import Versions, agreed, edits
from sync_agent.ask.kind import Situation
from sync_agent.ask.kinds import asks, every_kind, override, sign_off
from sync_agent.ask.reports import reports
from sync_agent.ask.states import state
from sync_agent.model import Goal, KeyResult, Organisation, Period, Person, Proof, Role, SignOff
from sync_agent.model.agreement import Matter, Override, SignerState, Stance, Stand
from sync_agent.model.asking import Answer, Ask, AskTold, Door, Heard, Known, State, Step, ToSign
from tests.support.builders import EVERYTHING, NOW, goal

DAY = timedelta(days=1)
TODAY = NOW.date()
SIGNERS = ("board", "ilse", "noor")
PEOPLE = {
    "dana": Person("dana", "Dana Reyes", Role.OWNER, "dana@example.org"),
    "board": Person("board", "The board", Role.SENIOR_LEADER, "board@example.org"),
    "ilse": Person("ilse", "Ilse Brandt", Role.TECHNICAL_EXPERT, "ilse@example.org", deputy="noor"),
    "noor": Person("noor", "Noor Haddad", Role.BUSINESS_PARTNER, "noor@example.org"),
    "boss": Person("boss", "Bo Boss", Role.SENIOR_LEADER, "boss@example.org"),
}
SIGN_OFF = SignOff(SIGNERS, date(2026, 12, 18), decider="boss")
GOAL = goal(sign_off=SIGN_OFF)
LATER = replace(GOAL, period=Period(GOAL.period.start, date(2027, 1, 29)))
RETARGETED = replace(
    GOAL,
    key_results=(KeyResult("flow", "New flow shipped", (EVERYTHING, EVERYTHING)), KeyResult("b", "B", (EVERYTHING,))),
)
VARIANTS = (GOAL, LATER, RETARGETED)


class Story:
    """Days in the life of one goal: it is configured, asked about, answered."""

    def __init__(self, first: Goal = GOAL) -> None:
        self.now, self.goal = NOW, first
        self.answers: list[Answer] = []
        self.told: list[AskTold] = []
        self.histories: Histories = {}
        self.configure(first)

    def configure(self, now: Goal) -> None:
        """The file is edited, and a cycle asks about what is new."""
        self.goal = now
        found = version_news((now,), Versions().of((now,)), self.histories, self.now)
        self.histories = with_news(self.histories, found, self.now)
        self.ask()

    def situation(self) -> Situation:
        versions = Versions().of((self.goal,))
        deputies = {name: person.deputy for name, person in PEOPLE.items() if person.deputy}
        return Situation(
            Organisation("Acme", (self.goal,), PEOPLE), self.now, answers=tuple(self.answers), versions=versions,
            histories=self.histories, deputies=deputies,
        )  # fmt: skip

    def ask(self) -> None:
        self.told += [AskTold(each.id, each.person, self.now, Step.ASK) for each in self.open()]

    def open(self, kind: str = sign_off.NAME) -> list[Ask]:
        now = self.situation()
        found = [each for each in asks(now) if each.kind == kind]
        return [each for each in found if state(each, now.said(kind, each.about), self.now) is State.OPEN]

    def say(self, person: str, text: str, kind: str = sign_off.NAME, instead_of: str = "") -> Answer:
        """Somebody answers the question to them, whichever version it is about."""
        now = self.situation()
        whose = instead_of or person
        (ask,) = [each for each in asks(now) if each.kind == kind and each.person == whose]
        self.now += timedelta(minutes=1)
        said = Heard(f"o{len(self.answers)}", Door.FORM, self.now, Known.LINK, person, text, ask=ask.id)
        found = Listener(now, asks(now)).understand(said)
        assert isinstance(found, Answer), found
        self.answers.append(found)
        return found

    def states(self) -> dict[str, SignerState]:
        found = agreements(self.situation(), self.told)["checkout"]
        assert found.agreed == all(each.state in ("signed", "abstains", "overridden") for each in found.signers)
        return {each.signer: each.state for each in found.signers}

    @property
    def agreed(self) -> bool:
        return agreements(self.situation(), self.told)["checkout"].agreed


def test_everybody_signs_and_a_revert_restores_the_signatures() -> None:
    story = Story()
    assert {each.person for each in story.open()} == set(SIGNERS)
    for person in SIGNERS:
        assert not story.agreed
        story.say(person, "sign")
    assert story.agreed
    assert story.open() == []
    story.now += DAY
    story.configure(LATER)
    assert set(story.states().values()) == {SignerState.UNSIGNED}
    assert {each.person for each in story.open()} == set(SIGNERS)
    story.now += DAY
    story.configure(GOAL)
    assert story.agreed
    assert story.open() == []


def test_only_the_difference_is_asked_again() -> None:
    story = Story()
    story.say("noor", "sign")
    story.now += DAY
    story.configure(LATER)
    questions = {each.person: each.question[0] for each in story.open()}
    assert isinstance(noor := questions["noor"], ToSign)
    assert isinstance(ilse := questions["ilse"], ToSign)
    assert noor.spoken_of
    assert (noor.spoken_of.short, ilse.spoken_of) != (noor.present.short, None)
    assert ilse.spoken_of is None


def test_somebody_who_signed_another_version_since_is_asked_again_after_a_revert() -> None:
    """The newest stance counts: it names the other version."""
    story = Story()
    for person in SIGNERS:
        story.say(person, "sign")
    story.configure(LATER)
    story.say("noor", "sign")
    story.configure(GOAL)
    assert story.states() == {"board": "signed", "ilse": "signed", "noor": "unsigned"}
    (again,) = story.open()
    assert again.person == "noor"
    story.say("noor", "abstain")
    assert story.agreed


def test_a_discussion_ends_by_its_author_by_a_change_or_by_the_decider() -> None:
    story = Story()
    for person in ("board", "ilse"):
        story.say(person, "sign")
    story.say("noor", "discuss the vendor is late about date")
    assert story.states()["noor"] is SignerState.DISCUSSES
    author = replace_answers(story)
    author.say("noor", "sign")
    assert author.agreed

    scope = replace_answers(story)
    scope.configure(RETARGETED)
    assert scope.states()["noor"] is SignerState.DISCUSSES, "the date has not changed"
    date_moved = replace_answers(story)
    date_moved.configure(LATER)
    assert date_moved.states()["noor"] is SignerState.UNSIGNED, "it changed, and she was asked again"
    unasked = replace_answers(story)
    unasked.goal, told = LATER, list(unasked.told)
    unasked.configure(LATER)
    unasked.told = told
    assert unasked.states()["noor"] is SignerState.DISCUSSES, "it changed, and she has not been asked again"

    story.now += 8 * DAY
    (question,) = story.open(override.NAME)
    assert question.person == "boss"
    story.say("boss", "the date is set by law", override.NAME)
    assert story.states()["noor"] is SignerState.OVERRIDDEN
    assert story.agreed
    told = {each.person: each for each in reports(story.situation()) if isinstance(each.said, Override)}
    assert set(told) == {"dana", *SIGNERS}
    story.say("noor", "discuss I still do not believe it")
    assert not story.agreed, "a discussion after the decision is another one"


def replace_answers(story: Story) -> Story:
    """The same story, told on in another way."""
    other = Story(story.goal)
    other.now, other.answers, other.told, other.histories = story.now, [*story.answers], [*story.told], story.histories
    return other


def test_a_hold_lasts_until_its_day_and_is_asked_again_then() -> None:
    story = Story()
    story.say("noor", "hold until 2026-11-27")
    assert story.states()["noor"] is SignerState.HOLDS
    assert "noor" not in {each.person for each in story.open()}
    story.now = datetime(2026, 11, 28, 9, tzinfo=NOW.tzinfo)
    assert story.states()["noor"] is SignerState.UNSIGNED
    assert "noor" in {each.person for each in story.open()}
    story.say("noor", "hold until 2026-11-30")
    story.now = datetime(2026, 12, 1, 9, tzinfo=NOW.tzinfo)
    assert "noor" in {each.person for each in story.open()}
    story.say("noor", "sign")
    story.now += 9 * DAY
    assert story.states()["noor"] is SignerState.SIGNED
    assert "noor" not in {each.person for each in story.open()}, "a hold that was given up is not asked about again"


def test_a_deputy_signs_for_somebody_and_for_themselves_apart() -> None:
    story = Story()
    story.say("noor", "sign", instead_of="ilse")
    assert story.states() == {"board": "unsigned", "ilse": "signed", "noor": "unsigned"}
    (found,) = sign_off.stances(story.situation(), GOAL)
    assert (found.signer, found.by) == ("ilse", "noor")


def test_a_late_signature_counts() -> None:
    story = Story()
    story.now = datetime(2026, 12, 21, 9, tzinfo=NOW.tzinfo)
    assert story.open() == []
    view = agreements(story.situation(), story.told)["checkout"]
    assert view.overdue
    assert not story.say("noor", "sign").late
    assert story.states()["noor"] is SignerState.SIGNED


def test_whose_account_is_known_for_sure_is_what_the_goal_requires() -> None:
    story = Story(replace(GOAL, sign_off=replace(SIGN_OFF, require=(Proof.ACCOUNT,))))
    now = story.situation()
    (ask,) = [each for each in asks(now) if each.person == "noor"]
    listener = Listener(now, asks(now))
    for known, why in ((Known.LINK, Unheard.NOT_THIS_WAY), (Known.MAIL, Unheard.NOT_THIS_WAY), (Known.ACCOUNT, None)):
        found = listener.understand(Heard("o", Door.MAIL, NOW, known, "noor", "sign", ask=ask.id))
        assert (found.why if isinstance(found, Misheard) else None) is why
    usual = Story().situation()
    found = Listener(usual, asks(usual)).understand(
        Heard("o", Door.MAIL, NOW, Known.ALIGNED_MAIL, "noor", "sign", ask=ask.id)
    )
    assert isinstance(found, Misheard)
    assert found.why is Unheard.NOT_SURE
    assert found.answer, "a link confirms it"


@pytest.mark.parametrize(
    ("person", "prefix", "found"),
    [
        ("noor", "abc", Unheard.WHICH_VERSION),
        ("noor", "ffffffff", Unheard.NO_SUCH_VERSION),
        ("dana", None, Unheard.ASKED_OF_OTHERS),
        ("noor", None, None),
    ],
)
def test_a_comment_names_the_version(person: str, prefix: str | None, found: Unheard | None) -> None:
    now = Story().situation()
    version = now.versions["checkout"]
    kind = every_kind()[sign_off.NAME]
    ask = Listener(now, asks(now)).of_version(kind, ["checkout"], person, prefix or version[:6].upper())
    assert ask is found if found else isinstance(ask, Ask) and ask.version == version


def test_what_edits_are_about() -> None:
    assert matters(edits(agreed(GOAL), agreed(LATER))) == {Matter.DATE}
    assert matters(edits(agreed(GOAL), agreed(RETARGETED))) == {Matter.SCOPE}
    assert matters(edits(agreed(GOAL), agreed(replace(GOAL, owner="noor", supports="x")))) == {
        Matter.OWNER,
        Matter.LINKS,
    }


_STEP = st.one_of(
    st.tuples(st.just("edit"), st.sampled_from(VARIANTS)),
    st.tuples(st.just("rename"), st.sampled_from(["A", "B"])),
    st.tuples(
        st.just("say"),
        st.sampled_from(SIGNERS),
        st.sampled_from(["sign", "abstain", "discuss because", "hold until 2027-01-31"]),
    ),
)


@given(st.lists(_STEP, max_size=14))
@settings(max_examples=120, deadline=None)
def test_agreed_is_the_formula_over_edits_reverts_renames_and_positions(steps: list[tuple[object, ...]]) -> None:
    """Reckoned beside it by the definition, with nothing shared but the hashes."""
    story, newest = Story(), dict[str, tuple[str, str]]()
    for step in steps:
        story.now += timedelta(minutes=10)
        match step:
            case ("edit", Goal() as variant):
                story.configure(variant)
            case ("rename", str() as title):
                first, *rest = story.goal.key_results
                story.configure(replace(story.goal, key_results=(replace(first, title=title), *rest)))
            case ("say", str() as person, str() as text):
                version = story.situation().versions["checkout"]
                assert story.say(person, text).version == version
                newest[person] = (text.split()[0], version)
        present = story.situation().versions["checkout"]
        wanted = {("sign", present), ("abstain", present)}
        assert story.agreed == all(newest.get(person) in wanted for person in SIGNERS)
        waiting = {each.person for each in story.open()}
        assert waiting == {person for person in SIGNERS if newest.get(person, ("", ""))[1] != present}


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(SIGNERS), st.sampled_from(list(Stand)), st.integers(0, 50)),
        max_size=10,
        unique_by=lambda each: each[3],
    ),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 50)), max_size=2),
)
def test_positions_in_any_order_give_the_same(
    said: list[tuple[str, str, Stand, int]], decided: list[tuple[str, int]]
) -> None:
    stances = [
        Stance("g", version, who, stand, NOW + timedelta(hours=hour), who, f"o{number:02}", "r", TODAY + 90 * DAY)
        for number, (version, who, stand, hour) in enumerate(said)
    ]
    overrides = [Override("g", version, "boss", NOW + timedelta(hours=hour), "r") for version, hour in decided]
    one = agreement("g", "a", SIGNERS, stances, overrides, until=TODAY, today=TODAY)
    assert agreement("g", "a", SIGNERS, stances[::-1], overrides[::-1], until=TODAY, today=TODAY).agreed == one.agreed
    for view in one.signers:
        if view.stance and view.stance.version != "a":
            assert view.state not in ("signed", "abstains", "overridden"), "counted for another version"
